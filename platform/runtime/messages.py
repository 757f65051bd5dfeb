"""Compile translations: each `locale/<language>/LC_MESSAGES/*.po` to the `.mo` beside it.

By Babel instead of `manage.py compilemessages`, which needs GNU gettext on the machine.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {".venv", "node_modules", "var", ".git"}


def compile_messages(root: Path = ROOT) -> int:
    """Compile what is newer than its compiled copy. Returns how many files were written.

    Fuzzy entries are left out. Raises `babel.messages.pofile.PoFileError` for a broken file.
    """
    written = 0
    for top in sorted(path for path in root.iterdir() if path.is_dir() and path.name not in ELSEWHERE):
        for source in sorted(top.rglob("locale/*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            with source.open("rb") as text:
                catalog = read_po(text, locale=source.parts[-3], abort_invalid=True)
            fresh = target.with_suffix(".mo.new")
            with fresh.open("wb") as out:
                write_mo(out, catalog, use_fuzzy=False)
            fresh.replace(target)
            written += 1
    return written


if __name__ == "__main__":
    print(compile_messages())
