"""What clues hold that other provinces may hold too: the targets they point to, and plates in their text.

Clues that protect who reported, and those found to be untrue, are left out: nothing of them is laid down anywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from federation.matching import selectors, sources
from federation.matching.sources import Described, Held
from kernel import clock
from kernel.text import squeeze
from tenants.clues.models import Clue, ClueProduct, Target, TargetLink
from tenants.clues.selectors import clues_seen_by
from tenants.clues.services.links import may_point_elsewhere
from webui.slots import Piece

NAME = "clue"
_URLS = settings.URLCONFS["province"]
_KINDS = {
    Target.Kind.CODE: "uscc",
    Target.Kind.PHONE: "phone",
    Target.Kind.ACCOUNT: "account",
    Target.Kind.WAYBILL: "waybill",
}
_PLATE = re.compile(r"[一-龥][A-Z][·•]?[A-Z0-9]{5,6}(?![A-Z0-9])")
_LICENCE = re.compile(r"(?<![A-Z0-9])(?:SC|JY|XK)\d{10,16}(?!\d)")


def _compared() -> QuerySet[Clue]:
    return Clue.objects.filter(secrecy=Clue.Secrecy.ORDINARY).exclude(result=Clue.Result.UNTRUE)


def rows(ids: Collection[UUID] | None) -> Iterator[Held]:
    """What clues hold."""
    clues = _compared() if ids is None else _compared().filter(pk__in=ids)
    wanted = clues.order_by().values("pk")
    links = TargetLink.objects.filter(clue__in=wanted, target__kind__in=_KINDS).order_by()
    for clue_id, kind, shown in links.values_list("clue_id", "target__kind", "target__shown").iterator():
        yield Held(clue_id, _KINDS[Target.Kind(kind)], shown)
    coded = ClueProduct.objects.filter(clue__in=wanted, brand_id__isnull=False).exclude(code="").order_by()
    for clue_id, brand_id, code in coded.values_list("clue_id", "brand_id", "code").iterator():
        yield Held(clue_id, "code", code, scope=str(brand_id))
    for clue_id, text in clues.order_by().values_list("pk", "content").iterator():
        said = squeeze(text or "").upper()
        for found in _PLATE.findall(said):
            yield Held(clue_id, "plate", found)
        for found in _LICENCE.findall(said):
            yield Held(clue_id, "licence", found)


def describe(ids: Collection[UUID]) -> dict[UUID, Described]:
    """Clues in words; one that goes on as part of another leads there."""
    clues = list(_compared().filter(pk__in=ids).select_related("lead").prefetch_related("products"))
    owners = catalogue.owners_of({row.brand_id for clue in clues for row in clue.products.all() if row.brand_id})
    found = {}
    for clue in clues:
        goods = list(clue.products.all())
        shown = clue.lead or clue
        found[clue.pk] = Described(
            number=shown.number,
            url=reverse("clues:detail", args=[shown.pk], urlconf=_URLS),
            title=clue.title,
            found_on=clock.local_date(clue.registered_at),
            organisation_ids=tuple({owners[row.brand_id] for row in goods if row.brand_id in owners}),
            brand_names=tuple({row.brand_name for row in goods}),
            product_names=tuple({row.product_name for row in goods if row.product_name}),
            facts=_facts(clue, goods),
        )
    return found


def _facts(clue: Clue, goods: Collection[ClueProduct]) -> str:
    """What was found and where, and what came of it: nothing of who told us."""
    lines = [
        clue.subject_name,
        clue.subject_code,
        clue.address_raw,
        "、".join(f"{row.brand_name} {row.product_name}".strip() for row in goods),
        f"{clue.get_state_display()} {clue.get_result_display()}".strip(),
    ]
    return "\n".join(line for line in lines if line)


def open_to(person: User) -> QuerySet[Any, UUID]:
    """Ids of the clues that a person sees."""
    return clues_seen_by(person).select_related(None).order_by().values_list("pk", flat=True)


def on_change(clue: Clue, verb: str) -> None:
    """Look at a clue anew when what it says may have changed, or when it was found to be untrue."""
    if verb in ("register", "end", "reopen") or may_point_elsewhere(verb):
        sources.changed(NAME, [clue.pk])


def side(request: HttpRequest, *, clue: Clue, **_more: Any) -> Piece | None:
    """Beside a clue: another province holds something on what it points to."""
    found: dict[str, list[Any]] = defaultdict(list)
    for match in selectors.matches_on(NAME, clue.pk)[:20]:
        found["matches"].append(match)
    return Piece("matching/_on_record.html", dict(found)) if found else None


def register_all() -> None:
    """Once, when the app is ready."""
    from tenants.clues import hooks
    from webui import slots

    sources.register(sources.Source(NAME, _("线索"), rows=rows, describe=describe, open_to=open_to))
    hooks.on_change(on_change)
    slots.register("clues:side", side, order=40)
