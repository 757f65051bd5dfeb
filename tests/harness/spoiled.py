"""Files of the store that a test rewrites. They are taken away after it: the next test may seal the same bytes."""

from pathlib import Path

_rewritten: set[Path] = set()


def rewrite(path: Path, data: bytes) -> None:
    """Put other bytes in the place of a sealed file."""
    _rewritten.add(path)
    path.chmod(0o600)
    path.write_bytes(data)


def take_away() -> None:
    """Remove every file that was rewritten."""
    while _rewritten:
        _rewritten.pop().unlink(missing_ok=True)
