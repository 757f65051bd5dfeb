"""Whether the trail can be written and its copy outside keeps up, for the status page."""

from __future__ import annotations

from audit import reads
from oversight.copying import places


def trail() -> tuple[bool, str]:
    """(can be written, why not)."""
    problem = reads.try_writing()
    return not problem, problem


def copy() -> tuple[bool, int, str]:
    """(keeps up, seconds behind, why not). Where no copy is asked for it keeps up."""
    standing = places.standing()
    return not standing.is_late, standing.behind_s, standing.problem


def gap() -> int:
    """From which place on the copy has lines that are not here, where that was found lately; 0: from none."""
    standing = places.standing()
    return (standing.gap_from or 0) if standing.has_new_gap else 0
