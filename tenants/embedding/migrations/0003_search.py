"""What matters are found by, and the numbers they had before. Made beside running work (`CONCURRENTLY`)."""

import kernel.searching
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("embedding", "0002_matter_number")]
    operations = [
        AddIndexConcurrently(
            "matter",
            GinIndex(
                kernel.searching.Grams(
                    kernel.searching.search_text("case_number", "title", KeyTextTransform("name", "party"))
                ),
                name="matter_search",
                fastupdate=False,
            ),
        ),
        AddIndexConcurrently(
            "matteralias",
            GinIndex(
                kernel.searching.Grams(kernel.searching.search_text("number")),
                name="matter_alias_search",
                fastupdate=False,
            ),
        ),
    ]
