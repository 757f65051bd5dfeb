"""What letters are found by: their number, their request, their goods."""

from __future__ import annotations

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable

from appraisal.desk.models import DeskTask
from appraisal.issuing.models import LetterItem, OpinionLetter
from kernel import searching


def write_search_text(rows: QuerySet[OpinionLetter]) -> int:
    """What these letters are found by, out of what they now say. Returns how many."""
    return rows.order_by().update(search_text=_search_text())


def fill_search_text() -> int:
    """The same for those that older code stored without it. Returns how many."""
    return searching.fill(OpinionLetter.objects.all(), _search_text())


def _search_text() -> Combinable:
    tasks = DeskTask.objects.filter(pk=OuterRef("task_id")).values("request_no")
    items = LetterItem.objects.filter(letter=OuterRef("pk")).order_by().values("letter")
    names = items.annotate(names=StringAgg("item__product_name", "\n")).values("names")
    return searching.search_text("number", Subquery(tasks), Subquery(names))
