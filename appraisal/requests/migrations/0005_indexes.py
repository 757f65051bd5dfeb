"""Indexes of figures and of what arrived last.

Made beside running work (`CONCURRENTLY`), so that nobody waits for them on a large table.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests", "0004_scene_signature")]
    operations = [
        AddIndexConcurrently("appraisalrequest", models.Index(fields=["sent_at"], name="request_sent")),
        AddIndexConcurrently("appraisalrequest", models.Index(fields=["answered_at"], name="request_answered")),
        AddIndexConcurrently("opinion", models.Index(fields=["given_at", "id"], name="opinion_given")),
    ]
