"""A province is removed: what is known of its backups stays with the office. See `operations.parts`."""

from __future__ import annotations

from backups.models import Backup, Rehearsal, Restoration


def close_province(code: str, former: str) -> dict[str, int]:
    """Put it under the former name, which nobody opened later under the code reads. Holds the owner's seat."""
    kept = sum(rows.objects.filter(scope=code).update(scope=former) for rows in (Backup, Rehearsal, Restoration))
    return {"backups_kept": kept}
