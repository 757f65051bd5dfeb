"""What inspections are found by. Made beside running work (`CONCURRENTLY`)."""

import kernel.searching
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inspections", "0002_seizures")]
    operations = [
        AddIndexConcurrently(
            "inspection",
            GinIndex(
                kernel.searching.Grams(kernel.searching.search_text("number")),
                name="inspection_search",
                fastupdate=False,
            ),
        ),
    ]
