"""What a letter is found by.

The text is written portion by portion before its index is made, and everything beside running work. What older code
stores meanwhile is written by a task.
"""

import kernel.searching
from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def write(apps, editor):
    letter = apps.get_model("issuing", "OpinionLetter")
    tasks = apps.get_model("desk", "DeskTask").objects.filter(pk=OuterRef("task_id")).values("request_no")
    items = apps.get_model("issuing", "LetterItem").objects.filter(letter=OuterRef("pk")).order_by()
    names = items.values("letter").annotate(names=StringAgg("item__product_name", "\n")).values("names")
    text = kernel.searching.search_text("number", Subquery(tasks), Subquery(names))
    kernel.searching.fill(letter.objects.all(), text)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("issuing", "0001_issuing"), ("desk", "0007_search_scope")]
    operations = [
        migrations.AddField("opinionletter", "search_text", models.TextField(default="", db_default="", editable=False)),
        migrations.RunPython(write, migrations.RunPython.noop, elidable=True),
        AddIndexConcurrently(
            "opinionletter",
            GinIndex(
                kernel.searching.ScopedGrams("search_text", "organisation_id"), name="letter_search", fastupdate=False
            ),
        ),
        AddIndexConcurrently(
            "opinionletter",
            models.Index(fields=["id"], condition=models.Q(search_text=""), name="letter_unsearchable"),
        ),
        migrations.RunSQL("ANALYZE issuing_opinionletter", migrations.RunSQL.noop, elidable=True),
    ]
