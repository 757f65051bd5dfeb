"""What the library of the sample story had done before today: hints that people decided, alerts, runs, look backs.

Rows where the services would have needed the engine for each; the services themselves for all that travels by letter.
The pictures are those of the story's photographs, so that every comparison opens.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import transaction

from appraisal.desk.models import DeskItem, DeskPhoto
from appraisal.desk.selectors import Desk
from appraisal.recognition import services
from appraisal.recognition.models import EntryPhoto, Find, Hint, HintDecision, LibraryEntry, PhotoLook
from appraisal.recognition.services import beyond, codes, entries, limits, lookback, looking, runs
from appraisal.recognition.services.hinting import Found
from appraisal.recognition.services.looking import Seen
from appraisal.recognition.services.steps import find_of
from appraisal.requests.models import AbsentShot, ItemPhoto
from federation.parties.models import Organisation
from kernel import clock

SHOT = "front_label"
PRINTED_ON_ALL = "LHCFW2026000001"


@dataclass(frozen=True)
class Past:
    """A hint of the past: score over (or under) the least of its band, and the last word of a person."""

    band: str
    over: float
    word: str


def _pasts() -> list[Past]:
    """Mostly right where the score is high; most of the wrong ones lie just over the floor."""
    chance = random.Random("hints of the past")
    strong = [Past("strong", chance.uniform(4, 90), "accepted") for _each in range(21)]
    likely = [Past("likely", chance.uniform(10, 32), "accepted") for _each in range(11)]
    near = [Past("likely", over, "rejected") for over in (1.4, 2.6, 3.9, 5.8)]
    near += [Past("likely", over, "accepted") for over in (2.1, 7.5)]
    folded = [Past("possible", over, word) for over, word in ((6, "rejected"), (11, "accepted"), (17, "rejected"))]
    rest = [Past("strong", 22, "shown"), Past("likely", 18, "ignored"), Past("likely", 12, "shown")]
    found = [*strong, *likely, *near, *folded, *rest]
    chance.shuffle(found)
    return found


def fill(stage: Any, desk: Desk, real: Hint) -> None:
    """Everything of one library. real: a hint that the engine made, whose pictures and geometry the others borrow."""
    with stage.enter("brands"):
        fakes, cleared = _items(desk, real, "counterfeit"), _items(desk, real, "genuine")
        backs = [item for item in cleared if item.task.province_code == real.photo.item.task.province_code][-2:]
        _hints(desk, real, fakes, [item for item in cleared if item not in backs])
        _entries(stage, desk, real)
        _alerts(desk, fakes[8:16])
        _runs(desk, fakes[8:16])
    _look_backs(stage, desk, real, backs)
    with stage.enter("brands"), clock.frozen(stage.now - timedelta(hours=9)):
        limits.propose(desk.organisation.pk)


def _items(desk: Desk, real: Hint, value: str) -> list[DeskItem]:
    """Goods of the past with that verdict and no photos, the latest first."""
    rows = DeskItem.objects.filter(
        task__organisation=desk.organisation,
        product_id=real.photo.item.product_id,
        photos__isnull=True,
        verdicts__value=value,
        task__province_code__in=("gx", "gz", "gd", "fj"),
    )
    return list(rows.select_related("task").order_by("-task__sent_at").distinct())


def _arrived(item: DeskItem) -> datetime:
    return item.task.arrived_at + timedelta(seconds=4)


def _photo(item: DeskItem, real: Hint, photo_id: UUID | None = None) -> DeskPhoto:
    """A photo of the past at the desk: the bytes of one that the story drew."""
    DeskItem.objects.filter(pk=item.pk).update(absent=[])
    return DeskPhoto.objects.create(
        item=item,
        photo_id=photo_id or item.pk,
        exhibit=real.photo.exhibit,
        shot_code=SHOT,
        source="camera",
        captured_at=item.task.sent_at,
        arrived_at=item.task.arrived_at,
    )


# Hints and figures ----------------------------------------------------------------------------------------------------


def _hints(desk: Desk, real: Hint, fakes: list[DeskItem], cleared: list[DeskItem]) -> None:
    chance = random.Random("who looked")
    strong, likely = limits.floors(real.category.code)
    least = {"strong": strong, "likely": likely, "possible": likely / 2}
    wrong, right = iter(cleared), iter(fakes[20:])
    for past in _pasts():
        item = next(wrong if past.word == "rejected" else right, None)
        if item is None:
            continue
        photo, at = _photo(item, real), _arrived(item)
        PhotoLook.objects.create(
            photo=photo,
            organisation=desk.organisation,
            state=PhotoLook.State.DONE,
            outcome="hints",
            engine=real.engine,
            scope="product",
            took_ms=chance.randrange(360, 640),
            tries=1,
            asked_at=item.task.arrived_at,
            done_at=at,
        )
        score = least[past.band] + past.over
        inliers = round(score * 1.35)
        hint = Hint.objects.create(
            organisation=desk.organisation,
            photo=photo,
            entry=real.entry,
            entry_photo=real.entry_photo,
            category=real.category,
            state=past.word,
            band=past.band,
            score=score,
            inliers=inliers,
            engine=real.engine,
            geometry=real.geometry,
            reasons=[{"code": "print", "count": inliers}],
            at=at,
            posted_at=at,
            answered_at=at + timedelta(minutes=2) if past.word != "shown" else None,
            answered_by=item.task.officer_title or item.task.officer_name if past.word != "shown" else "",
        )
        if past.word == "shown":
            continue
        _say(hint, "bureau", past.word, item.task.officer_name, at + timedelta(minutes=2))
        if chance.random() < 0.7:
            _say(hint, "brand", past.word, desk.person.display_name, at + timedelta(minutes=4))


def _say(hint: Hint, side: str, word: str, who: str, at: datetime) -> None:
    HintDecision.objects.create(hint=hint, side=side, answer=word, who=who[:40], at=at)


# Entries --------------------------------------------------------------------------------------------------------------


def _entries(stage: Any, desk: Desk, real: Hint) -> None:
    """A candidate of the rights staff, one from a bureau, one that was braked, one taken out again."""
    others = (
        DeskPhoto.objects.filter(item__task=real.photo.item.task).exclude(pk=real.photo_id).select_related("exhibit")
    )
    exhibits = [photo.exhibit for photo in others[:3]]
    told = (
        (stage.now - timedelta(hours=5), "staff", "gd", "440111", "forged_labels", "电商仓库抽样，标签边缘毛糙。"),
        (stage.now - timedelta(hours=26), "seizure", "fj", "350582", "refilled", "回收瓶灌装，封口胶痕明显。"),
        (stage.now - timedelta(days=12), "seizure", "gz", "520382", "counterfeit_mark", "只拍到品牌标志，画面太小。"),
        (stage.now - timedelta(days=20), "staff", "gd", "440106", "counterfeit_mark", "与另一条目重复。"),
    )
    made = []
    for (at, origin, province, county, typology, note), place in zip(told, range(len(told)), strict=True):
        with clock.frozen(at), transaction.atomic():
            find = Find.objects.create(
                organisation=desk.organisation,
                origin=origin,
                product=real.entry.product,
                product_name=real.entry.title,
                province_code=province,
                county_code=county,
                unit_name=desk.organisation.name[:80] if origin == "staff" else "",
                found_on=clock.local_date(at) - timedelta(days=2),
                shared="place_only",
            )
            entry = entries.make_from_offer(
                find=find,
                product=real.entry.product,  # type: ignore[arg-type] # an entry of the story has one
                typology=typology,
                exhibits=[(exhibits[place % len(exhibits)], SHOT)] if exhibits else [],
                note=note,
            )
            LibraryEntry.objects.filter(pk=entry.pk).update(
                source=LibraryEntry.Source.STAFF if origin == "staff" else LibraryEntry.Source.SEIZURE, created_at=at
            )
            made.append(entry)
    if not exhibits:
        return
    with clock.frozen(stage.now - timedelta(days=11)):
        services.confirm(desk=desk, entry_id=made[2].pk)
    with clock.frozen(stage.now - timedelta(days=9, hours=3)), transaction.atomic():
        row = LibraryEntry.objects.get(pk=made[2].pk)
        entries.fall(row, "brake", note="一天内比对的 14 件申请里有 9 件都匹配，且没有人采纳")
    with clock.frozen(stage.now - timedelta(days=19)):
        services.refuse(desk=desk, entry_id=made[3].pk, reason="与 F00001 是同一批，照片不如那一条清楚")


# Codes and runs -------------------------------------------------------------------------------------------------------


def _seen(item: DeskItem, field: str, raw: str, how: str = "confirmed") -> Find:
    with clock.frozen(_arrived(item)), transaction.atomic():
        find = find_of(item)
        codes.sight(find, field, raw, how=how)
    return find


def _alerts(desk: Desk, fakes: list[DeskItem]) -> None:
    """One that was confirmed, one printed on all goods, one perhaps misread, beside the open one of today."""
    if len(fakes) < 8:
        return
    for code, how, pair in (
        ("26LH07220016502", "decoded", fakes[0:2]),
        (PRINTED_ON_ALL, "decoded", fakes[2:4]),
        ("26LH0815QX7741", "typed", fakes[4:5]),
        ("26LH0815QM7741", "typed", fakes[5:6]),
    ):
        for item in reversed(pair):
            _seen(item, "unique", code, how)
    from appraisal.recognition.models import CodeAlert

    for key, step, reason, all_alike in (
        ("26LH07220016502", "confirm", "", False),
        (PRINTED_ON_ALL, "dismiss", "防伪查询网址，每盒都一样", True),
    ):
        alert = CodeAlert.objects.filter(organisation=desk.organisation, key=codes.key_of("unique", key)).first()
        if alert is not None:
            with clock.frozen(alert.last_at + timedelta(hours=2)):
                services.settle_alert(desk=desk, alert_id=alert.pk, step=step, reason=reason, printed_on_all=all_alike)


def _runs(desk: Desk, fakes: list[DeskItem]) -> None:
    """One taken for the same run, one not, one that waits."""
    if len(fakes) < 8:
        return
    for pair, mould, numbers, step, reason in (
        (fakes[0:2], "M03-1", ("LG26090100471", "LG26090100479"), "accept", ""),
        (fakes[4:6], "M11", (), "refuse", "模具号在三家瓶厂都有，不足以认定"),
        (fakes[6:8], "M09-2", ("LG26101500120", "LG26101500133"), "", ""),
    ):
        for place, item in enumerate(pair):
            find = _seen(item, "mould", mould)
            if numbers:
                _seen(item, "logistics", numbers[place])
        with clock.frozen(max(_arrived(item) for item in pair) + timedelta(minutes=1)), transaction.atomic():
            links = runs.propose(find)
        for link in links if step else ():
            with clock.frozen(link.proposed_at + timedelta(hours=3)):
                services.decide_run(desk=desk, run_id=link.pk, step=step, reason=reason)


# Look backs -----------------------------------------------------------------------------------------------------------


def _look_backs(stage: Any, desk: Desk, real: Hint, chosen: list[DeskItem]) -> None:
    """Two that a verdict had cleared: one is new to its officer, one the appraiser stands by."""
    province = real.photo.item.task.province_code
    with stage.enter(province):
        own = ItemPhoto.objects.filter(pk=real.photo.photo_id).first()
    if own is None:
        return
    for number, item in enumerate(chosen):
        with stage.enter(province), transaction.atomic():
            photo = ItemPhoto.objects.create(
                item_id=item.item_id,
                exhibit_id=own.exhibit_id,
                shot_code=SHOT,
                source=ItemPhoto.Source.CAMERA,
                posted_at=item.task.sent_at,
            )
            ItemPhoto.objects.filter(pk=photo.pk).update(added_at=item.task.sent_at - timedelta(minutes=1))
            AbsentShot.objects.filter(item_id=item.item_id, shot_code=SHOT).delete()
        with stage.enter("brands"), clock.frozen(stage.now - timedelta(hours=20 + 30 * number)):
            kept = _photo(item, real, photo.pk)
            match: Any = SimpleNamespace(
                band="strong" if number == 0 else "likely", score=131.0 - 44 * number, inliers=164
            )
            back = lookback.keep(real.entry, real.entry_photo, item.pk, kept.pk, match, real.geometry)
        if back is not None and number:
            with stage.enter("brands"), clock.frozen(stage.now - timedelta(hours=44)):
                services.settle_look_back(desk=desk, look_back_id=back.pk, step="keep", why="照片里是旧版正品标签")


# Other libraries ------------------------------------------------------------------------------------------------------


def nothing_to_compare(photos: list[DeskPhoto]) -> None:
    """Photos of brands whose library is empty: "no comparison possible", as the worker would have said."""
    for photo in photos:
        with clock.frozen(photo.arrived_at + timedelta(seconds=6)):
            looking.keep(PhotoLook.objects.get(photo=photo), Seen(good=True, comparable=False))


def known_elsewhere(stage: Any, real: Hint, photo: DeskPhoto, known: DeskPhoto, desk: Desk) -> None:
    """A photo of one brand's goods that another right holder's library knows. known: what its entry is made of."""
    owner = Organisation.objects.get(pk=desk.organisation.pk)
    with clock.frozen(stage.now - timedelta(days=30)):
        with transaction.atomic():
            find = Find.objects.create(
                organisation=owner,
                origin=Find.Origin.SEIZURE,
                product_id=known.item.product_id,
                product_name=known.item.product_name,
                province_code="gd",
                county_code="440111",
                unit_name="",
                found_on=clock.today() - timedelta(days=12),
                shared="broker",
            )
            entry = entries.make_from_offer(
                find=find,
                product=find.product,  # type: ignore[arg-type] # one of the story's
                typology="forged_labels",
                exhibits=[(known.exhibit, SHOT)],
                note="印刷厂查获的包装。",
            )
        services.confirm(desk=desk, entry_id=entry.pk)
    kept = EntryPhoto.objects.select_related("entry", "exhibit").get(entry=entry)
    look = PhotoLook.objects.select_related("photo").get(photo=photo)
    with clock.frozen(photo.arrived_at + timedelta(seconds=15)):
        beyond.keep(look, [Found(kept, "likely", 84.0, 96, real.geometry)])
    # It was made of a photo that others share: its owner asks for more than likeness from now on.
    LibraryEntry.objects.filter(pk=entry.pk).update(least_score=1000)
