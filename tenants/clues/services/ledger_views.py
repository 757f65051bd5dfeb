"""Views that people keep of the ledger, and how they like its table."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import BadInput
from tenants.clues.ledger import asked, columns, rows
from tenants.clues.models import LedgerTaste, LedgerView

MOST_VIEWS = 30


@transaction.atomic
def keep_view(
    *, by: User, name: str, query: str, shared: bool = False, names: Sequence[str] = (), opens_with: bool = False
) -> LedgerView:
    """Keep a filter with its order and columns under a name. A name used before is written anew.

    shared: the people of one's unit see it too. opens_with: the ledger opens with it. Raises BadInput.
    """
    name = " ".join(name.split())[:20]
    if not name:
        raise BadInput(_("请给这个视图起个名字，例如：南宁白酒待分派。"), code="view_name_missing")
    if shared and by.unit_id is None:
        raise BadInput(_("您不属于任何单位，不能共享视图。请保存为自己的视图。"), code="view_without_unit")
    if LedgerView.objects.filter(owner=by).exclude(name=name).count() >= MOST_VIEWS:
        raise BadInput(_("最多保存 {most} 个视图。请先删除不用的。"), code="views_full", most=MOST_VIEWS)
    row, _made = LedgerView.objects.update_or_create(
        owner=by,
        name=name,
        defaults={
            "query": asked.read(QueryDict(query)).query[: asked.LONGEST_QUERY],
            "columns": [each.name for each in columns.chosen(names)] if names else [],
            "unit_id": by.unit_id if shared else None,
        },
    )
    if opens_with:
        LedgerTaste.objects.update_or_create(user=by, defaults={"opens_with": row})
    return row


@transaction.atomic
def drop_view(*, by: User, view_id: UUID) -> None:
    """Forget one of one's own views. Raises NotFound404."""
    rows.view(by, view_id, own=True).delete()


@transaction.atomic
def open_with(*, by: User, view_id: UUID | None) -> None:
    """Let the ledger open with a view, or with what is open. Raises NotFound404."""
    view = rows.view(by, view_id) if view_id else None
    LedgerTaste.objects.update_or_create(user=by, defaults={"opens_with": view})


@transaction.atomic
def like(*, by: User, names: Sequence[str], density: str = "") -> LedgerTaste:
    """Keep which columns a person wants, in which order, and how dense. No names: the usual ones."""
    facts: dict[str, object] = {"columns": [each.name for each in columns.chosen(names)] if names else []}
    if density in LedgerTaste.Density.values:
        facts["density"] = density
    row, _made = LedgerTaste.objects.update_or_create(user=by, defaults=facts)
    return row
