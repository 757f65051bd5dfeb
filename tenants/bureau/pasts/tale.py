"""One request from its dispatch to its answer, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from appraisal.desk.models import (
    DeskItem,
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
from federation.contracts.appraisal import (
    CONCLUSIVE,
    AbsentShotV1,
    CommissionV1,
    ItemV1,
    ItemVerdictV1,
    OpinionV1,
    PhotosV1,
    SupplementV1,
    VerdictValue,
)
from kernel import clock
from tenants.bureau.pasts.writing import ON_THE_WAY, Writing

ABSENT_REASON = "样例往期记录，照片未随附"
RETAKE_REFUSED = "货物已装箱封存，无法再拍"
SAMPLE_TAKES = timedelta(days=2)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_REASONS = {
    VerdictValue.COUNTERFEIT: "收到实物样品，经比对内容物与包装均与我司产品不符，非我司生产。",
}


class Past(Writing):
    """One request from its dispatch to its answer."""

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
