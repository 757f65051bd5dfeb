"""What tasks are found by. The receiver writes it; here it is made good for those that came without."""

from __future__ import annotations

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Subquery

from appraisal.desk.models import DeskItem, DeskTask
from kernel import searching


def fill_search_text() -> int:
    """Number, unit and goods of tasks that older code stored without them. Returns how many."""
    items = DeskItem.objects.filter(task=OuterRef("pk")).order_by().values("task")
    names = items.annotate(names=StringAgg("product_name", "\n")).values("names")
    text = searching.search_text("request_no", "unit_name", Subquery(names))
    return searching.fill(DeskTask.objects.all(), text)
