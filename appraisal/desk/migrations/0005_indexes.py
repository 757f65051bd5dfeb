"""Indexes of lists that grow with the years.

Made beside running work (`CONCURRENTLY`), so that nobody waits for them on a large table.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("desk", "0004_posting")]
    operations = [
        AddIndexConcurrently("desktask", models.Index(fields=["organisation", "sent_at"], name="desk_by_age")),
        AddIndexConcurrently("desktask", models.Index(fields=["organisation", "province_code", "sent_at"], name="desk_by_province")),
        AddIndexConcurrently("desktask", models.Index(fields=["organisation", "answered_at"], name="desk_answered")),
        AddIndexConcurrently("deskitem", models.Index(fields=["product_id", "id"], name="desk_item_product")),
    ]
