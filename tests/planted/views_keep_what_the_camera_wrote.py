"""The view is saved with the description of the photo it was made from."""

import tempfile
from pathlib import Path

GUARD = "G17"


def plant():
    from evidence import intake

    source = intake._CHILD.read_text()
    right = 'quality=88, subsampling="4:2:0"'
    assert right in source
    folder = Path(tempfile.mkdtemp(prefix="czj-planted-"))
    intake._CHILD = folder / "intake_child.py"
    intake._CHILD.write_text(source.replace(right, right + ", comment=json.dumps(metadata).encode()"))
