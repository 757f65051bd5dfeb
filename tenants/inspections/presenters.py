"""Inspections, lots and sums as pages show them: words already chosen, amounts as text. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from appraisal.recognised import FAKE_VERDICTS
from appraisal.requests.models import SceneSignature, Verdict, VerdictChoice
from kernel import clock
from tenants.inspections import selectors
from tenants.inspections.links import Link, offered
from tenants.inspections.models import CountOperation, Inspection, Lot
from tenants.inspections.services.steps import OPEN
from tenants.inspections.thresholds import Check, Held, national_rules
from tenants.inspections.value import LotValue, Sum, Valuation, shown, valuation

LINE_AT = 80
"""Where the line of referral stands on the value bar, in hundredths of its width: what lies beyond it is seen too."""
_SELLING = Inspection.Conduct.SELLING
MEASURES = {
    "gains": gettext_lazy("违法所得"),
    "sales": gettext_lazy("销售金额"),
    "unsold": gettext_lazy("未销售货值"),
    "sold_and_unsold": gettext_lazy("销售金额与未销售货值合计"),
}
STATE_LOOKS: dict[str, tuple[str, str]] = {
    Inspection.State.OPENED: ("wait", "half"),
    Inspection.State.UNDERWAY: ("accent", "half"),
    Inspection.State.CLOSED: ("neutral", "tick"),
    Inspection.State.SIGNED: ("good", "tick"),
    Inspection.State.CANCELLED: ("neutral", "cross"),
}


def state_chip(inspection: Inspection) -> dict[str, str]:
    """The state as a word with a shape."""
    tone, shape = STATE_LOOKS[inspection.state]
    return {"label": str(Inspection.State(inspection.state).label), "tone": tone, "shape": shape}


def plain(number: Decimal | None) -> str:
    """A quantity without needless zeros: 12, 2.5; empty when there is none."""
    return "" if number is None else f"{number.normalize():f}"


def money(yuan: Decimal | None) -> str:
    """An amount with thousands apart: 12,345.00; empty when it is unknown."""
    text = shown(yuan)
    return f"{Decimal(text):,.2f}" if text else ""


# Lists ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One inspection in a list."""

    inspection: Inspection
    url: str
    title: str
    officers: str
    lots: int
    state: dict[str, str]
    takes_part: bool

    @property
    def is_open(self) -> bool:
        """Whether something can still be counted on it."""
        return self.inspection.state in OPEN


def rows(person: User, inspections: Iterable[Inspection]) -> list[Row]:
    """Inspections with `officers` and `lots` fetched along."""
    return [
        Row(
            inspection=each,
            url=reverse("inspections:inspection", args=[each.pk]),
            title=title(each),
            officers="、".join(officer.name for officer in each.officers.all()),
            lots=sum(not lot.void_reason for lot in each.lots.all()),
            state=state_chip(each),
            takes_part=any(officer.officer_id == person.pk for officer in each.officers.all()),
        )
        for each in inspections
    ]


def title(inspection: Inspection) -> str:
    """What people call it: whose premises, else where, else its number."""
    return (inspection.entity.name if inspection.entity else "") or inspection.site.place or inspection.number


# The goods ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LotRow:
    """One lot for a page, a print or a sheet."""

    lot: Lot
    number: int
    name: str
    quantity: str
    counted: str
    price: str
    basis: str
    value: str
    verdict: Verdict | None
    verdict_label: str
    appraiser: str
    asked: str
    asked_tone: str
    supplier: str
    photos: int
    late: bool
    on_site: bool = False
    signed: SceneSignature | None = None

    @property
    def may_offer(self) -> bool:
        """Whether these goods may be offered to the brand's library of known fakes."""
        verdict = self.verdict
        return verdict is not None and verdict.value in FAKE_VERDICTS and verdict.item.product_id is not None

    @property
    def signed_words(self) -> str:
        """Whether what was concluded on the premises was signed there; empty for a verdict from afar."""
        if self.signed is not None:
            at = self.signed.signed_at.astimezone(clock.SHANGHAI)
            return _("%(who)s %(at)s 现场签名") % {"who": self.signed.appraiser_name, "at": f"{at:%H:%M}"}
        return _("现场给出，未签名") if self.on_site else ""


def lot_rows(inspection: Inspection, values: Sequence[LotValue]) -> list[LotRow]:
    """The lots of a valuation, numbered as they were written down."""
    return [_lot_row(inspection, number, value) for number, value in enumerate(values, start=1)]


