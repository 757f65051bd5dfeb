"""Whether a stored object is still named is answered by an index. Made beside running work (`CONCURRENTLY`)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from evidence.store import name_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("grants", "0001_grants")]
    operations = [
        AddIndexConcurrently("item", name_index("object_key", name="grants_item_object")),
    ]
