"""Words and the organisation in one index.

Made beside running work (`CONCURRENTLY`), the new before the old goes.
"""

import kernel.searching
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("desk", "0006_search_text")]
    operations = [
        AddIndexConcurrently(
            "desktask",
            GinIndex(
                kernel.searching.ScopedGrams("search_text", "organisation_id"),
                name="desk_search_scoped",
                fastupdate=False,
            ),
        ),
        RemoveIndexConcurrently("desktask", "desk_search_grams"),
    ]
