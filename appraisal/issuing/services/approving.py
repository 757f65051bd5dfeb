"""A draft is submitted, approved by whom the organisation's rules name, and becomes a preliminary opinion."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from appraisal.issuing import building, gate, register, selectors
from appraisal.issuing.models import IssuingSettings, LetterApproval, LetterHolder, OpinionLetter
from appraisal.issuing.services.finding import write_search_text
from appraisal.issuing.services.steps import (
    NotTheAuthor,
    Role,
    State,
    changed,
    note,
    require_appraiser,
    require_state,
    settings_of,
    to_task,
)
from audit import numbering, trail
from audit.move import move
from audit.trail import Person
from federation.contracts.opinions import CertificateV1
from federation.parties.models import Organisation
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Conflict

Kind = LetterApproval.Kind
KIND_WORD = "辨字"
_MAY = {Kind.LEGAL: (Role.RIGHTS_STAFF, Role.BRAND_ADMIN), Kind.SEAL: (Role.BRAND_ADMIN,)}


@transaction.atomic
def set_rules(
    *, acting: ActingFor, number_word: str, needs_legal: bool, needs_seal: bool, address: str
) -> IssuingSettings:
    """How this organisation issues letters. Its administrator alone."""
    acting.require(Role.BRAND_ADMIN)
    word = number_word.strip()
    if not word:
        raise BadInput(_("请填编号代字，例如单位简称。"), code="number_word_missing")
    if IssuingSettings.objects.filter(number_word=word).exclude(organisation=acting.organisation).exists():
        raise Conflict(_("编号代字“{word}”已有单位在用，请换一个。"), code="number_word_taken", word=word)
    row, _made = IssuingSettings.objects.update_or_create(
        organisation=acting.organisation,
        defaults={
            "number_word": word,
            "needs_legal": needs_legal,
            "needs_seal": needs_seal,
            "address": address.strip(),
            "updated_by": acting.person,
        },
    )
    trail.record(row, "set", by=acting.person, data={"legal": needs_legal, "seal": needs_seal, "word": word})
    return row


def needed(organisation: Organisation) -> list[str]:
    """Kinds of approval that the organisation requires, in order."""
    rules = settings_of(organisation)
    return [kind for kind, wanted in ((Kind.LEGAL, rules.needs_legal), (Kind.SEAL, rules.needs_seal)) if wanted]


def open_kinds(letter: OpinionLetter) -> list[str]:
    """Approvals that the letter still waits for, the next one first."""
    given = set(
        letter.approvals.filter(round=letter.round, outcome=LetterApproval.Outcome.APPROVED).values_list(
            "kind", flat=True
        )
    )
    return [kind for kind in needed(letter.organisation) if kind not in given]


@transaction.atomic
def decide_mark(*, acting: ActingFor, letter_id: UUID, mark_id: UUID, standing: str, words: str) -> OpinionLetter:
    """Say how it is with a mark whose term has ended: under renewal, or lapsed; and why the letter may go out."""
    acting.require(Role.APPRAISER, Role.RIGHTS_STAFF, Role.BRAND_ADMIN, own=False)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    require_state(letter, State.DRAFT, State.AWAITING)
    if standing not in gate.DECIDED or not words.strip():
        raise BadInput(_("请选“续展办理中”或“已过有效期”，并写明为什么仍可出具。"), code="mark_decision_missing")
    now = clock.now()
    if str(mark_id) not in {str(mark.pk) for mark in gate.Rights(letter, now).marks(gate.items_of(letter))}:
        raise BadInput(_("这份意见书没有用到这件商标，请刷新页面。"), code="mark_unknown", mark_id=mark_id)
    said = {"standing": standing, "note": words.strip()[:300], "by": acting.person.display_name}
    letter.marks = {**letter.marks, str(mark_id): said}
    letter.save(update_fields=["marks"])
    trail.record(letter, "decide_mark", by=acting.person, why=words, data={"mark": str(mark_id), "standing": standing})
    changed(letter)
    return letter


@transaction.atomic
def submit(*, acting: ActingFor, letter_id: UUID) -> OpinionLetter:
    """Send a complete draft on: for approval where the organisation wants it, else it is preliminary at once."""
    require_appraiser(acting)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    if letter.state in (State.AWAITING, State.PRELIMINARY, State.FORMAL):
        return letter
    require_state(letter, State.DRAFT)
    gate.require(letter)
    if not needed(letter.organisation):
        return _settle(letter, acting.person)
    move(letter, "submit", by=acting.person, submitted_at=clock.now(), round=letter.round + 1)
    changed(letter)
    return letter


@transaction.atomic
def approve(*, acting: ActingFor, letter_id: UUID, kind: str) -> OpinionLetter:
    """Give one approval. The last one makes the letter preliminary. Twice is once; nobody approves their own draft."""
    letter = selectors.access_letter(acting, letter_id, lock=True)
    _may(acting, letter, kind)
    if letter.state != State.AWAITING and _given(letter, kind):
        return letter
    require_state(letter, State.AWAITING)
    waiting = open_kinds(letter)
    if kind not in waiting:
        return letter
    gate.require(letter)
    _record(letter, kind, LetterApproval.Outcome.APPROVED, acting, "")
    if waiting == [kind]:
        return _settle(letter, acting.person)
    changed(letter)
    return letter


@transaction.atomic
def send_back(*, acting: ActingFor, letter_id: UUID, kind: str, reason: str) -> OpinionLetter:
    """Return a submitted draft to its author, with the reason."""
    letter = selectors.access_letter(acting, letter_id, lock=True)
    _may(acting, letter, kind)
    if not reason.strip():
        raise BadInput(_("请写明退回修改的原因。"), code="reason_missing")
    move(letter, "send_back", by=acting.person, why=reason)
    _record(letter, kind, LetterApproval.Outcome.RETURNED, acting, reason.strip()[:500])
    changed(letter)
    return letter


@transaction.atomic
def revise(*, acting: ActingFor, letter_id: UUID, reason: str) -> OpinionLetter:
    """Take a preliminary letter that is not signed yet back to the draft: a verdict changed, or something is wrong."""
    require_appraiser(acting)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    if letter.waits_for == OpinionLetter.WaitsFor.TIME_STAMP:
        raise Conflict(_("意见书已经签名，只等时间戳，不能再改。需要更正时请撤回，或出具新版。"), code="letter_signed")
    if not reason.strip():
        raise BadInput(_("请写明退回修改的原因。"), code="reason_missing")
    move(letter, "revise", by=acting.person, why=reason, waits_for="", problem="")
    register.write(letter)
    note(letter, "letter_revised", acting.person.display_name, reason)
    return letter


def _settle(letter: OpinionLetter, by: Person) -> OpinionLetter:
    """The last approval is there: the letter gets its number, is entered in the register, and the bureau sees it."""
    now = clock.now()
    gate.require(letter, at=now)
    rights = gate.Rights(letter, now)
    first = gate.items_of(letter)[0]
    if not letter.number:
        word = _own_word(letter.organisation)
        letter.number = numbering.issue(word, KIND_WORD)
        letter.check_code = register.check_code(letter)
    letter.authorisation = rights.of(first.item.product_id)
    letter.save(update_fields=["number", "check_code", "authorisation"])
    write_search_text(OpinionLetter.objects.filter(pk=letter.pk))
    keep_facts(letter, now=now)
    move(letter, "approve", by=by, approved_at=now, waits_for=OpinionLetter.WaitsFor.SIGNATURE)
    LetterHolder.objects.get_or_create(
        letter=letter,
        province_code=letter.task.province_code,
        request_id=letter.task.request_id,
        defaults={"because": LetterHolder.Because.COMMISSION, "thread": letter.task.thread, "since": now},
    )
    register.write(letter)
    to_task(
        letter.task,
        CertificateV1(request_id=letter.task.request_id, paper=building.paper_of(letter), who=by.display_name, at=now),
        by,
    )
    note(letter, "letter_preliminary", by.display_name)
    return letter


def keep_facts(letter: OpinionLetter, *, now: datetime) -> None:
    """Write down what the letter says as of now."""
    facts, annex = building.facts_of(letter, at=now)
    letter.facts, letter.facts_sha256 = facts.to_json().decode(), facts.sha256
    letter.annex_facts = annex.to_json().decode() if annex else ""
    letter.issued_on = facts.issued_on
    letter.save(update_fields=["facts", "facts_sha256", "annex_facts", "issued_on"])


def _own_word(organisation: Organisation) -> str:
    """The organisation's own series: a word that no other can take afterwards."""
    rules = settings_of(organisation)
    if rules._state.adding:
        try:
            with transaction.atomic():
                rules.save(force_insert=True)
        except IntegrityError:
            rules = IssuingSettings.objects.filter(organisation=organisation).first() or rules
            if rules._state.adding:
                rules.number_word = f"{rules.number_word[:14]}{organisation.uscc[-6:]}"
                rules.save(force_insert=True)
    return rules.number_word


def _may(acting: ActingFor, letter: OpinionLetter, kind: str) -> None:
    if kind not in Kind.values:
        raise BadInput(_("没有这种审批，请刷新页面。"), code="approval_unknown", kind=kind)
    acting.require(*_MAY[Kind(kind)])
    if letter.author_id == acting.person.pk:
        raise NotTheAuthor()


def _given(letter: OpinionLetter, kind: str) -> bool:
    return letter.approvals.filter(kind=kind, round=letter.round, outcome=LetterApproval.Outcome.APPROVED).exists()


def _record(letter: OpinionLetter, kind: str, outcome: str, acting: ActingFor, reason: str) -> None:
    LetterApproval.objects.create(
        letter=letter,
        kind=kind,
        round=letter.round,
        outcome=outcome,
        reason=reason,
        by=acting.person,
        at=clock.now(),
    )
