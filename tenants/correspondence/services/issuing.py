"""审核 and 签发: two further people. Issued, a letter has its number and says what it says for good."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from audit.numbering import issue as issue_number
from evidence.models import Exhibit
from federation.contracts.official import (
    ApprovalV1,
    ContactV1,
    HeadV1,
    ManifestLineV1,
    UnitV1,
)
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex
from kernel.errors import Conflict
from papers.services import check_code
from tenants.correspondence import checks, outside, selectors
from tenants.correspondence.errors import NoAgencyWord, SamePerson
from tenants.correspondence.kinds import kind
from tenants.correspondence.models import LetterApproval, OfficialLetter
from tenants.correspondence.services import sealing, sending, steps
from tenants.correspondence.services.drafting import require_whole
from tenants.correspondence.services.steps import State, announce, end_of_working_day, need, require, tell_people

Step = LetterApproval.Step


@transaction.atomic
def check(*, by: User, letter_id: UUID, words: str = "", looked: bool = False) -> OfficialLetter:
    """审核: by a dispatcher or leader of the issuing unit or above, who did not draft it.

    Raises NotAllowed, SamePerson, SourceNamed, LookNeeded, MoveRefused.
    """
    letter = selectors.letter_to_change(by, letter_id, direction=OfficialLetter.Direction.OUT)
    require(steps.may_check(by, letter))
    if by.pk == letter.drafted_by_id:
        raise SamePerson(name=by.display_name)
    if letter.state == State.CHECKING:
        checks.require_clean(letter, looked=looked)
    move(letter, "check", by=by, why=words.strip(), checked_by=by)
    _approve(letter, Step.CHECKED, by, words)
    tell_people(steps.issuers(letter), letter, "official_to_issue", _("有一封函稿等您签发"), but=by.pk)
    announce(letter, "check")
    return letter


@transaction.atomic
def send_down(*, by: User, letter_id: UUID, words: str) -> OfficialLetter:
    """退回修改: by whoever checks or issues. It is a draft again, and takes all three steps anew."""
    letter = selectors.letter_to_change(by, letter_id, direction=OfficialLetter.Direction.OUT)
    require(steps.may_check(by, letter) or steps.may_issue(by, letter) or letter.drafted_by_id == by.pk)
    said = need(words, _("请写明要修改什么。"), "reason_missing")
    move(letter, "send_down", by=by, why=said, checked_by=None)
    _approve(letter, Step.SENT_DOWN, by, said)
    tell_people([letter.drafted_by], letter, "official_sent_down", _("函稿被退回修改"), but=by.pk)
    announce(letter, "send_down")
    return letter


def issue(*, by: User, letter_id: UUID, words: str = "", looked: bool = False) -> OfficialLetter:
    """签发: by a leader who neither drafted nor checked. The number is given now, the terms run from now.

    It leaves as soon as it is sealed; while that or the way is not open, it waits as issued and nothing is lost.
    Raises NotAllowed, SamePerson, SourceNamed, LookNeeded, NoAgencyWord, MoveRefused, Conflict.
    """
    with transaction.atomic():
        letter = _issue(by, letter_id, words, looked)
    return sealing.seal_and_send(letter.pk, by=by)


def _issue(by: User, letter_id: UUID, words: str, looked: bool) -> OfficialLetter:
    letter = selectors.letter_to_change(by, letter_id, direction=OfficialLetter.Direction.OUT)
    require(steps.may_issue(by, letter), _("公函由单位负责人签发。"), "head_only")
    if by.pk in (letter.drafted_by_id, letter.checked_by_id):
        raise SamePerson(name=by.display_name)
    if letter.state != State.ISSUING:
        move(letter, "issue", by=by)  # raises, with the words for it
    require_whole(letter)
    checks.require_clean(letter, looked=looked)
    if not letter.own_unit.agency_word:
        raise NoAgencyWord(name=letter.own_unit.name)
    spec, now = kind(letter.kind), clock.now()
    _approve(letter, Step.ISSUED, by, words)
    _set_terms(letter)
    if spec.on_issue is not None:
        spec.on_issue(letter, by)
    letter.issued_by, letter.issued_at = by, now
    letter.document_no = issue_number(letter.own_unit.agency_word, spec.number_word)
    body = spec.build(letter, head_of(letter)).to_body()
    digest = sha256_hex(canonical_json(body))
    letter.save()
    if letter.terms.get("direct") is False and not letter.by_paper:
        goods = letter.clue.products.first() if letter.clue is not None else None
        outside.ask_route(
            kind=f"official.{letter.kind}", by=by, division_code=letter.peer_division, letter_id=letter.pk,
            brand_name=goods.brand_name if goods is not None else "",
        )  # fmt: skip
    move(
        letter, "issue", by=by, why=words.strip(), noted={"document_no": letter.document_no, "sha256": digest},
        message=body, content_sha256=digest, check_code=check_code(letter.pk, digest), waiting_code=sending.SEALING,
    )  # fmt: skip
    tell_people([letter.drafted_by], letter, "official_issued", _("您起草的函已签发"), but=by.pk)
    announce(letter, "issue")
    return letter


def _approve(letter: OfficialLetter, step: str, by: User, words: str) -> None:
    LetterApproval.objects.create(
        letter=letter, step=step, by=by, name=by.name, title=by.title, words=words.strip()[:500],
        unit_name=by.unit.name if by.unit else "",
    )  # fmt: skip


def _set_terms(letter: OfficialLetter) -> None:
    """By when it is to be signed for and answered: what the two provinces agreed, else the national terms."""
    spec = kind(letter.kind)
    if not spec.terms_kind or letter.partner_id or letter.copies.exists():
        return
    province = letter.peer_party.removeprefix("province:") or outside.prefix_of(letter.peer_ref)
    found = outside.terms_with(province, spec.terms_kind)
    letter.terms = {
        "source": found.source,
        "agreement_id": str(found.agreement_id or ""),
        "agreement": found.agreement_title,
        "acceptance_days": found.acceptance_days,
        "feedback_days": found.feedback_days,
        "direct": found.direct,
        "lapsed": outside.lapsed_agreement(province, spec.terms_kind) if found.source != "agreement" else "",
    }
    letter.accept_by, early = end_of_working_day(found.acceptance_days)
    letter.feedback_by, late = end_of_working_day(found.feedback_days)
    letter.due_provisional = early or late


def head_of(letter: OfficialLetter) -> HeadV1:
    """The common part of what crosses, from the rows as they are now. Raises Conflict for a withdrawn exhibit."""
    last: dict[str, Any] = {}
    for row in letter.approvals.exclude(step=Step.SENT_DOWN).order_by("id"):
        last[row.step] = row
    corrects = letter.refers_to if letter.refers_as == OfficialLetter.Refers.CORRECTS else None
    return HeadV1(
        letter_id=letter.pk,
        title=letter.title,
        sender=outside.as_contract(letter.own_unit),
        to=UnitV1(
            ref=letter.peer_ref,
            name=letter.peer_name,
            province=letter.peer_party.removeprefix("province:"),
            province_name=letter.peer_province,
            division_code=letter.peer_division,
        ),
        cc=tuple(letter.cc),
        summary=letter.summary,
        legal_basis=letter.legal_basis,
        suggestion=letter.suggestion,
        contact=ContactV1(name=letter.contact_name, phone=letter.contact_phone),
        approvals=tuple(
            ApprovalV1(step=step, name=last[step].name, title=last[step].title, unit_name=last[step].unit_name,
                       at=last[step].at)
            for step in ("drafted", "checked", "issued")
        ),
        sealed=letter.seal,  # type: ignore[arg-type]
        manifest=tuple(_line(each) for each in letter.items.select_related("exhibit")),
        accept_by=letter.accept_by,
        feedback_by=letter.feedback_by,
        due_provisional=letter.due_provisional,
        agreement=letter.terms.get("agreement", "")[:120],
        corrects=corrects.pk if corrects is not None else None,
        corrects_no=corrects.document_no if corrects is not None else "",
    )  # fmt: skip


def _line(row: Any) -> ManifestLineV1:
    exhibit = row.exhibit
    if exhibit is not None and (exhibit.withdrawn_at is not None or exhibit.state == Exhibit.State.WITHDRAWN):
        raise Conflict(
            _("证据清单第 {n} 项已撤回。请退回修改，换掉这一项。"), code="letter_item_withdrawn", n=row.position
        )
    return ManifestLineV1(
        position=row.position,
        item=row.item,
        form=row.form,
        original_or_copy=row.original_or_copy,
        quantity=row.quantity,
        holder=row.holder,
        legal_kind=row.legal_kind,
        sha256=row.sha256,
        sm3=row.sm3,
        view_sha256=exhibit.view_sha256 if row.travels and exhibit is not None else "",
        captured_at=row.captured_at,
    )