def _lot_row(inspection: Inspection, number: int, value: LotValue) -> LotRow:
    lot, verdict = value.lot, value.verdict
    asked, tone = asked_words(lot, verdict)
    return LotRow(
        lot=lot,
        number=number,
        name=lot_name(lot),
        quantity=plain(lot.quantity),
        counted="、".join(lot.counted_by),
        price=money(value.price_yuan),
        basis=lot.get_price_basis_display() if lot.price_basis else "",
        value=money(value.low) if value.low == value.high else f"{money(value.low)}–{money(value.high)}",
        verdict=verdict,
        verdict_label=str(VerdictChoice(verdict.value).label) if verdict else "",
        appraiser=verdict.opinion.appraiser_name if verdict else "",
        asked=asked,
        asked_tone=tone,
        supplier=supplier_words(lot),
        photos=len(lot.photos.all()),
        late=bool(
            verdict
            and (verdict.opinion.late or (inspection.ended_at and verdict.opinion.received_at > inspection.ended_at))
        ),
        on_site=bool(verdict and verdict.opinion.on_site),
        signed=signature_of(lot, verdict),
    )


def signature_of(lot: Lot, verdict: Verdict | None) -> SceneSignature | None:
    """The signature on glass below this verdict, of signatures already fetched; the latest where there are several."""
    if verdict is None or not verdict.opinion.on_site:
        return None
    found = [
        signed
        for question in lot.questions.all()
        for signed in question.item.request.scene_signatures.all()
        if str(verdict.pk) in signed.verdict_ids
    ]
    return found[-1] if found else None


def lot_name(lot: Lot) -> str:
    """What a lot is called: product, else brand, else that nobody knows yet."""
    return lot.product_name or lot.claimed_brand or _("未定商品")


def supplier_words(lot: Lot) -> str:
    """What was answered to the question where the goods are from."""
    if lot.supplier_answer == Lot.Supplier.NAMED:
        return " ".join(filter(None, [lot.supplier_name, lot.supplier_contact]))
    return str(lot.get_supplier_answer_display()) if lot.supplier_answer else ""


def asked_words(lot: Lot, verdict: Verdict | None) -> tuple[str, str]:
    """Whether a right holder was asked about a lot and what is being waited for; with a tone."""
    questions = list(lot.questions.all())
    if not questions:
        return _("还没有问"), "neutral"
    request = max(questions, key=lambda each: each.asked_at).item.request
    if verdict is not None:
        return str(VerdictChoice(verdict.value).label), "good"
    if request.organisation_id is None:
        return _("品牌未入驻，已留存"), "wait"
    return _("%(who)s：%(state)s") % {"who": request.organisation_name, "state": request.get_state_display()}, "accent"


# The value and the line of referral -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """The goods' value against the nearest line. sure, maybe: hundredths of the bar's width; the line is at LINE_AT."""

    total: str
    infringing: str
    unanswered: str
    cleared: str
    unknown: int
    sure: float
    maybe: float
    line: str
    measure: str
    source: str
    missing: str
    duty: bool
    possible_duty: bool
    line_at: int = LINE_AT


def bar(value: Valuation) -> Bar:
    """What the value bar shows. It follows the line that is nearest when what is not answered yet is counted too."""
    sums = (value.infringing, value.unanswered, value.cleared)
    nearest = value.confirmed.nearest if value.confirmed.duty else value.possible.nearest or value.confirmed.nearest
    sure = _amount(value.confirmed, nearest)
    return Bar(
        total=_span(*sums),
        infringing=_span(value.infringing),
        unanswered=_span(value.unanswered),
        cleared=_span(value.cleared),
        unknown=sum(each.unknown for each in sums),
        sure=_share(sure, nearest),
        maybe=_share(nearest.amount if nearest else None, nearest),
        line=money(nearest.rule.yuan) if nearest else "",
        measure=str(MEASURES[nearest.rule.measure]) if nearest else "",
        source=nearest.rule.source if nearest else "",
        missing=money(max(Decimal(0), nearest.rule.yuan - (sure or Decimal(0)))) if nearest else "",
        duty=value.confirmed.duty,
        possible_duty=value.possible.duty and not value.confirmed.duty,
    )


def _amount(check: Check, held: Held | None) -> Decimal | None:
    return next((each.amount for each in check.held if held and each.rule == held.rule), None)


def _share(amount: Decimal | None, held: Held | None) -> float:
    if amount is None or held is None:
        return 0
    return round(min(100.0, float(amount / held.rule.yuan) * LINE_AT), 2)


def _span(*sums: Sum) -> str:
    low, high = sum((each.low for each in sums), Decimal(0)), sum((each.high for each in sums), Decimal(0))
    return money(low) if low == high else f"{money(low)}–{money(high)}"


