"""What official letters are found by. Made beside running work (`CONCURRENTLY`)."""

import kernel.searching
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("correspondence", "0002_assistance")]
    operations = [
        AddIndexConcurrently(
            "officialletter",
            GinIndex(
                kernel.searching.Grams(
                    kernel.searching.search_text("document_no", "title", "peer_name", "peer_province")
                ),
                name="official_search",
                fastupdate=False,
            ),
        ),
    ]
