"""Four weeks of requests of the sample story, on both sides of the border. Found by name, see `runtime.seed`.

Those told with photographs are played through the services, with the clock held at the moments of the story, and their
letters travel. The many others are written as the rows that the services would have left (`tenants.bureau.pasts`).
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask, DeskVerdict
from appraisal.desk.selectors import Desk
from appraisal.desk.services import ItemAnswer, decimal_mark
from appraisal.requests import services
from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem, Site
from audit import heads, stamps
from evidence import services as evidence
from evidence.models import Exhibit
from evidence.store import make_key, store
from federation.contracts.addresses import Address
from federation.contracts.appraisal import VerdictValue
from federation.letters import ledger
from federation.letters.delivery import deliver_everywhere, deliver_waiting
from federation.parties import services as parties
from federation.parties.models import Organisation
from kernel import clock
from notify.models import Notice, Outbound
from tenants.bureau import dossier, known_fakes, pasts, showcase

WORDS = ("四周的申请、答复和往来", "four weeks of requests, answers and letters")
UNSERVED = (
    ("gx", "tan", "杏沐", "杏沐 温和洗发露", 26),
    ("gd", "he-th", "杏沐", "", 3),
    ("gx", "chen", "远山", "远山 山茶籽油", 5),
)
"""Province, officer, a brand that is not enrolled, the goods, hours ago. Invented, like all of the story."""


def fill(stage: Any) -> None:
    """Tell the story up to `stage.now`. What was told before is left alone."""
    history = stage.story.history(stage.story.SEED, stage.now, settings.SAMPLE_DAYS)
    if _is_told(stage, history):
        return
    shown = [row for row in history if row.shown]
    with ThreadPoolExecutor(2) as pool:
        drawn = {
            row.code: [[pool.submit(_draw, stage, photo) for photo in item.photos] for item in row.items]
            for row in shown
        }
        stage.pictures.begin("defects", _marked(shown))
        pasts.write(stage, [row for row in history if not row.shown])
        stage.say("    往期申请已写入 past requests are written")
        _analyse(stage)
        kept, views = {}, []
        for row in shown:
            kept[row.code] = [
                [_receive(stage, row, photo, data.result()) for photo, data in zip(item.photos, files, strict=True)]
                for item, files in zip(row.items, drawn.pop(row.code), strict=True)
            ]
            views += [pool.submit(_view, stage, row.province, pk) for item in kept[row.code] for pk in item]
        for view in views:
            view.result()
    stage.say("    样张已封存 sample photos are sealed")
    for row in shown:
        _Play(stage, row, kept[row.code]).run()
    _unserved(stage)
    dossier.fill(stage, shown)
    known_fakes.fill(stage, shown)
    _settle(stage)
    stage.made["told"] = len(history)


def _marked(shown: list[Any]) -> list[tuple[str, str, int]]:
    """The photographs on which an appraiser of the story draws boxes."""
    fakes = [item for row in shown for item in row.items if item.verdict == "counterfeit" or row.first("withdrawn")]
    return [(photo.product_code, photo.shot_code, photo.seed) for item in fakes for photo in item.photos]


def _analyse(stage: Any) -> None:
    """Without fresh statistics PostgreSQL reads whole tables for the first letters after so many rows."""
    with stage.owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _draw(stage: Any, photo: Any) -> bytes:
    """One photograph, as the camera would have written it. In a thread of its own."""
    data: bytes = stage.pictures.photo(photo.drawing, photo.captured_at)
    return data


def _receive(stage: Any, row: Any, photo: Any, data: bytes) -> UUID:
    """Seal a photograph in the province at the moment of the story, as it would have arrived."""
    with stage.enter(row.province), clock.frozen(photo.captured_at + timedelta(seconds=4)):
        exhibit = evidence.receive(
            io.BytesIO(data),
            declared_sha256=hashlib.sha256(data).hexdigest(),
            captured_at=photo.captured_at,
            source="camera",
            by=User.objects.get(username=row.officers[0]),
        )
    return exhibit.pk


def _view(stage: Any, province: str, exhibit_id: UUID) -> None:
    """Have the view made. In a thread of its own."""
    with stage.enter(province):
        try:
            evidence.make_views(exhibit_id)
        finally:
            connection.close()


def _site_id(row: Any) -> UUID:
    return uuid5(NAMESPACE_URL, f"sample site {row.inspection or row.code}")


def _is_told(stage: Any, history: Any) -> bool:
    """Whether the last step of an earlier telling was reached: the chains are closed after everything else."""
    last = history[-1]
    with stage.enter(last.province):
        if not Site.objects.filter(pk=_site_id(last)).exists():
            return False
    with stage.enter("brands"):
        from federation.letters.models import LedgerEntry

        return LedgerEntry.objects.exists()


class _Play:
    """One request played through the services on both sides."""

    def __init__(self, stage: Any, row: Any, exhibits: list[list[UUID]]) -> None:
        self.stage, self.row, self.exhibits = stage, row, exhibits
        self.organisation_id: UUID = stage.made["organisations"][row.brand]
        self.chance = random.Random(f"play {row.code}")
        self._request_id: UUID | None = None
        self.item_ids: list[UUID] = []

    @property
    def request_id(self) -> UUID:
        """The request, once the officer has begun it."""
        assert self._request_id is not None
        return self._request_id

    def run(self) -> None:
        steps = self.row.steps
        with self.stage.enter(self.row.province):
            if RequestItem.objects.filter(pk=self._item_id(0)).exists():
                return
        self._ask(steps[0].at)
        crossing = False
        for step in steps[1:]:
            acted: Callable[[Any], None] | None = getattr(self, f"_{step.kind}", None)
            if acted is not None:
                with clock.frozen(step.at):
                    acted(step)
            crossing = step.kind == "cancelled" and self._answered_after() or crossing and step.kind != "answered"
            if not crossing:
                with clock.frozen(step.at + timedelta(seconds=1)):
                    self._deliver()
        self._date_back()

    def _deliver(self) -> None:
        """Bring what waits at either side until nothing moves."""
        moved = True
        while moved:
            moved = False
            for seat in ("brands", self.row.province):
                with self.stage.enter(seat):
                    moved = deliver_waiting(1000) > 0 or moved

    # The officer ------------------------------------------------------------------------------------------------------

    def _item_id(self, place: int) -> UUID:
        return uuid5(NAMESPACE_URL, f"sample item {self.row.code} {place}")

    def _officer(self) -> User:
        return User.objects.get(username=self.row.officers[0])

    def _ask(self, sent_at: datetime) -> None:
        row = self.row
        shop = self.stage.cast.SHOPS[row.shop]
        with self.stage.enter(row.province):
            officer = self._officer()
            with clock.frozen(sent_at - timedelta(minutes=3)):
                site = services.open_site(
                    by=officer,
                    place=services.Place(county_code=shop.division_code, place=f"{shop.place} {shop.name}"),
                    site_id=_site_id(row),
                )
                for place, each in enumerate(row.items):
                    item = services.add_product(
                        by=officer,
                        site=site,
                        product_id=self.stage.made["products"][each.product_code],
                        item_id=self._item_id(place),
                        quantity=each.quantity,
                        quantity_unit=each.unit_zh,
                        claimed_price_yuan=each.claimed_price_yuan,
                    )
                    self.item_ids.append(item.pk)
                    self._request_id = item.request_id
                    self._photograph(officer, item, each, self.exhibits[place])
                services.write_question(by=officer, request_id=self.request_id, question=row.question_zh)
            with clock.frozen(sent_at):
                services.send(by=officer, request_id=self.request_id)

    def _photograph(self, officer: User, item: RequestItem, each: Any, kept: list[UUID]) -> None:
        exhibits = [Exhibit.objects.get(pk=pk) for pk in kept]
        for photo, exhibit in zip(each.photos, exhibits, strict=True):
            services.add_photo(
                by=officer,
                item_id=item.pk,
                exhibit=exhibit,
                shot_code=photo.shot_code,
                source="camera",
                kept_reason="现场光线不足" if photo.spoilt else "",
            )

    def _cancelled(self, step: Any) -> None:
        if self._answered_after():  # the verdict crosses the cancellation on its way and comes late
            answer = next(each for each in self.row.steps if each.kind == "answered")
            self._claimed(answer)
        with self.stage.enter(self.row.province):
            services.cancel(by=self._officer(), request_id=self.request_id, reason=step.text_zh)

    def _answered_after(self) -> bool:
        kinds = [step.kind for step in self.row.steps]
        return "cancelled" in kinds and "answered" in kinds

    def _no_answer(self, step: Any) -> None:
        with self.stage.enter(self.row.province):
            services.give_up_overdue(now=step.at)

    # The brand --------------------------------------------------------------------------------------------------------

    def _delivered(self, step: Any) -> None:
        """The letter itself is brought by the run."""

    def _desk(self, code: str) -> Desk:
        return Desk(
            User.objects.get(pk=self.stage.made["people"][code][1]), Organisation.objects.get(pk=self.organisation_id)
        )

    def _task(self) -> DeskTask:
        return DeskTask.objects.get(request_id=self.request_id, organisation_id=self.organisation_id)

    def _opened(self, step: Any) -> None:
        with self.stage.enter("brands"):
            desk_services.open_task(desk=self._desk(step.by), task_id=self._task().pk)

    def _claimed(self, step: Any) -> None:
        with self.stage.enter("brands"):
            task = self._task()
            if task.claimed_by_id is None:
                desk_services.claim(desk=self._desk(step.by), task_id=task.pk)

    def _reminded(self, step: Any) -> None:
        self._ring(step)

    def _handed_over(self, step: Any) -> None:
        self._ring(step)

    def _ring(self, step: Any) -> None:
        with self.stage.enter("brands"), transaction.atomic():
            task = (
                DeskTask.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=self._task().pk)
            )
            desk_services.ring(task, now=step.at + timedelta(seconds=30))

    def _supplement_asked(self, step: Any) -> None:
        with self.stage.enter("brands"):
            task = self._task()
            item = task.items.get(item_id=self.item_ids[step.item])
            spoilt = [photo for photo in self.row.items[step.item].photos if photo.spoilt]
            shot = (spoilt or self.row.items[step.item].photos)[-1].shot_code
            desk_services.ask_again(
                desk=self._desk(step.by), task_id=task.pk, item_id=item.pk, shot_code=shot, reason=step.text_zh
            )

    def _answered(self, step: Any) -> None:
        self._answer(step, range(len(self.row.items)))

    def _partly_answered(self, step: Any) -> None:
        self._answer(step, (step.item,))

    def _answer(self, step: Any, places: Any) -> None:
        with self.stage.enter("brands"):
            task = self._task()
            who = User.objects.get(pk=task.claimed_by_id)
            desk = Desk(who, Organisation.objects.get(pk=self.organisation_id))
            first = "withdrawn" in {each.kind for each in self.row.steps}
            desk_services.answer(
                desk=desk,
                task_id=task.pk,
                answers=[
                    self._verdict(task, place, "counterfeit" if first else self.row.items[place].verdict, step)
                    for place in places
                ],
            )

    def _verdict(self, task: DeskTask, place: int, value: str, step: Any) -> ItemAnswer:
        each = self.row.items[place]
        item = task.items.get(item_id=self.item_ids[place])
        fake = value == "counterfeit"
        faulty: set[str] = set()
        marks = []
        if fake:
            for photo in item.photos.select_related("exhibit"):
                told = next(ref for ref in each.photos if ref.shot_code == photo.shot_code)
                for defect in self.stage.pictures.defects(told.product_code, told.shot_code, told.seed):
                    faulty.add(photo.shot_code)
                    marks.append(decimal_mark(photo.photo_id, defect.box, defect.words_zh))
        checkpoints = {
            row.pk: ("different" if row.shot_code in faulty else "same", "")
            for row in catalogue.checkpoints(item.product_id)
            if not row.shot_code or row.shot_code in {ref.shot_code for ref in each.photos}
        }
        return ItemAnswer(
            item_id=item.pk,
            value=VerdictValue(value),
            reasons="；".join(each.reasons) or step.text_zh,
            checkpoints=checkpoints,
            marks=marks[:6],
            infringed_right=f"注册商标专用权（第 {self._mark()} 号）" if fake else "",
        )

    def _mark(self) -> str:
        return str(self.stage.catalogue.BRANDS[self.row.brand].trademark_reg_no)

    def _withdrawn(self, step: Any) -> None:
        with self.stage.enter("brands"):
            task = self._task()
            verdict = DeskVerdict.objects.get(opinion__task=task, item__item_id=self.item_ids[step.item])
            desk_services.withdraw(desk=self._desk_of_holder(task), verdict_id=verdict.pk, reason=step.text_zh)

    def _superseded(self, step: Any) -> None:
        with self.stage.enter("brands"):
            task = self._task()
            item = task.items.get(item_id=self.item_ids[step.item])
            desk_services.answer(
                desk=self._desk_of_holder(task),
                task_id=task.pk,
                answers=[ItemAnswer(item_id=item.pk, value=VerdictValue.GENUINE, reasons=step.text_zh)],
            )

    def _desk_of_holder(self, task: DeskTask) -> Desk:
        return Desk(User.objects.get(pk=task.claimed_by_id), Organisation.objects.get(pk=self.organisation_id))

    # Afterwards -------------------------------------------------------------------------------------------------------

    def _date_back(self) -> None:
        """Columns that the database dates by itself get the moments of the story."""
        began = self.row.sent_at - timedelta(minutes=3)
        with self.stage.enter(self.row.province):
            Site.objects.filter(pk=_site_id(self.row)).update(opened_at=began)
            AppraisalRequest.objects.filter(pk=self.request_id).update(created_at=began)
            ItemPhoto.objects.filter(item__request_id=self.request_id).update(
                added_at=self.row.sent_at - timedelta(minutes=1)
            )


def _unserved(stage: Any) -> None:
    """Brands that nobody answers for: asked all the same, kept, and counted for invitation."""
    for province, username, brand, product, hours in UNSERVED:
        at = stage.now - timedelta(hours=hours)
        item_id = uuid5(NAMESPACE_URL, f"sample unserved {province} {username} {brand}")
        with stage.enter(province), clock.frozen(at):
            if RequestItem.objects.filter(pk=item_id).exists():
                continue
            officer = User.objects.get(username=username)
            shop = next(row for row in stage.cast.SHOPS.values() if row.province == province)
            site = services.open_site(
                by=officer,
                place=services.Place(county_code=shop.division_code, place=f"{shop.place} {shop.name}"),
                site_id=uuid5(item_id, "site"),
            )
            item = services.add_unlisted(by=officer, site=site, brand_name=brand, product_name=product, item_id=item_id)
            services.mark_absent(by=officer, item_id=item.pk, shot_code="front_label", reason="货物已先行登记保存")
            services.send(by=officer, request_id=item.request_id)
            AppraisalRequest.objects.filter(pk=item.request_id).update(created_at=at)
            Site.objects.filter(pk=site.pk).update(opened_at=at)
    deliver_everywhere()


def _settle(stage: Any) -> None:
    """What runs by itself in a house that was open all the time: thumbnails, old notices, chains, coverage."""
    stage.say("    整理回执、台账和可鉴定清单 receipts, ledgers and coverage")
    _thumbnails(stage)
    old = stage.now - timedelta(minutes=30)
    for seat in (*stage.cast.PROVINCES, "brands", "office"):
        with stage.enter(seat):
            Notice.objects.filter(created_at__lt=old, read_at=None).update(
                read_at=F("created_at") + timedelta(minutes=2), repeat_at=None
            )
            Notice.objects.filter(repeat_at__isnull=False).update(repeat_at=None)
            Outbound.objects.filter(sent_at=None, given_up_at=None).update(
                given_up_at=timezone.now(), next_try_at=None, detail="not_needed"
            )
            heads.make()
            stamps.finish_waiting(seat)
    deliver_everywhere()
    with stage.owner():
        parties.reckon_coverage()
    for code in stage.cast.PROVINCES:
        with stage.enter(code):
            showcase.publish_last()
    append_ledgers(stage)


def append_ledgers(stage: Any) -> None:
    """Put what was sent into each sender's ledger, as the task does after a commit."""
    chains = [(code, Address.province(code)) for code in stage.cast.PROVINCES]
    chains += [("brands", Address.organisation(pk)) for pk in stage.made["organisations"].values()]
    for seat, party in chains:
        with stage.enter(seat):
            while ledger.append(party, limit=5000):
                pass


def _thumbnails(stage: Any) -> None:
    """Thumbnails of views that came by letter: the bytes are those of the sender's own, so its thumbnail is copied."""
    known: dict[str, tuple[str, int, int]] = {}
    for code in stage.cast.PROVINCES:
        with stage.enter(code):
            rows = Exhibit.objects.filter(view_only=False).exclude(thumb_key="")
            for digest, key, width, height in rows.values_list("view_sha256", "thumb_key", "width", "height"):
                known[digest] = (key, width, height)
    with stage.enter("brands"):
        for exhibit in Exhibit.objects.filter(view_only=True, thumb_key="", view_sha256__in=known):
            from_key, width, height = known[exhibit.view_sha256]
            to_key = make_key(exhibit.owner, "thumb", exhibit.pk)
            if not store().exists(to_key):
                store().copy(from_key, to_key)
            Exhibit.objects.filter(pk=exhibit.pk).update(thumb_key=to_key, width=width, height=height)
