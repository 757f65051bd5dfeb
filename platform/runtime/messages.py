"""Translations: what the sources ask for, what each app's catalogue says, and the compiled copies.

Chinese is the source language; each app keeps its English beside its code in `locale/en/LC_MESSAGES/`: `django.po` for
Python and templates, `djangojs.po` for JavaScript modules. By Babel instead of `manage.py makemessages` and
`compilemessages`, which need GNU gettext on the machine.

    python -m runtime.messages            compile what is newer than its compiled copy
    python -m runtime.messages update     drop what is unused, add what is missing: empty, or as another app has said it
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import escape, read_po

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {".venv", "node_modules", "var", ".git"}
TOPS = ("platform", "federation", "appraisal", "billing_free", "tenants")
HOMES = {"config": "webui"}
"""A package that is no app of its own, and the app whose catalogue speaks for it."""
DOMAINS = ("django", "djangojs")
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_lazy": None,
    "_now": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)

Key: TypeAlias = tuple[str | None, str]
"""msgctxt (None for most) and msgid."""


@dataclass
class Asked:
    """One text that the sources ask to have translated."""

    plural: str | None
    places: list[str] = field(default_factory=list)


def apps(root: Path = ROOT) -> list[Path]:
    """Folders of all apps, by path."""
    packages = [init.parent for top in TOPS for init in (root / top).glob("*/__init__.py")]
    return sorted(package for package in packages if package.name not in HOMES)


def catalogue_file(app: Path, domain: str) -> Path:
    """Where an app keeps its English."""
    return app / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"


def _python_of(file: Path) -> bytes:
    """A template as Python calls of gettext: Django's own reading of it, without indentation."""
    from django.utils.translation.template import templatize

    text: str = templatize(file.read_text("utf-8"), origin=str(file))
    return "\n".join(line.strip() for line in text.splitlines()).encode()


