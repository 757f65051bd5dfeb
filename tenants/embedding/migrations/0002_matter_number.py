"""Each launch finds its case by the number: among many, by an index made beside running work (`CONCURRENTLY`)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("embedding", "0001_matters")]
    operations = [
        AddIndexConcurrently("matter", models.Index(fields=["connection_id", "case_number"], name="matter_number")),
    ]