def rules_for_phone(inspection: Inspection | None, day: Any) -> list[dict[str, str]]:
    """The lines in force, for a phone that adds up without a signal. None: of one that only the phone knows."""
    conduct, repeat = (inspection.conduct, inspection.repeat_offender) if inspection else (_SELLING, False)
    return [
        {
            "measure": rule.measure,
            "words": str(MEASURES[rule.measure]),
            "yuan": f"{rule.yuan:f}",
            "source": rule.source,
        }
        for rule in national_rules()
        if rule.conduct == conduct and rule.holds_on(day) and (repeat or not rule.repeat)
    ]


@dataclass(frozen=True)
class Total:
    """So many of one unit. Units are never added to each other."""

    unit: str
    quantity: str


def totals(value: Valuation) -> list[Total]:
    """What was counted, by unit, the largest number of lots first."""
    return [Total(unit or _("未写单位"), plain(quantity)) for unit, quantity in sorted(value.quantities.items())]


# One inspection -------------------------------------------------------------------------------------------------------


@dataclass
class Overview:
    """Where one inspection stands."""

    lots: int
    value: Bar
    totals: list[Total]
    uncounted: int
    differing: int
    unpriced: int
    unsupplied: int
    asked: int
    answered: int
    links: list[Link] = field(default_factory=list)
    request_ids: list[UUID] = field(default_factory=list)
    asked_words: str = ""
    priced_words: str = ""


def overview(person: User, inspection: Inspection) -> Overview:
    """Counts and sums of one inspection."""
    value = valuation(inspection, selectors.lots_of(inspection, voided=False))
    lots = [each.lot for each in value.lots]
    asked = [lot for lot in lots if lot.questions.all()]
    found = Overview(
        lots=len(lots),
        value=bar(value),
        totals=totals(value),
        uncounted=value.uncounted,
        differing=value.differing,
        unpriced=sum(not lot.price_basis for lot in lots),
        unsupplied=sum(not lot.supplier_answer for lot in lots),
        asked=len(asked),
        request_ids=[each.pk for each in selectors.requests_asked(inspection)],
        answered=sum(each.verdict is not None for each in value.lots),
        links=offered(person, inspection),
    )
    found.asked_words = (
        _("已问 %(asked)d 批，已答 %(answered)d 批") % {"asked": found.asked, "answered": found.answered}
        if asked
        else _("一次发给所有权利人，未入驻的会列明")
    )
    open_ends = [
        words % {"n": count}
        for count, words in (
            (
                found.unpriced,
                ngettext("%(n)d 批未选计价依据", "%(n)d 批未选计价依据", found.unpriced),
            ),
            (
                found.unsupplied,
                ngettext("%(n)d 批没问供货方", "%(n)d 批没问供货方", found.unsupplied),
            ),
        )
        if count
    ]
    found.priced_words = _("，").join(open_ends) or (_("都填了") if lots else _("先清点"))
    return found


# What was said of one lot ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One entry of a lot's log in words. at: as the phone said; received_at: when it arrived."""

    who: str
    words: str
    at: Any
    received_at: Any


def history(lot: Lot, operations: Iterable[CountOperation]) -> list[Entry]:
    """Who said what of a lot, the latest first."""
    entries = [Entry(row.by_name, _said(lot, row), row.at, row.received_at) for row in operations]
    return entries[::-1]


def _said(lot: Lot, row: CountOperation) -> str:
    value = row.value
    match row.kind:
        case CountOperation.Kind.ADD:
            delta = str(value["delta"])
            return _("加 %(n)s") % {"n": delta} if not delta.startswith("-") else _("减 %(n)s") % {"n": delta[1:]}
        case CountOperation.Kind.SET:
            return _("整批清点：%(n)s") % {"n": value["quantity"]}
        case CountOperation.Kind.RESOLVE:
            return _("核对后定为 %(n)s。%(why)s") % {"n": value["quantity"], "why": value.get("why", "")}
        case CountOperation.Kind.SPLIT if str(value["lot"]) == str(lot.pk):
            return _("由另一批拆出 %(n)s。%(why)s") % {"n": value["quantity"], "why": value.get("why", "")}
        case CountOperation.Kind.SPLIT:
            return _("拆出 %(n)s。%(why)s") % {"n": value["quantity"], "why": value.get("why", "")}
        case CountOperation.Kind.LOT:
            return _("登记这一批")
    return _("填写：%(fields)s") % {"fields": _("；").join(_field_words(*each) for each in value["fields"].items())}


def _field_words(name: str, value: Any) -> str:
    column = Lot._meta.get_field(name)
    label, choices = getattr(column, "verbose_name", name), dict(getattr(column, "flatchoices", ()))
    return f"{label} {choices.get(value, value) or _('（空）')}"
