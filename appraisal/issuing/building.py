"""From records to what a letter says: facts for the paper, and the same as a letter carries them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from appraisal.catalogue import selectors as catalogue
from appraisal.catalogue.models import Product
from appraisal.desk.models import DeskItem
from appraisal.issuing import gate, register
from appraisal.issuing.facts import (
    AnnexFacts,
    AnnexItem,
    AppraiserFact,
    CommissionFact,
    Examination,
    Finding,
    Holder,
    ItemFact,
    LetterFacts,
    PhotoFact,
    PriceFact,
    TrademarkFact,
    facts_from_json,
)
from appraisal.issuing.models import IssuingSettings, LetterFile, LetterFinding, LetterItem, OpinionLetter
from appraisal.issuing.words import LIMITS
from federation.contracts.appraisal import AuthorityV1, VerdictValue
from federation.contracts.opinions import (
    ConclusionV1,
    GenuinePriceV1,
    PaperV1,
    RightHolderV1,
    SignerV1,
    TrademarkV1,
)
from federation.parties.models import Authorisation, Organisation, Trademark
from kernel import clock
from kernel.errors import Conflict, NotFound404

Grade = LetterFinding.Grade


def facts_of(letter: OpinionLetter, *, at: datetime) -> tuple[LetterFacts, AnnexFacts | None]:
    """What a complete, numbered letter says when it is issued at that moment. Call `gate.require` first."""
    day, items, rights = clock.local_date(at), gate.items_of(letter), gate.Rights(letter, at)
    annex = _annex(letter, items, day)
    facts = LetterFacts(
        letter_id=letter.pk,
        number=letter.number,
        version_no=letter.version_no,
        supersedes_no=letter.supersedes.number if letter.supersedes else "",
        supersedes_reason=letter.revision_reason,
        issued_on=day,
        holder=_holder(letter.organisation, "owner"),
        agent=_holder(letter.agent, "agent") if letter.agent else None,
        trademarks=tuple(_mark(letter, mark, at) for mark in rights.marks(items)),
        appraisers=_appraisers(letter, items, rights),
        commission=CommissionFact(
            province_code=letter.task.province_code,
            unit_name=letter.task.unit_name,
            request_no=letter.task.request_no,
            notice_no=letter.notice.document_no if letter.notice else "",
            asked_on=clock.local_date(letter.notice.issued_at if letter.notice else letter.task.sent_at),
        ),
        examination=Examination(
            mode=letter.exam_mode,
            began_at=letter.exam_began_at,
            ended_at=letter.exam_ended_at,
            place=letter.exam_place,
        ),
        items=tuple(_item(row) for row in items),
        remarks=letter.remarks,
        responsibility=letter.responsibility,
        limits=tuple(LIMITS),
        annex_sha256=annex.sha256 if annex else "",
        check_code=letter.check_code,
        check_url=register.check_url(letter.number, letter.check_code),
        demonstration=letter.is_demo,
    )
    return facts, annex


def _holder(organisation: Organisation, role: str) -> Holder:
    said = IssuingSettings.objects.filter(organisation=organisation).first()
    return Holder(
        organisation_id=organisation.pk,
        name=organisation.name,
        uscc=organisation.uscc,
        address=said.address if said else "",
        role=role,
    )


def _mark(letter: OpinionLetter, mark: Trademark, at: datetime) -> TrademarkFact:
    standing, note = gate.standing_of(mark, at), ""
    if standing == "lapsed":
        said = letter.marks.get(str(mark.pk), {})
        standing, note = said.get("standing", standing), said.get("note", "")
    return TrademarkFact(
        name=mark.name,
        reg_no=mark.reg_no,
        nice_classes=tuple(mark.nice_classes),
        valid_until=mark.valid_until,
        standing=standing,
        note=note,
    )


def _appraisers(letter: OpinionLetter, items: list[LetterItem], rights: gate.Rights) -> tuple[AppraiserFact, ...]:
    """Who signs, by the authorisations in force; then colleagues whose verdicts stand here, by theirs at the time."""
    held = {found.pk: found for found in (rights.of(row.item.product_id) for row in items)}
    facts = [_appraiser(letter, each) for each in held.values()]
    others: dict[UUID, AppraiserFact] = {}
    for row in items:
        opinion = row.verdict.opinion
        if opinion.given_by_id == letter.appraiser_id or opinion.given_by_id in others:
            continue
        said = AuthorityV1.model_validate(opinion.authority)
        others[opinion.given_by_id] = AppraiserFact(
            name=opinion.given_by.name,
            employee_no="",
            employer=said.appraiser_employer,
            authorisation_no=said.number,
            authorisation_from=clock.local_date(said.valid_from),
            authorisation_until=clock.local_date(said.valid_until),
            nice_classes=said.nice_classes,
            territory=(),
        )
    return (*facts, *others.values())


def _appraiser(letter: OpinionLetter, held: Authorisation) -> AppraiserFact:
    return AppraiserFact(
        name=letter.appraiser.name,
        employee_no=letter.employee_no,
        employer=held.membership.organisation.name,
        authorisation_no=held.number,
        authorisation_from=held.valid_from,
        authorisation_until=held.valid_until,
        nice_classes=tuple(held.nice_classes),
        territory=tuple(held.territory),
    )


def _item(row: LetterItem) -> ItemFact:
    item, product = row.item, product_of(row.item)
    shots = shot_names(item)
    return ItemFact(
        position=row.position,
        item_id=item.item_id,
        verdict_id=row.verdict_id,
        name=item.product_name,
        claimed_brand=item.claimed_brand,
        spec=product.spec if product else "",
        batch_no=item.batch_no,
        quantity=plain(item.quantity),
        unit=item.quantity_unit,
        nice_class=product.nice_class if product else 0,
        value=row.verdict.value,
        reasons=row.statement,
        seal_no=row.seal_no,
        photos=tuple(
            PhotoFact(
                shot=shots.get(photo.shot_code, photo.shot_code), sha256=photo.exhibit.sha256, sm3=photo.exhibit.sm3
            )
            for photo in gate.living_photos(item)
        ),
        findings=_findings(row, Grade.PRINTED),
        price=_price(row),
    )


def _findings(row: LetterItem, grade: str) -> tuple[Finding, ...]:
    return tuple(
        Finding(feature=each.feature, genuine=each.genuine, sample=each.sample, difference=each.difference)
        for each in row.findings.all()
        if each.grade == grade
    )


def _price(row: LetterItem) -> PriceFact | None:
    if row.price_yuan is None or row.price_as_of is None:
        return None
    return PriceFact(
        amount_yuan=f"{row.price_yuan:.2f}",
        unit=row.price_unit,
        basis=row.price_basis,
        basis_text=row.price_basis_text,
        as_of=row.price_as_of,
    )


def _annex(letter: OpinionLetter, items: list[LetterItem], day: date) -> AnnexFacts | None:
    said = tuple(
        AnnexItem(position=row.position, name=row.item.product_name, findings=findings)
        for row in items
        if (findings := _findings(row, Grade.ANNEX))
    )
    if not said:
        return None
    return AnnexFacts(
        letter_id=letter.pk,
        number=letter.number,
        version_no=letter.version_no,
        issued_on=day,
        holder_name=letter.organisation.name,
        items=said,
    )


def product_of(item: DeskItem) -> Product | None:
    """The product of an item; None when the catalogue does not know it."""
    try:
        return catalogue.product(item.product_id)
    except NotFound404:
        return None


def shot_names(item: DeskItem) -> dict[str, str]:
    """What the pictures of an item are called, by code."""
    try:
        listed = catalogue.shot_list(item.product_id, item.shot_list_version)
    except (NotFound404, Conflict):
        return {}
    return {shot.code: shot.name for shot in listed.shots}


def plain(amount: Decimal | None) -> str:
    """A quantity without noughts behind the point: "420", "1.5"."""
    return "" if amount is None else f"{amount.normalize():f}"


# For letters ----------------------------------------------------------------------------------------------------------


def paper_of(letter: OpinionLetter) -> PaperV1:
    """The letter as others hold it."""
    facts: dict[str, Any] = facts_from_json(letter.facts)
    files = {file.kind: file for file in letter.files.all()}
    formal = letter.state == OpinionLetter.State.FORMAL
    scanned = LetterFile.Kind.SCAN in files
    first = letter.items.select_related("verdict__opinion").first()
    if first is None:
        raise ValueError("a letter without items is no paper")
    return PaperV1(
        letter_id=letter.pk,
        notice_id=letter.notice.notice_id if letter.notice else None,
        notice_no=letter.notice.document_no if letter.notice else "",
        opinion_no=letter.number,
        version_no=letter.version_no,
        supersedes=letter.supersedes_id,
        supersedes_no=letter.supersedes.number if letter.supersedes else "",
        state="formal" if formal else "preliminary",
        waits_for="" if formal else letter.waits_for or "signature",
        issued_on=letter.issued_on,
        exam_mode=letter.exam_mode,
        right_holder=RightHolderV1(
            organisation_id=letter.organisation_id, name=letter.organisation.name, uscc=letter.organisation.uscc
        ),
        role="agent" if letter.agent_id else "owner",
        signers=tuple(
            {
                each["name"]: SignerV1(
                    name=each["name"], employee_no=each["employee_no"], employer=each["employer"][:80]
                )
                for each in facts["appraisers"]
            }.values()
        ),
        authority=_authority(letter),
        trademarks=tuple(
            TrademarkV1.model_validate({key: value for key, value in mark.items() if key != "note"})
            for mark in facts["trademarks"]
        ),
        items=tuple(_conclusion(item) for item in facts["items"]),
        check_code=letter.check_code,
        check_url=facts["check_url"],
        pdf_sha256=files[LetterFile.Kind.PAPER].sha256 if formal else "",
        annex_sha256=files[LetterFile.Kind.ANNEX].sha256 if formal and LetterFile.Kind.ANNEX in files else "",
        facts=letter.facts,
        facts_sha256=letter.facts_sha256,
        seal_state="scanned" if scanned else "electronic" if formal else "none",
        demonstration=letter.is_demo,
    )


def _authority(letter: OpinionLetter) -> AuthorityV1:
    held = letter.authorisation
    if held is None:
        raise ValueError("an approved letter rests on an authorisation")
    return AuthorityV1(
        authorisation_id=held.pk,
        number=held.number,
        principal=letter.organisation.name,
        appraiser_employer=held.membership.organisation.name,
        trademarks=tuple(f"{mark.name} {mark.reg_no}" for mark in held.trademarks.all()),
        nice_classes=tuple(held.nice_classes),
        valid_from=clock.at_start(held.valid_from),
        valid_until=clock.at_end(held.valid_until),
    )


def _conclusion(item: dict[str, Any]) -> ConclusionV1:
    price = item["price"]
    return ConclusionV1(
        item_id=UUID(item["item_id"]),
        position=item["position"],
        product_name=item["name"],
        quantity=Decimal(item["quantity"]) if item["quantity"] else None,
        quantity_unit=item["unit"],
        value=VerdictValue(item["value"]),
        verdict_id=UUID(item["verdict_id"]),
        photo_sha256s=tuple(photo["sha256"] for photo in item["photos"]),
        seal_no=item["seal_no"],
        genuine_price=GenuinePriceV1.model_validate(price) if price else None,
    )
