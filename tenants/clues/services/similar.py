"""疑似重复: clues that may be about the same, with the reasons. Shown to a person; nothing is merged by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from evidence.models import Exhibit
from kernel import clock
from tenants.clues import selectors
from tenants.clues.models import Clue, NotSame, Target, TargetLink
from tenants.clues.services import links
from tenants.clues.services.links import Key
from tenants.clues.services.registering import NewClue, place

Kind = Target.Kind
WEIGHTS: dict[str, float] = {
    Kind.PICTURE: 0.7,
    Kind.CODE: 0.6,
    Kind.WAYBILL: 0.6,
    Kind.PHONE: 0.5,
    Kind.ACCOUNT: 0.5,
    Kind.PRODUCT_CODE: 0.5,
    Kind.PLACE: 0.45,
    Kind.PARTY: 0.4,
}
"""How much one thing in common says, between 0 and 1. Two reasons say 1 - (1 - a)(1 - b)."""
LOOK_BACK = timedelta(days=365)
SHOWN = 6
_EACH = 50


@dataclass(frozen=True)
class Likely:
    """A clue that may be about the same. strength: 0 to 1. reasons: (kind, sentence), the strongest first."""

    clue: Clue
    strength: float
    reasons: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """How likely, in a word."""
        if self.strength >= 0.75:
            return _("很可能重复")
        return _("可能重复") if self.strength >= 0.55 else _("有相同之处")


def likely(new: NewClue, *, person: User) -> list[Likely]:
    """Clues this person may see that may be about the same as one that is being registered, likeliest first."""
    draft = Clue(
        subject_name=new.subject_name,
        subject_code=new.subject_code,
        subject_phone=new.subject_phone,
        subject_account=new.subject_account,
        address_raw=new.address_raw,
        place_role=new.place_role,
        content=new.content,
    )
    place(draft, new.hints)
    digests = Exhibit.objects.filter(pk__in=[pk for pk, _what in new.exhibits]).values_list("sha256", flat=True)
    keys = links.keys_of(draft, codes=[each.code for each in new.products if each.code], sha256s=digests)
    return _found(keys, person=person, apart_from=set())


def likely_of(clue: Clue, *, person: User) -> list[Likely]:
    """The same for a clue that is there: neither itself, nor those merged with it, nor those said to be different."""
    rows = TargetLink.objects.filter(clue=clue).select_related("target")
    keys = [Key(row.target.kind, row.target.value, row.target.shown) for row in rows]
    family = {clue.pk, clue.lead_id, *Clue.objects.filter(lead=clue).values_list("pk", flat=True)}
    pairs = NotSame.objects.filter(Q(low=clue) | Q(high=clue)).values_list("low_id", "high_id")
    different = {pk for pair in pairs for pk in pair}
    return _found(keys, person=person, apart_from={pk for pk in family | different if pk is not None})


def _found(keys: Sequence[Key], *, person: User, apart_from: set[UUID]) -> list[Likely]:
    if not keys:
        return []
    seen = selectors.clues_seen_by(person).order_by().filter(registered_at__gte=clock.now() - LOOK_BACK)
    common: dict[UUID, list[Target]] = defaultdict(list)
    for target in links.targets(keys):
        rows = TargetLink.objects.filter(target=target).exclude(clue_id__in=apart_from).order_by("-clue_id")
        for clue_id in rows.values_list("clue_id", flat=True)[:_EACH]:
            common[clue_id].append(target)
    clues = {each.pk: each for each in seen.filter(pk__in=common)}
    best: dict[UUID, Likely] = {}
    for clue_id, targets in common.items():
        if clue_id not in clues:
            continue
        clue = clues[clue_id]
        # What was merged is found by its own words, and proposed as the record that leads.
        lead = clue.lead if clue.lead is not None and clue.lead_id not in apart_from else clue
        if clue.lead_id in apart_from:
            continue
        made = Likely(lead, strength(targets), _reasons(targets))
        if lead.pk not in best or best[lead.pk].strength < made.strength:
            best[lead.pk] = made
    return sorted(best.values(), key=lambda each: (-each.strength, -each.clue.registered_at.timestamp()))[:SHOWN]


def strength(targets: Sequence[Target]) -> float:
    """What several things in common say together."""
    left = 1.0
    for kind in {each.kind for each in targets}:
        left *= 1 - WEIGHTS[kind]
    return round(1 - left, 3)


def _reasons(targets: Sequence[Target]) -> tuple[tuple[str, str], ...]:
    ranked = sorted(targets, key=lambda each: -WEIGHTS[each.kind])
    return tuple((each.kind, reason(each)) for each in ranked)


def reason(target: Target) -> str:
    """One thing in common, in words."""
    words = {
        Kind.PICTURE: _("附件里有同一张图片"),
        Kind.CODE: _("同一统一社会信用代码 {shown}"),
        Kind.WAYBILL: _("同一运单 {shown}"),
        Kind.PHONE: _("同一电话 {shown}"),
        Kind.ACCOUNT: _("同一网店或账号 {shown}"),
        Kind.PRODUCT_CODE: _("产品上的码相同 {shown}"),
        Kind.PLACE: _("同一地址 {shown}"),
        Kind.PARTY: _("主体名称相同 {shown}"),
    }
    return words[Kind(target.kind)].format(shown=target.shown)


@transaction.atomic
def dismiss(*, by: User, clue_id: UUID, other_id: UUID) -> NotSame:
    """Say that two clues are different. They are not proposed to each other again. Raises NotFound404, NotAllowed."""
    first, second = selectors.clue(by, clue_id), selectors.clue(by, other_id)
    selectors.clue_to_change(by, first.pk, who="any")
    low, high = sorted((first, second), key=lambda each: each.pk)
    row, made = NotSame.objects.get_or_create(low=low, high=high, defaults={"by": by})
    if made:
        trail.record(first, "not_same", by=by, data={"other": second.number})
    return row
