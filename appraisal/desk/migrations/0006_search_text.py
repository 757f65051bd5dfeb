"""What a task is found by, and the indexes of lists and searches.

The text is written portion by portion before its index is made, and everything beside running work. What older code
stores meanwhile is written by a task.
"""

import kernel.searching
from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import OuterRef, Subquery, Value


def write(apps, editor):
    task = apps.get_model("desk", "DeskTask")
    items = apps.get_model("desk", "DeskItem").objects.filter(task=OuterRef("pk")).order_by()
    names = items.values("task").annotate(names=StringAgg("product_name", "\n")).values("names")
    text = kernel.searching.search_text("request_no", "unit_name", Subquery(names))
    kernel.searching.fill(task.objects.all(), text)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("desk", "0005_indexes")]
    operations = [
        migrations.AddField("desktask", "search_text", models.TextField(default="", db_default="", editable=False)),
        migrations.RunPython(write, migrations.RunPython.noop, elidable=True),
        AddIndexConcurrently(
            "desktask",
            GinIndex(kernel.searching.Grams("search_text"), name="desk_search_grams", fastupdate=False),
        ),
        AddIndexConcurrently(
            "desktask",
            models.Index(fields=["id"], condition=models.Q(search_text=""), name="desk_unsearchable"),
        ),
        migrations.RunSQL("ANALYZE desk_desktask", migrations.RunSQL.noop, elidable=True),
    ]
