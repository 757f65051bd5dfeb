"""Requests of the past as rows: for each what the services of both sides would have written, letters and receipts.

Only the sample story uses this (`tenants.bureau.sample`): some nine hundred requests through the services would take
minutes. A test plays one request both ways and compares. No photographs: each item says of one shot that it is absent.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction

from accounts.models import Unit, User
from appraisal.catalogue import selectors as catalogue
from appraisal.catalogue.models import Product
from appraisal.desk.models import (
    DeskItem,
    DeskLine,
    DeskOpinion,
    DeskSupplement,
    DeskTask,
    DeskVerdict,
)
from appraisal.requests.models import (
    AbsentShot,
    AppraisalRequest,
    Line,
    Opinion,
    RequestItem,
    Site,
    Supplement,
    Verdict,
)
from audit.models import Trail
from federation.contracts.addresses import Address
from federation.contracts.appraisal import (
    CONCLUSIVE,
    AbsentShotV1,
    AuthorityV1,
    CommissionV1,
    ItemV1,
    ItemVerdictV1,
    OpinionV1,
    PhotosV1,
    ProgressV1,
    SupplementV1,
    VerdictValue,
)
from federation.contracts.messages import Message
from federation.letters.ledger import content_digest
from federation.letters.models import Delivery, Letter, LetterBody
from federation.parties.models import Authorisation, Organisation
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex, sm3_hex

State = AppraisalRequest.State
ABSENT_REASON = "样例往期记录，照片未随附"
RETAKE_REFUSED = "货物已装箱封存，无法再拍"
SAMPLE_TAKES = timedelta(days=2)
ON_THE_WAY = timedelta(milliseconds=400)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
Hand = tuple[UUID | None, str]
"""Whose hand did it: id of the person, if this side knows them, and the name."""
_EMPTY = canonical_json([])
_EMPTY_SHA256 = sha256_hex(_EMPTY)


def write(stage: Any, stories: Sequence[Any]) -> None:
    """Write these requests, province by province, each side in one transaction. What is there stays."""
    facts = _Facts(stage)
    for code in stage.cast.PROVINCES:
        book = _Book(stage, facts, code)
        for row in stories:
            if row.province == code:
                _Past(book, row).tell()
        book.keep()


class _Facts:
    """What is read once: products, organisations, authorisations, people of the brands."""

    def __init__(self, stage: Any) -> None:
        with stage.owner():
            self.organisations = {
                code: Organisation.objects.get(pk=pk) for code, pk in stage.made["organisations"].items()
            }
            self.products = {
                code: Product.objects.select_related("brand", "category").get(pk=pk)
                for code, pk in stage.made["products"].items()
            }
            self.shot_lists = {code: catalogue.shot_list(row.pk) for code, row in self.products.items()}
            self.shots = {code: each.as_json() for code, each in self.shot_lists.items()}
            self.staff = {
                code: User.objects.get(pk=pk) for code, (seat, pk) in stage.made["people"].items() if seat == "brands"
            }
            self.authorities: dict[tuple[UUID, UUID], AuthorityV1] = {}
            for held in Authorisation.objects.select_related(
                "organisation", "membership__organisation"
            ).prefetch_related("trademarks"):
                self.authorities[held.organisation_id, held.membership.user_id] = AuthorityV1(
                    authorisation_id=held.pk,
                    number=held.number,
                    principal=held.organisation.name,
                    appraiser_employer=held.membership.organisation.name,
                    trademarks=tuple(f"{mark.name} {mark.reg_no}" for mark in held.trademarks.all()),
                    nice_classes=tuple(held.nice_classes),
                    valid_from=clock.at_start(held.valid_from),
                    valid_until=clock.at_end(held.valid_until),
                )


class _Book:
    """All rows of one province's past, in the order in which they have to be inserted."""

    PROVINCE = (
        Site, AppraisalRequest, RequestItem, AbsentShot, Supplement, Opinion, Verdict, Line, Trail, Letter, LetterBody,
        Delivery,
    )  # fmt: skip
    BRANDS = (DeskTask, DeskItem, DeskSupplement, DeskOpinion, DeskVerdict, DeskLine, Trail)

    def __init__(self, stage: Any, facts: _Facts, code: str) -> None:
        self.stage, self.facts, self.code = stage, facts, code
        self.chance = random.Random(f"past {code} {stage.now.isoformat()}")
        self.mine: dict[type[models.Model], list[Any]] = defaultdict(list)
        self.theirs: dict[type[models.Model], list[Any]] = defaultdict(list)
        with stage.enter(code):
            self.officers = {person.username: person for person in User.objects.select_related("unit")}
            self.units = {unit.code: unit for unit in Unit.objects.all()}

    def new_id(self, at: datetime) -> UUID:
        """A UUID of version 7 with that moment in it; the same at every start, so that a half-told past goes on."""
        ms = int(at.timestamp() * 1000)
        low = self.chance.getrandbits(74)
        return UUID(
            int=(ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (low >> 62) << 64 | 0b10 << 62 | low & ((1 << 62) - 1)
        )

    def keep(self) -> None:
        """Insert both sides, each at once or not at all."""
        first = next(iter(self.mine[AppraisalRequest]), None)
        if first is None:
            return
        with self.stage.owner(self.code), transaction.atomic():
            if not AppraisalRequest.objects.filter(pk=first.pk).exists():
                _insert(self.mine, self.PROVINCE)
                for request in self.mine[AppraisalRequest]:
                    request.created_at = request.sent_at - timedelta(minutes=3)
                AppraisalRequest.objects.bulk_update(self.mine[AppraisalRequest], ["created_at"], batch_size=500)
                for site in self.mine[Site]:
                    site.opened_at = site.began
                Site.objects.bulk_update(self.mine[Site], ["opened_at"], batch_size=500)
        with self.stage.owner(), transaction.atomic():
            if not DeskTask.objects.filter(request_id=first.pk, province_code=self.code).exists():
                _insert(self.theirs, self.BRANDS)


def _insert(rows: dict[type[models.Model], list[Any]], order: Iterable[type[models.Model]]) -> None:
    for model in order:
        model._default_manager.bulk_create(rows[model], batch_size=1000)


class _Past:
    """One request from its dispatch to its answer."""

    def __init__(self, book: _Book, row: Any) -> None:
        self.book, self.row, self.facts = book, row, book.facts
        self.officer: User = book.officers[row.officers[0]]
        self.organisation: Organisation = self.facts.organisations[row.brand]
        self.province_address, self.brand_address = (
            Address.province(book.code),
            Address.organisation(self.organisation.pk),
        )
        self.sequences: dict[str, int] = defaultdict(int)
        self.asked: Delivery | None = None

    # Letters ----------------------------------------------------------------------------------------------------------

    def post(
        self,
        message: Message,
        at: datetime,
        *,
        to_brand: bool,
        by: Hand,
        due: datetime | None = None,
    ) -> UUID:
        """A letter that was delivered. Returns its id."""
        sender, addressee = self.province_address, self.brand_address
        if message.settles and self.asked is not None:
            self.asked.state, self.asked.answered_at = Delivery.State.ANSWERED, at
        if not to_brand:
            sender, addressee = addressee, sender
        body = canonical_json(message.to_body())
        digest = sha256_hex(body)
        seats = [sender.seat.name, addressee.seat.name]
        letter_id = self.book.new_id(at)
        self.sequences[str(sender)] += 1
        self.book.mine[Letter].append(
            Letter(
                id=letter_id,
                kind=message.kind,
                version=message.version,
                sender=str(sender),
                sender_seat=sender.seat.name,
                seats=seats,
                thread=self.request.pk,
                in_reply_to=None if to_brand else self.commission,
                purpose="appraisal",
                written_at=at,
                body_sha256=digest,
                body_sm3=sm3_hex(body),
                manifest_sha256=_EMPTY_SHA256,
            )
        )
        self.book.mine[LetterBody].append(
            LetterBody(
                letter_id=letter_id,
                seats=seats,
                body=body.decode(),
                manifest=_EMPTY.decode(),
                by_id=by[0],
                by_name=by[1],
            )
        )
        self.book.mine[Delivery].append(
            Delivery(
                id=self.book.new_id(at),
                letter_id=letter_id,
                thread=self.request.pk,
                sender=str(sender),
                sender_seat=sender.seat.name,
                addressee=str(addressee),
                addressee_seat=addressee.seat.name,
                sequence=self.sequences[str(sender)],
                state=Delivery.State.DELIVERED,
                due_at=due,
                next_try_at=at,
                delivered_at=at + ON_THE_WAY,
                received_digest=content_digest(letter_id, digest, _EMPTY_SHA256),
            )
        )
        if due is not None:
            self.asked = self.book.mine[Delivery][-1]
        return letter_id

    def progress(self, step: str, at: datetime, *, who: str = "", by: Hand = (None, "系统")) -> None:
        """The brand tells of a step, and the officer's timeline shows it."""
        message = ProgressV1.model_validate({"request_id": self.request.pk, "step": step, "at": at, "who": who})
        letter_id = self.post(message, at, to_brand=False, by=by)
        self.line(step, Line.Side.BRAND, who, at, letter_id=letter_id)

    # Rows -------------------------------------------------------------------------------------------------------------

    def line(
        self,
        kind: str,
        side: str,
        who: str,
        at: datetime,
        *,
        text: str = "",
        data: dict[str, Any] | None = None,
        letter_id: UUID | None = None,
    ) -> None:
        self.book.mine[Line].append(
            Line(
                id=self.book.new_id(at),
                request=self.request,
                kind=kind,
                side=side,
                who=who,
                text=text,
                data=data or {},
                at=at,
                letter_id=letter_id,
            )
        )

    def desk_line(
        self,
        kind: str,
        side: str,
        who: str,
        at: datetime,
        *,
        text: str = "",
        data: dict[str, Any] | None = None,
        letter_id: UUID | None = None,
    ) -> None:
        self.book.theirs[DeskLine].append(
            DeskLine(
                id=self.book.new_id(at),
                task=self.task,
                kind=kind,
                side=side,
                who=who,
                text=text,
                data=data or {},
                at=at,
                letter_id=letter_id,
            )
        )

    def step(self, verb: str, at: datetime, by: Hand, why: str = "") -> None:
        """A move of the request with its split clock."""
        request = self.request
        target = AppraisalRequest.MOVES[verb][1]
        if request.phase and request.phase_since:
            counter = f"{request.phase}_s"
            setattr(
                request, counter, getattr(request, counter) + max(0, int((at - request.phase_since).total_seconds()))
            )
        self._trail(self.book.mine, request, verb, request.state, target, at, by, why)
        request.state = target
        request.phase = AppraisalRequest.PHASES.get(target, AppraisalRequest.Phase.NONE)
        request.phase_since = at if request.phase else None

    def desk_step(self, verb: str, at: datetime, by: Hand, why: str = "") -> None:
        """A move of the brand's task."""
        target = DeskTask.MOVES[verb][1]
        self._trail(self.book.theirs, self.task, verb, self.task.state, target, at, by, why)
        self.task.state = target

    def _trail(
        self,
        rows: dict[type[models.Model], list[Any]],
        record: models.Model,
        verb: str,
        left: str,
        target: str,
        at: datetime,
        by: Hand,
        why: str,
    ) -> None:
        rows[Trail].append(
            Trail(
                id=self.book.new_id(at),
                at=at,
                record_label=record._meta.label_lower,
                record_id=record.pk,
                verb=verb,
                from_state=str(left),
                to_state=str(target),
                by_id=by[0],
                by_name=by[1],
                why=why,
            )
        )

    # The tale ---------------------------------------------------------------------------------------------------------

    def tell(self) -> None:
        """From the dispatch to where the story ends."""
        sent_at = self.row.sent_at
        self._ask(sent_at)
        staff = next((step.by for step in self.row.steps if step.kind == "claimed"), "")
        for step in self.row.steps[1:]:
            told = {
                "delivered": self._arrive,
                "reminded": self._remind,
                "handed_over": self._hand_over,
                "opened": self._open,
                "claimed": self._claim,
                "supplement_asked": self._ask_again,
                "photos_added": self._decline,
                "answered": self._answer,
            }.get(step.kind)
            if told is not None:
                told(step, self.facts.staff[staff] if staff else None)

    def _ask(self, sent_at: datetime) -> None:
        row, book = self.row, self.book
        shop = book.stage.cast.SHOPS[row.shop]
        began = sent_at - timedelta(minutes=3)
        unit = self.officer.unit
        assert unit is not None
        site = Site(
            id=book.new_id(began),
            unit_id=unit.pk,
            opened_by_id=self.officer.pk,
            place=f"{shop.place} {shop.name}",
            county_code=shop.division_code,
        )
        site.began = began  # type: ignore[attr-defined]
        book.mine[Site].append(site)
        day = clock.local_date(sent_at)
        self.request = AppraisalRequest(
            id=book.new_id(began),
            number=f"{book.code.upper()}{day:%y%m%d}-{''.join(book.chance.choices(_LETTERS, k=5))}",
            site_id=site.pk,
            unit_id=unit.pk,
            officer_id=self.officer.pk,
            organisation_id=self.organisation.pk,
            organisation_name=self.organisation.name,
            brand_name=self.facts.products[row.items[0].product_code].brand.name,
            question=row.question_zh,
            sent_at=sent_at,
            due_at=row.due_at,
        )
        book.mine[AppraisalRequest].append(self.request)
        self.items = [self._item(place, each, began, sent_at) for place, each in enumerate(row.items, start=1)]
        by = (self.officer.pk, self.officer.display_name)
        self.step("send", sent_at, by)
        self.commission: UUID | None = None
        self.commission = self.post(self._commission(unit.name), sent_at, to_brand=True, by=by, due=row.due_at)
        self.line(Line.Kind.SENT, Line.Side.BUREAU, self.officer.display_name, sent_at)

    def _item(self, position: int, each: Any, began: datetime, sent_at: datetime) -> RequestItem:
        product, shots = self.facts.products[each.product_code], self.facts.shots[each.product_code]
        item = RequestItem(
            id=self.book.new_id(began),
            request=self.request,
            position=position,
            product_id=product.pk,
            product_name=product.full_name,
            claimed_brand=product.brand.name,
            category=product.category.name,
            shot_list_version=self.facts.shot_lists[each.product_code].version,
            shot_list=shots,
            quantity=each.quantity,
            quantity_unit=each.unit_zh,
            claimed_price_yuan=each.claimed_price_yuan,
        )
        self.book.mine[RequestItem].append(item)
        self.book.mine[AbsentShot].append(
            AbsentShot(
                id=self.book.new_id(began),
                item=item,
                shot_code=shots[0]["code"],
                absent_reason=ABSENT_REASON,
                posted_at=sent_at,
            )
        )
        return item

    def _commission(self, unit_name: str) -> CommissionV1:
        request = self.request
        return CommissionV1(
            request_id=request.pk,
            request_no=request.number,
            organisation_id=self.organisation.pk,
            sent_at=self.row.sent_at,
            county_code=self.row.division_code,
            unit_name=unit_name,
            officer_name=self.officer.name,
            officer_title=self.officer.title,
            officer_cert_no=self.officer.officer_cert_no or "",
            question=request.question,
            items=tuple(
                ItemV1(
                    item_id=item.pk,
                    product_id=self._product_id(item),
                    product_name=item.product_name,
                    claimed_brand=item.claimed_brand,
                    shot_list_version=item.shot_list_version,
                    quantity=item.quantity,
                    quantity_unit=item.quantity_unit,
                    claimed_price_yuan=item.claimed_price_yuan,
                    package_state="",
                    waybill_no="",
                    batch_no="",
                    absent=(AbsentShotV1(shot_code=item.shot_list[0]["code"], absent_reason=ABSENT_REASON),),
                )
                for item in self.items
            ),
        )

    def _product_id(self, item: RequestItem) -> UUID:
        assert item.product_id is not None
        return item.product_id

    def _arrive(self, step: Any, staff: User | None) -> None:
        at, request = step.at, self.request
        assert self.officer.unit is not None
        assert self.commission is not None
        self.task = DeskTask(
            id=self.book.new_id(at),
            organisation_id=self.organisation.pk,
            province_code=self.book.code,
            request_id=request.pk,
            request_no=request.number,
            thread=request.pk,
            letter_id=self.commission,
            county_code=self.row.division_code,
            unit_name=self.officer.unit.name,
            officer_name=self.officer.name,
            officer_title=self.officer.title,
            officer_cert_no=self.officer.officer_cert_no or "",
            question=request.question,
            sent_at=self.row.sent_at,
            arrived_at=at,
            due_at=self.row.due_at,
        )
        self.book.theirs[DeskTask].append(self.task)
        self.desk_items = []
        for item in self.items:
            self.desk_items.append(
                DeskItem(
                    id=self.book.new_id(at),
                    task=self.task,
                    item_id=item.pk,
                    position=item.position,
                    product_id=self._product_id(item),
                    product_name=item.product_name,
                    claimed_brand=item.claimed_brand,
                    shot_list_version=item.shot_list_version,
                    quantity=item.quantity,
                    quantity_unit=item.quantity_unit,
                    claimed_price_yuan=item.claimed_price_yuan,
                    absent=[{"shot_code": item.shot_list[0]["code"], "absent_reason": ABSENT_REASON}],
                )
            )
        self.book.theirs[DeskItem] += self.desk_items
        self.desk_line("arrived", "system", "", at)
        self.progress("arrived", at, by=(None, self.organisation.name))
        local = at.astimezone(clock.SHANGHAI)
        duty = next(
            (
                row
                for row in self.book.stage.cast.ROSTER
                if row.brand == self.row.brand
                and local.weekday() in row.weekdays
                and row.from_hour <= local.hour < row.to_hour
            ),
            None,
        )
        self.duty = duty
        if duty is not None:
            self._ring(duty.staff, 0, at, "rung")

    def _ring(self, code: str, rank: int, at: datetime, kind: str) -> None:
        person, task = self.facts.staff[code], self.task
        task.rung_rank, task.rung_user_id, task.rung_at, task.read_at, task.reminded_at = (
            rank,
            person.pk,
            at,
            None,
            None,
        )
        self.desk_line(kind, "system", person.display_name, at)
        if kind == "handed_over":
            self.progress("handed_over", at)
        self.progress("rung", at)
        self.request.rung_at, self.request.read_at = at, None

    def _remind(self, step: Any, staff: User | None) -> None:
        if self.duty is not None:
            self.task.reminded_at = step.at
            self.desk_line("reminded", "system", "", step.at)
            self.progress("reminded", step.at)

    def _hand_over(self, step: Any, staff: User | None) -> None:
        if self.duty is not None:
            self._ring(self.duty.substitute, 1, step.at, "handed_over")

    def _open(self, step: Any, staff: User | None) -> None:
        assert staff is not None
        by = (staff.pk, staff.display_name)
        if self.task.rung_at and self.task.rung_user_id == staff.pk:
            self.task.read_at = self.request.read_at = step.at
            self.progress("read", step.at, who=staff.display_name, by=by)
        self.desk_line("opened", "brand", staff.display_name, step.at)
        self.progress("opened", step.at, who=staff.display_name, by=by)

    def _claim(self, step: Any, staff: User | None) -> None:
        assert staff is not None
        by = (staff.pk, staff.display_name)
        self.task.claimed_by_id, self.task.claimed_at = staff.pk, step.at
        self.desk_step("claim", step.at, by)
        self.desk_line("claimed", "brand", staff.display_name, step.at)
        self.request.claimed_at, self.request.claimed_by_name = step.at, staff.display_name
        self.step("claim", step.at, (None, staff.display_name))
        self.progress("claimed", step.at, who=staff.display_name, by=by)

    def _ask_again(self, step: Any, staff: User | None) -> None:
        assert staff is not None
        at, item, desk_item = step.at, self.items[step.item], self.desk_items[step.item]
        quick = [shot for shot in item.shot_list if shot["in_quick_set"]]
        shot = quick[-1]
        self.supplement_id = self.book.new_id(at)
        self.shot = shot
        self.desk_supplement = DeskSupplement(
            id=self.supplement_id,
            item=desk_item,
            shot_code=shot["code"],
            reason=step.text_zh,
            asked_by_id=staff.pk,
            asked_at=at,
        )
        self.book.theirs[DeskSupplement].append(self.desk_supplement)
        self.desk_step("ask_photos", at, (staff.pk, staff.display_name), step.text_zh)
        self.desk_line(
            "supplement",
            "brand",
            staff.display_name,
            at,
            text=step.text_zh,
            data={"shot_code": shot["code"], "item_id": str(desk_item.pk)},
        )
        letter_id = self.post(
            SupplementV1(
                request_id=self.request.pk,
                item_id=item.pk,
                supplement_id=self.supplement_id,
                shot_code=shot["code"],
                reason=step.text_zh,
                who=staff.display_name,
                at=at,
            ),
            at,
            to_brand=False,
            by=(staff.pk, staff.display_name),
        )
        self.supplement = Supplement(
            id=self.supplement_id,
            item=item,
            shot_code=shot["code"],
            reason=step.text_zh,
            asked_by_name=staff.display_name,
            asked_at=at,
        )
        self.book.mine[Supplement].append(self.supplement)
        self.line(
            Line.Kind.SUPPLEMENT,
            Line.Side.BRAND,
            staff.display_name,
            at,
            text=step.text_zh,
            data={
                "supplement_id": str(self.supplement_id),
                "item_id": str(item.pk),
                "shot_code": shot["code"],
                "shot_name": shot["name"],
            },
            letter_id=letter_id,
        )
        self.step("ask_photos", at, (None, staff.display_name))

    def _decline(self, step: Any, staff: User | None) -> None:
        at, item, desk_item, code = step.at, self.items[step.item], self.desk_items[step.item], self.shot["code"]
        absent = AbsentShotV1(shot_code=code, absent_reason=RETAKE_REFUSED)
        letter_id = self.post(
            PhotosV1(
                request_id=self.request.pk, item_id=item.pk, absent=(absent,), answers_supplement=self.supplement_id
            ),
            at,
            to_brand=True,
            by=(self.officer.pk, self.officer.display_name),
        )
        self.supplement.answered_at = at
        self.step("photos_in", at, (self.officer.pk, self.officer.display_name))
        self.line(
            Line.Kind.PHOTOS,
            Line.Side.BUREAU,
            self.officer.display_name,
            at,
            text=RETAKE_REFUSED,
            data={"count": 0, "absent": [code]},
        )
        arrived = at + ON_THE_WAY
        rows = {row["shot_code"]: row for row in [*desk_item.absent, absent.model_dump()]}
        desk_item.absent = list(rows.values())
        self.desk_supplement.answered_at = arrived
        self.desk_step("photos_in", arrived, (None, self.officer.name))
        self.desk_line("photos", "bureau", self.officer.name, arrived, data={"count": 0}, letter_id=letter_id)

    def _answer(self, step: Any, staff: User | None) -> None:
        """One opinion; where a sample was needed and time has passed, a second one that supersedes."""
        assert staff is not None
        values = [VerdictValue(each.verdict) for each in self.row.items]
        late = step.at + SAMPLE_TAKES
        unclear = [value not in CONCLUSIVE for value in values]
        if any(unclear) and late >= self.book.stage.now - timedelta(hours=1):
            values, unclear = [VerdictValue.COUNTERFEIT if no else v for v, no in zip(values, unclear, strict=True)], []
        before = self._opinion(step.at, staff, values, {})
        if any(unclear):
            second = [VerdictValue.COUNTERFEIT if no else None for no in unclear]
            self._opinion(late, staff, second, before)

    def _opinion(
        self, at: datetime, staff: User, values: Sequence[VerdictValue | None], before: dict[int, UUID]
    ) -> dict[int, UUID]:
        by, authority = (staff.pk, staff.display_name), self.facts.authorities[self.organisation.pk, staff.pk]
        opinion_id = self.book.new_id(at)
        opinion = DeskOpinion(
            id=opinion_id,
            task=self.task,
            given_by_id=staff.pk,
            given_at=at,
            authority=authority.model_dump(mode="json"),
        )
        self.book.theirs[DeskOpinion].append(opinion)
        told: dict[int, UUID] = {}
        verdicts: list[ItemVerdictV1] = []
        for place, value in enumerate(values):
            if value is None:
                continue
            reasons = "；".join(self.row.items[place].reasons) or _REASONS[value]
            if value == VerdictValue.COUNTERFEIT and self.row.items[place].verdict != "counterfeit":
                reasons = _REASONS[value]
            told[place] = self.book.new_id(at)
            right = ""
            if value == VerdictValue.COUNTERFEIT:
                number = self.book.stage.catalogue.BRANDS[self.row.brand].trademark_reg_no
                right = f"注册商标专用权（第 {number} 号）"
            self.book.theirs[DeskVerdict].append(
                DeskVerdict(
                    id=told[place],
                    opinion=opinion,
                    item=self.desk_items[place],
                    value=value.value,
                    reasons=reasons,
                    infringed_right=right,
                    supersedes_id=before.get(place),
                )
            )
            verdicts.append(
                ItemVerdictV1(
                    verdict_id=told[place],
                    item_id=self.items[place].pk,
                    value=value,
                    reasons=reasons,
                    infringed_right=right,
                    supersedes=before.get(place),
                )
            )
        said = [verdict.value.value for verdict in verdicts]
        letter_id = self.post(
            OpinionV1(
                request_id=self.request.pk,
                opinion_id=opinion_id,
                given_at=at,
                appraiser_name=staff.name,
                authority=authority,
                verdicts=tuple(verdicts),
            ),
            at,
            to_brand=False,
            by=by,
        )
        kept = Opinion(
            id=opinion_id,
            request=self.request,
            letter_id=letter_id,
            given_at=at,
            received_at=at + ON_THE_WAY,
            appraiser_name=staff.name,
            authority=authority.model_dump(mode="json"),
        )
        self.book.mine[Opinion].append(kept)
        for place, verdict in zip(told, verdicts, strict=True):
            self.book.mine[Verdict].append(
                Verdict(
                    id=verdict.verdict_id,
                    opinion=kept,
                    item=self.items[place],
                    value=verdict.value.value,
                    reasons=verdict.reasons,
                    infringed_right=verdict.infringed_right,
                    supersedes=verdict.supersedes,
                )
            )
        data = {"opinion_id": str(opinion_id), "values": said}
        self.line(Line.Kind.VERDICT, Line.Side.BRAND, staff.name, at, data=data, letter_id=letter_id)
        self.desk_line("verdict", "brand", staff.display_name, at, data=data)
        self._close(at, staff, {**dict.fromkeys(before, None), **dict(enumerate(values))})
        return {**before, **told}

    def _close(self, at: datetime, staff: User, values: dict[int, VerdictValue | None]) -> None:
        settled = [value is None or value in CONCLUSIVE for value in values.values()]
        by, from_afar, request = (staff.pk, staff.display_name), (None, staff.name), self.request
        if all(settled):
            self.task.answered_at = at
            self.desk_step("answer", at, by)
            assert request.sent_at is not None
            request.answered_at = at
            request.wall_minutes = clock.wall_minutes(request.sent_at, at)
            request.office_minutes = clock.working_minutes_between(request.sent_at, at)
            self.step("answer", at, from_afar)
        elif any(settled):
            self.desk_step("answer_part", at, by)
            self.step("answer_part", at, from_afar)


_REASONS = {
    VerdictValue.COUNTERFEIT: "收到实物样品，经比对内容物与包装均与我司产品不符，非我司生产。",
}
