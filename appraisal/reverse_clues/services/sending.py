"""提交: one letter to each province chosen, with the right, the power and the person as they are today."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.reverse_clues.models import ClueFile, Purchase, ReverseClue
from appraisal.reverse_clues.services import steps
from audit.move import move
from audit.numbering import issue
from federation.contracts.clues import (
    ActingPersonV1,
    AddresseeV1,
    PaperNamedV1,
    PowerV1,
    ReportedProductV1,
    ReverseClueV1,
    RightBasisV1,
    SubjectV1,
)
from federation.contracts.opinions import TrademarkV1
from federation.parties import rights
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Words

NUMBER_WORD = "线索"


def missing(clue: ReverseClue) -> list[Words]:
    """What is still to be filled in before it can be sent."""
    found: list[Words] = []
    if not clue.title:
        found.append(_("摘要：一句话说清谁、在哪里、卖什么"))
    if not clue.content:
        found.append(_("内容：怎么发现的，看到了什么"))
    if not clue.violations:
        found.append(_("涉嫌违法类型"))
    if not clue.products.exists():
        found.append(_("涉及的产品"))
    if not clue.trademarks.exists():
        found.append(_("据以主张权利的商标"))
    if not (clue.address_raw or clue.subject_account or clue.purchases.exists()):
        found.append(_("地址、网店账号或购样，三样里至少一样"))
    if not clue.addressees.exists():
        found.append(_("提交给哪个省份的哪一级机关"))
    return found


@transaction.atomic
def send(*, acting: ActingFor, clue_id: UUID) -> ReverseClue:
    """Send the draft to every province chosen, at once.

    Raises BadInput (`clue_incomplete`, `trademark_lapsed`), what `rights.power_of` raises, Conflict (`photo_not_ready`,
    `clue_is_sent`); nothing is sent then.
    """
    clue = steps.draft(acting, clue_id)
    lacking = missing(clue)
    if lacking:
        raise BadInput(
            _("还不能提交，缺：{missing}。"), code="clue_incomplete", missing=[str(each) for each in lacking]
        )
    addressees = list(clue.addressees.all())
    basis = _basis(clue, acting, [each.province_code for each in addressees])
    files, purchases = steps.waiting_files(clue), steps.waiting_purchases(clue)
    attachments = steps.manifest(files)
    now = clock.now()
    word = (clue.organisation.short_name or clue.organisation.name)[:12]
    ref = issue(word, NUMBER_WORD)
    person = acting.person
    move(clue, "send", by=person, ref=ref, sent_at=now, sent_by_name=person.name, basis=basis.model_dump(mode="json"))
    for each in addressees:
        message = _message(clue, each.level, each.division_code, basis, now=now, files=files, purchases=purchases)
        letter = steps.to_province(clue, each.province_code, message, by=person, attachments=attachments)
        move(each, "send", by=person, letter_id=letter.pk)
    clue.files.filter(sent_at=None).update(sent_at=now)
    clue.purchases.filter(sent_at=None).update(sent_at=now)
    steps.announce(clue)
    return clue


def _basis(clue: ReverseClue, acting: ActingFor, province_codes: list[str]) -> RightBasisV1:
    organisation, person = clue.organisation, acting.person
    power = rights.power_of(acting, province_codes=province_codes)
    marks = list(clue.trademarks.all())
    if all(rights.standing(mark) == "lapsed" for mark in marks):
        raise BadInput(
            _("所选商标都已过有效期。请在“商标”里更新续展后的有效期，再提交。"),
            code="trademark_lapsed",
            trademarks=[str(mark) for mark in marks],
        )
    employer = acting.employer
    return RightBasisV1(
        right_holder=organisation.name,
        right_holder_uscc=organisation.uscc,
        right_holder_kind=organisation.kind,  # type: ignore[arg-type]
        enrolled_on=rights.enrolled_on(organisation),
        trademarks=tuple(
            TrademarkV1(
                name=mark.name,
                reg_no=mark.reg_no,
                nice_classes=tuple(mark.nice_classes),
                valid_until=mark.valid_until,
                standing=rights.standing(mark),
            )
            for mark in marks
        ),
        papers=tuple(PaperNamedV1(title=each.title, sha256=each.sha256) for each in rights.papers_of(organisation)),
        power=PowerV1(
            kind=power.kind,
            number=power.number,
            principal=organisation.name,
            agent=acting.via.name if acting.via else "",
            valid_from=power.valid_from,
            valid_until=power.valid_until,
            document_sha256=power.document_sha256,
        ),
        person=ActingPersonV1(
            name=person.name,
            role=str(Membership.Role.RIGHTS_STAFF.label)[:20],
            employer=employer.name,
            employer_uscc=employer.uscc,
            phone=person.phone or "",
        ),
    )


def _message(
    clue: ReverseClue,
    level: str,
    division_code: str,
    basis: RightBasisV1,
    *,
    now: datetime,
    files: list[ClueFile],
    purchases: list[Purchase],
) -> ReverseClueV1:
    return ReverseClueV1(
        clue_id=clue.pk,
        organisation_id=clue.organisation_id,
        clue_ref=clue.ref,
        handed_in_at=now,
        addressee=AddresseeV1(level=level, division_code=division_code),  # type: ignore[arg-type]
        basis=basis,
        title=clue.title,
        content=clue.content,
        subject=SubjectV1(
            kind=clue.subject_kind,  # type: ignore[arg-type]
            name=clue.subject_name,
            code=clue.subject_code,
            phone=clue.subject_phone,
            account=clue.subject_account,
        ),
        address_raw=clue.address_raw,
        place_role=clue.place_role,  # type: ignore[arg-type]
        channel=clue.channel,  # type: ignore[arg-type]
        chain_stage=clue.chain_stage,  # type: ignore[arg-type]
        area_tags=("internet",) if clue.channel != ReverseClue.Channel.OFFLINE else (),
        violations=tuple(clue.violations),
        estimated_value_yuan=clue.estimated_value,
        products=tuple(
            ReportedProductV1(
                brand_id=each.product.brand_id,
                brand_name=each.product.brand.name,
                product_id=each.product_id,
                product_name=f"{each.product.name} {each.product.spec}".strip(),
                code=each.code,
            )
            for each in clue.products.select_related("product__brand")
        ),
        photos=steps.photos_said(files),
        recordings=steps.recordings_said(files),
        purchases=steps.purchases_said(purchases),
    )
