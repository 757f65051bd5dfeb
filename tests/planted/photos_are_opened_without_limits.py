"""The process that opens photos forgets how large one may be and how much memory it may take."""

import tempfile
from pathlib import Path

GUARD = "G20"


def plant():
    from evidence import intake

    source = intake._CHILD.read_text()
    for right, wrong in (
        ("MEMORY_BYTES = 365 << 20", "MEMORY_BYTES = 2 << 30"),
        ("MAX_PIXELS_UNSCALED = 50_000_000", "MAX_PIXELS_UNSCALED = 200_000_000"),
    ):
        assert right in source
        source = source.replace(right, wrong)
    folder = Path(tempfile.mkdtemp(prefix="czj-planted-"))
    intake._CHILD = folder / "intake_child.py"
    intake._CHILD.write_text(source)
