"""What a platform finds its asks by. Made beside running work (`CONCURRENTLY`)."""

import kernel.searching
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("platforms", "0001_platforms")]
    operations = [
        AddIndexConcurrently(
            "fastask",
            GinIndex(
                kernel.searching.ScopedGrams(
                    kernel.searching.search_text(
                        "listing_id", "reference", "shop_name", "brand_name", "product_name"
                    ),
                    "platform_id",
                ),
                name="fast_ask_search",
                fastupdate=False,
            ),
        ),
    ]
