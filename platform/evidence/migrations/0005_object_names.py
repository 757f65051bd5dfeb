"""Whether a stored object is still named is answered by an index. Made beside running work (`CONCURRENTLY`)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from evidence.store import name_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("evidence", "0004_uploads")]
    operations = [
        AddIndexConcurrently("exhibit", name_index("original_key", name="exhibit_original")),
        AddIndexConcurrently("exhibit", name_index("view_key", name="exhibit_view")),
        AddIndexConcurrently("exhibit", name_index("thumb_key", name="exhibit_thumb")),
    ]
