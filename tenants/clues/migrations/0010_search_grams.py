"""The index of words finds single characters too. Made beside running work, the new one before the old one goes."""

import kernel.searching
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("clues", "0009_turn")]
    operations = [
        AddIndexConcurrently(
            "clue", GinIndex(kernel.searching.Grams("search_text"), name="clue_search_grams", fastupdate=False)
        ),
        RemoveIndexConcurrently("clue", "clue_search_pairs"),
    ]
