"""What operators' files may name."""

import re
from pathlib import Path

PART = Path(__file__).resolve().parents[2] / "infra" / "images" / "part"


def parts() -> set[str]:
    """What infra/images/part understands."""
    cases = PART.read_text("utf-8").rpartition("\ncase $part in\n")[2]
    return set(re.findall(r"^([a-z-]+)\)", cases, re.M))
