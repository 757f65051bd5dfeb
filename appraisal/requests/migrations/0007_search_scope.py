"""Words and the unit in one index; an officer's own list counted from an index alone.

Made beside running work (`CONCURRENTLY`), the new before the old goes.
"""

import kernel.searching
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests", "0006_search_text")]
    operations = [
        AddIndexConcurrently(
            "appraisalrequest",
            GinIndex(
                kernel.searching.ScopedGrams("search_text", "unit_id"), name="request_search_scoped", fastupdate=False
            ),
        ),
        RemoveIndexConcurrently("appraisalrequest", "request_search_grams"),
        AddIndexConcurrently(
            "appraisalrequest",
            models.Index(fields=["officer", "-id"], include=["unit", "state"], name="request_own"),
        ),
        RemoveIndexConcurrently("appraisalrequest", "request_officer"),
    ]