def _called(tree: ast.Module) -> Iterator[tuple[Key, str | None, int]]:
    """Texts of the calls in a Python module. Babel would take any string between the brackets: `_(data["label"])`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda node: node.lineno):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        words = [getattr(argument, "value", None) for argument in node.args]
        if name not in KEYWORDS or not words:
            continue
        context = words.pop(0) if "pgettext" in name else None
        if words and isinstance(words[0], str):
            plural = words[1] if "ngettext" in name or "npgettext" in name else None
            yield (context, words[0]), plural, node.lineno


def _texts(file: Path) -> Iterator[tuple[Key, str | None, int]]:
    """Each text of a source file: its key, its plural, its line."""
    if file.suffix == ".py":
        yield from _called(ast.parse(file.read_text("utf-8")))
        return
    source, method = file.read_bytes(), "python"
    options: dict[str, Any] = {"encoding": "utf-8"}
    if file.suffix == ".js":
        method, options = "javascript", options | {"parse_template_string": True}
    elif file.suffix in {".html", ".txt"}:
        source = _python_of(file)
    for line, found, _comments, context in extract(method, BytesIO(source), KEYWORDS, (), options):
        words = found if isinstance(found, tuple) else (found,)
        if words[0]:
            yield (context, words[0]), words[1] if len(words) > 1 else None, line


def asked(app: Path, domain: str) -> dict[Key, Asked]:
    """What the sources of one app ask for, in the order of its files.

    Texts that are put together at run time cannot be found; there are none.
    """
    folders = [app, *(app.parent / name for name, home in HOMES.items() if home == app.name)]
    suffixes = {".js"} if domain == "djangojs" else {".py", ".html", ".txt"}
    found: dict[Key, Asked] = {}
    for file in (file for folder in folders for file in sorted(folder.rglob("*"))):
        parts = file.relative_to(app.parent).parts
        if file.suffix not in suffixes or {"locale", "migrations", "data", "__pycache__"} & set(parts):
            continue
        if file.suffix in {".html", ".txt"} and "templates" not in parts:
            continue
        for key, plural, line in _texts(file):
            entry = found.setdefault(key, Asked(plural))
            entry.plural = entry.plural or plural
            entry.places.append(f"{'/'.join(parts)}:{line}")
    return found


def said(file: Path) -> dict[Key, Message]:
    """What a catalogue says. A missing file says nothing. Raises `PoFileError` for a broken one."""
    if not file.exists():
        return {}
    with file.open("rb") as text:
        catalog: Catalog = read_po(text, locale="en", abort_invalid=True)
    return {(message.context, _first(message.id)): message for message in catalog if message.id}


def _first(words: str | tuple[str, ...] | list[str]) -> str:
    return words if isinstance(words, str) else words[0]


def _blocks(file: Path) -> dict[Key, str]:
    """The entries of a catalogue as they are written, so that an update touches no other line."""
    if not file.exists():
        return {}
    blocks = {}
    for block in re.split(r"\n{2,}", file.read_text("utf-8").strip())[1:]:
        for message in read_po(BytesIO(f"{HEADER}\n{block}\n".encode()), locale="en"):
            if message.id:
                blocks[(message.context, _first(message.id))] = block + "\n"
    return blocks


def _block(key: Key, plural: str | None, message: Message | None) -> str:
    """A new entry as text."""
    lines = []
    context, text = key
    if context:
        lines.append(f"msgctxt {escape(context)}")
    lines.append(f"msgid {escape(text)}")
    strings = message.string if message else ""
    if plural is None:
        lines.append(f"msgstr {escape(_first(strings) if strings else '')}")
    else:
        both = (strings, strings) if isinstance(strings, str) else tuple(strings or ())
        lines.append(f"msgid_plural {escape(plural)}")
        lines += [f"msgstr[{number}] {escape(both[number] if number < len(both) else '')}" for number in range(2)]
    return "\n".join(lines) + "\n"


def update(root: Path = ROOT) -> dict[Path, int]:
    """Bring every catalogue in line with the sources; returns how many entries of each file want their English.

    What is there keeps its place and its words; what no source asks for goes; what is new comes last, with the words
    that another app uses for the same text.
    """
    files = [(app, domain, catalogue_file(app, domain)) for app in apps(root) for domain in DOMAINS]
    memory: dict[Key, Message] = {}
    for _app, _domain, file in files:
        for key, message in said(file).items():
            if complete(message):
                memory.setdefault(key, message)
    empty: dict[Path, int] = {}
    for app, domain, file in files:
        wanted, old, written = asked(app, domain), said(file), _blocks(file)
        if not wanted:
            file.unlink(missing_ok=True)
            continue
        kept = {key: old[key] for key in old if key in wanted and is_plural(old[key]) == bool(wanted[key].plural)}
        new = {key: memory.get(key) for key in wanted if key not in kept}
        blocks = [written[key] for key in kept]
        blocks += [_block(key, wanted[key].plural, message) for key, message in new.items()]
        text = "\n".join([HEADER, *blocks])
        if not file.exists() or file.read_text("utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        if wanting := sum(not complete(message) for message in [*kept.values(), *new.values()]):
            empty[file] = wanting
    return empty


def is_plural(message: Message) -> bool:
    """Whether an entry has forms for one and for many."""
    return not isinstance(message.id, str)


def complete(message: Message | None) -> bool:
    """Whether an entry has all its English."""
    if message is None:
        return False
    words = message.string or ""
    return bool(words) if isinstance(words, str) else all(words)


PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{[\w.]*\}")


def places_in(text: str) -> set[str]:
    """The placeholders of a text: `%(n)d`, `%s`, `%%`, `{name}`."""
    return set(PLACES.findall(text))


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
            catalog.creation_date = UNDATED  # else the copy would tell when it was made, and be another one each time
            fresh = target.with_suffix(f".{os.getpid()}.mo")  # two test runs may compile at once
            with fresh.open("wb") as out:
                write_mo(out, catalog, use_fuzzy=False)
            fresh.replace(target)
            written += 1
    return written


def main(arguments: list[str]) -> int:
    """Run the command; exit status 1 when an update leaves entries without words."""
    if arguments == ["update"]:
        wanting = update()
        for file, number in wanting.items():
            print(f"{file.relative_to(ROOT)}: {number} 条待译 / to be translated")
        return 1 if wanting else 0
    print(compile_messages())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
