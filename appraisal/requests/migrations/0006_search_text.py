"""What a request is found by, and the indexes of lists and searches.

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
    request = apps.get_model("requests", "AppraisalRequest")
    place = apps.get_model("requests", "Site").objects.filter(pk=OuterRef("site_id")).values("place")
    items = apps.get_model("requests", "RequestItem").objects.filter(request=OuterRef("pk")).order_by()
    names = items.values("request").annotate(names=StringAgg("product_name", "\n")).values("names")
    text = kernel.searching.search_text("number", "brand_name", Subquery(place), Subquery(names))
    kernel.searching.fill(request.objects.all(), text)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests", "0005_indexes")]
    operations = [
        migrations.AddField("appraisalrequest", "search_text", models.TextField(default="", db_default="", editable=False)),
        migrations.RunPython(write, migrations.RunPython.noop, elidable=True),
        AddIndexConcurrently(
            "appraisalrequest",
            GinIndex(kernel.searching.Grams("search_text"), name="request_search_grams", fastupdate=False),
        ),
        AddIndexConcurrently(
            "appraisalrequest",
            models.Index(fields=["id"], condition=models.Q(search_text=""), name="request_unsearchable"),
        ),
        AddIndexConcurrently("appraisalrequest", models.Index(fields=["unit", "-id"], name="request_unit")),
        migrations.RunSQL("ANALYZE requests_appraisalrequest", migrations.RunSQL.noop, elidable=True),
    ]
