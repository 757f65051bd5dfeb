"""What a unit asked and heard in a day, without reading what the others did.

Made beside running work (`CONCURRENTLY`), the new before the old goes.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests", "0007_search_scope")]
    operations = [
        AddIndexConcurrently(
            "appraisalrequest", models.Index(fields=["unit", "sent_at"], name="request_unit_sent")
        ),
        RemoveIndexConcurrently("appraisalrequest", "request_sent"),
        AddIndexConcurrently(
            "appraisalrequest",
            models.Index(
                fields=["unit", "answered_at"],
                include=["wall_minutes", "office_minutes", "id"],
                name="request_unit_answered",
            ),
        ),
        RemoveIndexConcurrently("appraisalrequest", "request_answered"),
    ]
