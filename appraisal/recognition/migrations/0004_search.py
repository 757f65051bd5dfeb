"""What codes that were seen are found by, the newest first. Made beside running work (`CONCURRENTLY`)."""

import kernel.searching
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("recognition", "0003_province_days")]
    operations = [
        AddIndexConcurrently(
            "codesighting", models.Index(fields=["organisation", "-at", "-id"], name="sighting_newest")
        ),
        AddIndexConcurrently(
            "codesighting",
            GinIndex(
                kernel.searching.ScopedGrams(kernel.searching.search_text("key"), "organisation_id"),
                name="sighting_search",
                fastupdate=False,
            ),
        ),
    ]
