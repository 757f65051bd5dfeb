"""Some four weeks of requests of the people of the sample story.

`history()` gives requests with explicit times, all before `now`, from which every figure of the demonstration is
counted. Times are aware and in UTC.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .cast import AUTHORISATIONS, BEIJING, OFFICERS, ROSTER, SHOPS, STAFF, Duty
from .catalogue import FAULTS, PRODUCTS, fault_keys, quick_set

INSPECTED_SHOP = "gx-s1"
SEED = 1
"""Where the inspection of the story is under way; see `tenants.inspections.sample`."""


@dataclass(frozen=True, kw_only=True)
class PhotoRef:
    """One photograph of a request; `drawing` are the arguments of `pictures.photo`, so equal ones share their bytes."""

    product_code: str
    shot_code: str
    genuine: bool
    seed: int
    spoilt: str
    captured_at: datetime

    @property
    def drawing(self) -> tuple[str, str, bool, int, str]:
        return self.product_code, self.shot_code, self.genuine, self.seed, self.spoilt


@dataclass(frozen=True, kw_only=True)
class Item:
    """One lot within a request. `verdict` is empty until answered; `reasons` are the appraiser's words."""

    product_code: str
    quantity: int
    unit_zh: str
    claimed_price_yuan: int
    verdict: str
    reasons: tuple[str, ...]
    photos: tuple[PhotoRef, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happened to a request.

    kind: sent, delivered, opened, reminded, handed_over, claimed, supplement_asked, photos_added, answered,
    partly_answered, withdrawn, superseded, onsite_agreed, no_answer, cancelled. by: an officer's or staff code, or "".
    item: index of the item it concerns, -1 for the whole request.
    """

    at: datetime
    kind: str
    by: str = ""
    item: int = -1
    text_zh: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestStory:
    """One appraisal request from its dispatch to where it stands now.

    state: sent, claimed, waiting_supplement, partly_answered, answered, no_answer, cancelled. `inspection` joins the
    requests that came from one site. `due_at` is the promise of an answer (30 minutes from dispatch).
    """

    code: str
    province: str
    unit: str
    officers: tuple[str, str]
    shop: str
    division_code: str
    brand: str
    state: str
    question_zh: str
    items: tuple[Item, ...]
    steps: tuple[Step, ...]
    due_at: datetime
    inspection: str = ""
    shown: bool = False

    @property
    def sent_at(self) -> datetime:
        return self.steps[0].at

    def first(self, kind: str) -> datetime | None:
        """When a kind of step first happened."""
        return next((step.at for step in self.steps if step.kind == kind), None)

    @property
    def minutes_to_answer(self) -> float | None:
        """Wall-clock minutes from dispatch to the first full answer, None without one."""
        answered = self.first("answered")
        return None if answered is None else (answered - self.sent_at).total_seconds() / 60


@dataclass
class _Plan:
    """What a request is to become, before its times are drawn."""

    sent_at: datetime
    brand: str
    shape: str = "plain"
    province: str = ""
    product: str = ""
    verdict: str = ""
    inspection: str = ""
    shown: bool = False


PROMISE = timedelta(minutes=30)
_BY_HOUR = (2, 1, 0.5, 0.3, 0.3, 0.5, 1, 2, 6, 12, 14, 9, 5, 5, 11, 14, 13, 8, 5, 6, 7, 6, 4, 3)
_BRAND_WEIGHT = {"lanhe": 30, "guman": 18, "zhiyuan": 15, "torvane": 14, "tasuro": 14, "solvo": 9}
_PROVINCE_WEIGHT = {"gx": 34, "gd": 28, "fj": 20, "gz": 18}

_VERDICTS = {
    "counterfeit": 56,
    "genuine": 22,
    "grey_market": 5,
    "licensed_or_authorised": 4,
    "not_our_product_line": 3,
    "cannot_tell_need_sample": 6,
    "refilled_or_reassembled": 4,
}

_GENUINE_PACK = {
    "genuine",
    "grey_market",
    "licensed_or_authorised",
    "refilled_or_reassembled",
    "cannot_tell_need_sample",
}


# The products photographed in both forms: one of each brand keeps the pictures to draw near sixty.
BOTH_FORMS = ("lanhe-53", "guman-oil", "zhiyuan-milk", "torvane-pad", "tasuro-run", "solvo-65w")


_PLAIN_REASONS = {
    "genuine": "标签、喷码、防伪标与样张一致，系我司产品。",
    "grey_market": "系我司产品，物流码显示发往他省，属跨区销售，不是假货。",
    "licensed_or_authorised": "系我司许可的企业生产，许可编号可查。",
    "not_our_product_line": "我司从未生产此规格。",
    "cannot_tell_need_sample": "照片不足以判断内容物，请寄送实物样品。",
    "refilled_or_reassembled": "包装为正品，封口有二次开启痕迹，疑为灌装。",
}

_QUESTIONS = (
    "请辨认是否为贵司生产或许可生产。",
    "价格明显偏低，请辨认真伪。",
    "喷码与正品不同，请核对批号。",
    "店主称系尾货，请辨认。",
    "群众举报，请尽快辨认。",
)
_RETAKE = "批号照片不清，请贴近、换个角度再拍一张。"
_UNIT_ZH = {"baijiu": "瓶", "food": "瓶", "cosmetics": "盒", "auto_parts": "套", "shoes": "双", "electronics": "件"}


# Where a request stands when its later steps still lie ahead.
_STATE_AFTER = {
    "sent": "sent",
    "delivered": "sent",
    "opened": "sent",
    "reminded": "sent",
    "handed_over": "sent",
    "claimed": "claimed",
    "onsite_agreed": "claimed",
    "photos_added": "claimed",
    "supplement_asked": "waiting_supplement",
    "answered": "answered",
    "withdrawn": "answered",
    "superseded": "answered",
}


def shot_seed(product_code: str, shot_code: str) -> int:
    """The one pose in which the story photographs a shot, so that genuine and fake lie side by side alike."""
    return sum((product_code + shot_code).encode()) % 90 + 1


def drawings(now: datetime, days: int) -> list[tuple[str, str, bool, int, str]]:
    """The photographs of the requests that are told with photographs, in the order in which they are asked for."""
    shown = [item for row in history(SEED, now, days) if row.shown for item in row.items]
    return list(dict.fromkeys(photo.drawing for item in shown for photo in item.photos))


def _code_shot(product_code: str) -> str:
    """The shot of the quick set that is most often asked for again: its last."""
    return quick_set(product_code)[-1]


def _pick(chance: random.Random, weights: Mapping[str, float]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _day_times(day: date, now: datetime, seed: int) -> list[datetime]:
    """When requests went out on a day of Beijing, all at least six minutes before now."""
    chance = random.Random(f"{seed}day{day.isoformat()}")
    count = chance.randint(31, 38) if day.weekday() < 5 else chance.randint(25, 29)
    if day == now.astimezone(BEIJING).date():
        count -= 8  # the requests told by name are added to today
    start = datetime.combine(day, time(), BEIJING)
    times = [
        start + timedelta(hours=chance.choices(range(24), _BY_HOUR)[0], seconds=chance.randrange(3600))
        for _ in range(count)
    ]
    latest = now - timedelta(minutes=6)
    times = [moment for moment in times if moment <= latest]
    since_midnight = (latest - start).total_seconds()
    if start <= latest < start + timedelta(days=1):
        night_patrol = min(14, int(since_midnight // 400)) - len(times)
        times += [start + timedelta(seconds=chance.uniform(60, since_midnight)) for _ in range(night_patrol)]
    return sorted(times)


def history(seed: int, now: datetime, days: int = 28) -> tuple[RequestStory, ...]:
    """The requests of four weeks, oldest first, every time of them before `now`.

    now: aware. The same seed and moment give the same history; within one day of Beijing earlier requests stay as they
    are when `now` moves on. The last few requests are still open, and two of them overdue.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    today = now.astimezone(BEIJING).date()
    plans: list[_Plan] = []
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        chance = random.Random(f"{seed}plan{day.isoformat()}")
        for moment in _day_times(day, now - timedelta(minutes=40) if back == 0 else now - timedelta(hours=1), seed):
            shape = _pick(
                chance, {"plain": 84, "retake": 9, "reminded": 4, "handed_over": 2, "two_items": 5, "onsite": 2}
            )
            plans.append(_Plan(sent_at=moment, brand=_pick(chance, _BRAND_WEIGHT), shape=shape))
    plans += _told(now)
    plans.sort(key=lambda plan: plan.sent_at)
    for plan in [plan for plan in plans if plan.shape == "plain"][-min(12, 2 * days) :]:
        plan.shown = True
    return tuple(_play(plan, number, seed, now) for number, plan in enumerate(plans, start=1))


def _told(now: datetime) -> list[_Plan]:
    """The requests the demonstration speaks of by name."""

    def ago(**units: float) -> datetime:
        return now - timedelta(**units)

    yesterday = datetime.combine(now.astimezone(BEIJING).date() - timedelta(days=1), time(23, 50), BEIJING)
    site = ago(hours=3, minutes=12)
    return [
        _Plan(ago(days=9, hours=2), "torvane", "cancelled", "gd", "torvane-pad", "counterfeit", shown=True),
        _Plan(ago(days=3, hours=4), "lanhe", "withdrawn", "gz", "lanhe-53", "counterfeit", shown=True),
        _Plan(yesterday, "zhiyuan", "no_answer", "gd", "zhiyuan-milk", shown=True),
        *(
            _Plan(site + timedelta(seconds=20 * place), brand, "plain", "gx", product, verdict, "gx-insp-1", True)
            for place, (brand, product, verdict) in enumerate(
                (
                    ("lanhe", "lanhe-53", "counterfeit"),
                    ("guman", "guman-oil", "genuine"),
                    ("solvo", "solvo-65w", "counterfeit"),
                )
            )
        ),
        _Plan(ago(hours=1, minutes=24), "lanhe", "plain", "gd", "lanhe-53", "counterfeit", shown=True),
        _Plan(ago(minutes=52), "torvane", "overdue", "gx", "torvane-pad", shown=True),
        _Plan(ago(minutes=36), "zhiyuan", "overdue_claimed", "fj", "zhiyuan-milk", shown=True),
        _Plan(ago(minutes=21), "guman", "waiting_supplement", "gd", "guman-oil", shown=True),
        _Plan(ago(minutes=17), "tasuro", "partly", "fj", "tasuro-run", shown=True),
        _Plan(ago(minutes=12), "lanhe", "plain", "gx", "lanhe-53", "counterfeit", shown=True),
        _Plan(ago(minutes=5), "solvo", "claimed", "gz", "solvo-65w", shown=True),
        _Plan(ago(minutes=3), "lanhe", "open", "gx", "lanhe-53", shown=True),
    ]


def _on_duty(brand: str, moment: datetime) -> Duty | None:
    local = moment.astimezone(BEIJING)
    for duty in ROSTER:
        if duty.brand == brand and local.weekday() in duty.weekdays and duty.from_hour <= local.hour < duty.to_hour:
            return duty
    return None


def _may_answer(staff: str, brand: str, province: str) -> bool:
    """Whether an authorisation in force lets this person answer for the brand in that province."""
    return any(
        row.staff == staff
        and row.brand == brand
        and row.ends_in_days >= 0
        and (not row.territory or province in row.territory)
        for row in AUTHORISATIONS
    )


def _item(chance: random.Random, product: str, verdict: str, taken: datetime, shown: bool, *, blurred: bool) -> Item:
    genuine = verdict in _GENUINE_PACK and product in BOTH_FORMS
    photos: tuple[PhotoRef, ...] = ()
    if shown:
        shots = quick_set(product)
        photos = tuple(
            PhotoRef(
                product_code=product,
                shot_code=shot,
                genuine=genuine,
                seed=shot_seed(product, shot),
                spoilt="blur" if blurred and shot == _code_shot(product) else "",
                captured_at=taken - timedelta(seconds=14 * (len(shots) - place) + chance.randrange(9)),
            )
            for place, shot in enumerate(shots)
        )
    price = PRODUCTS[product].guide_price_yuan
    asked = price * (chance.uniform(0.82, 1.02) if genuine else chance.uniform(0.28, 0.6))
    return Item(
        product_code=product,
        quantity=chance.choice((1, 2, 6, 6, 12, 12, 24, 36, 60)),
        unit_zh=_UNIT_ZH[PRODUCTS[product].template],
        claimed_price_yuan=max(1, round(asked)),
        verdict=verdict,
        reasons=_reasons(product, verdict),
        photos=photos,
    )


def _reasons(product: str, verdict: str) -> tuple[str, ...]:
    if verdict != "counterfeit":
        return (_PLAIN_REASONS[verdict],) if verdict else ()
    template = PRODUCTS[product].template
    words = [FAULTS[template, shot][key][0] for shot in quick_set(product) for key in fault_keys(product, shot)]
    return tuple(words[:3])


def _play(plan: _Plan, number: int, seed: int, now: datetime) -> RequestStory:
    """Draw the times and hands of one request."""
    chance = random.Random(f"{seed}play{plan.sent_at.isoformat()}{plan.brand}{plan.shape}")
    province = plan.province or _pick(chance, _PROVINCE_WEIGHT)
    field_officers = [row for row in OFFICERS.values() if row.province == province and "officer" in row.roles]
    first = OFFICERS["chen"] if province == "gx" and plan.shown and plan.province else chance.choice(field_officers)
    second = chance.choice([row for row in field_officers if row is not first])
    shop = chance.choice([row for row in SHOPS.values() if row.province == province])
    duty = _on_duty(plan.brand, plan.sent_at)
    if duty is None:
        duty = next(row for row in ROSTER if row.brand == plan.brand)
        wait, work = _minutes(chance, 5.5, 0.6), _minutes(chance, 4.0, 0.4)
    else:
        wait, work = _minutes(chance, 1.0, 0.6), _minutes(chance, 2.3, 0.45)
    staff = duty.staff
    products = [plan.product or chance.choice([row.code for row in PRODUCTS.values() if row.brand_code == plan.brand])]
    if plan.shape in ("two_items", "partly"):
        products.append(
            next(row.code for row in PRODUCTS.values() if row.brand_code == plan.brand and row.code != products[0])
        )
    verdicts = [_verdict(chance, plan, product) for product in products]
    sent, by = plan.sent_at, first.code
    steps = [Step(at=sent, kind="sent", by=by)]

    def add(kind: str, minutes: float, who: str = "", text: str = "", item: int = -1) -> None:
        steps.append(Step(at=steps[-1].at + timedelta(minutes=minutes), kind=kind, by=who, text_zh=text, item=item))

    add("delivered", chance.uniform(0.02, 0.12))
    state = "answered"
    reasons = "；".join(_reasons(products[0], verdicts[0]))
    shape = plan.shape
    if shape == "open":
        state, verdicts = "sent", [""] * len(products)
        add("opened", 1.2, staff)
    elif shape == "overdue":
        state, verdicts = "sent", [""]
        add("reminded", 10)
        add("handed_over", 20, duty.substitute, f"{STAFF[staff].called}未接单，已转{STAFF[duty.substitute].called}。")
    elif shape == "no_answer":
        state, verdicts = "no_answer", [""]
        add("reminded", 10)
        add("handed_over", 20, duty.substitute)
        add("no_answer", 30, "", "值班人员均未接单。可先行登记保存，或上班后再次发送。")
    elif shape in ("claimed", "overdue_claimed"):
        state, verdicts = "claimed", [""]
        add("opened", 1.0, staff)
        add("claimed", 0.8, staff)
    elif shape == "waiting_supplement":
        state, verdicts = "waiting_supplement", [""]
        add("opened", 0.8, staff)
        add("claimed", 0.6, staff)
        add("supplement_asked", 2.1, staff, _RETAKE, 0)
    elif shape == "cancelled":
        state = "cancelled"
        add("opened", 6, staff)
        add("cancelled", 5, by, "当事人已当场承认，撤回申请。")
        add("claimed", 2, staff)
        add("answered", 3, staff, reasons)
    else:
        if shape in ("reminded", "handed_over"):
            add("reminded", 10)
            wait = _minutes(chance, 2.0, 0.4)
        if shape == "handed_over" and _may_answer(duty.substitute, plan.brand, province):
            add("handed_over", 20, duty.substitute)
            staff = duty.substitute
        add("opened", wait * 0.7, staff)
        add("claimed", wait * 0.3, staff)
        if shape == "retake":
            add("supplement_asked", work * 0.6, staff, _RETAKE, 0)
            add("photos_added", _minutes(chance, 3.0, 0.4), by, "", 0)
        if shape == "onsite":
            add("onsite_agreed", work * 0.8, staff, "约定次日上午 9:30 到场协助清点。")
        if shape == "partly":
            state, verdicts[1] = "partly_answered", ""
            add("partly_answered", work, staff, reasons, 0)
        else:
            add("answered", work, staff, reasons)
        if shape == "withdrawn":
            add("withdrawn", 41, staff, "复核发现比对样张为旧版标签，撤回原结论。", 0)
            add("superseded", 6, duty.substitute, _PLAIN_REASONS["genuine"], 0)
            verdicts[0] = "genuine"
    if steps[-1].at >= now:
        steps = [step for step in steps if step.at < now]
        state = _STATE_AFTER[steps[-1].kind]
        if state != "answered":
            verdicts = [""] * len(products)
    items = tuple(
        _item(chance, product, verdict, sent, plan.shown, blurred=shape == "waiting_supplement")
        for product, verdict in zip(products, verdicts, strict=True)
    )
    return RequestStory(
        code=f"R{number:05d}",
        province=province,
        unit=first.unit,
        officers=(first.code, second.code),
        shop=shop.code,
        division_code=shop.division_code,
        brand=plan.brand,
        state=state,
        question_zh=chance.choice(_QUESTIONS),
        items=items,
        steps=tuple(steps),
        due_at=sent + PROMISE,
        inspection=plan.inspection,
        shown=plan.shown,
    )


def _verdict(chance: random.Random, plan: _Plan, product: str) -> str:
    if plan.verdict:
        return plan.verdict
    verdict = _pick(chance, _VERDICTS)
    if plan.shown and verdict == "cannot_tell_need_sample":
        return "counterfeit"
    if verdict == "refilled_or_reassembled" and PRODUCTS[product].template != "baijiu":
        return "counterfeit"
    return verdict


def _minutes(chance: random.Random, median: float, spread: float) -> float:
    """Minutes of a log-normal wait: most near the median, a few long."""
    return median * math.exp(chance.gauss(0, spread))
