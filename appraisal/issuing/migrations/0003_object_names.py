"""Whether a stored object is still named is answered by an index. Made beside running work (`CONCURRENTLY`)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from evidence.store import name_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("issuing", "0002_search_text")]
    operations = [
        AddIndexConcurrently("letterfile", name_index("object_key", name="letter_file_object")),
        AddIndexConcurrently("notice", name_index("paper_key", name="notice_paper")),
    ]
