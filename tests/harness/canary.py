"""Marks in everything a province or a house has written, and a search for them in whatever somebody else is shown.

A mark says whose it is and which column it stands in: `Zqgx017x`. Marks are put behind what people wrote (`mark`, again
and again while a world is built, so that the letters written later carry them), into the photos' files and their
names. `find` looks into bytes as they leave the house: packed and compressed ones too.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from psycopg2.extras import Json

from provinces.declarations import declared_grants, declared_policies

MARK = re.compile(rb"Zq([a-z]{2})(\d{3})x")
_TEXT = re.compile(r"Zq[a-z]{2}\d{3}x")
LENGTH = 8
HUMAN = re.compile(r"[一-鿿]")
PLAIN = {"phone", "subject_phone", "contact_phone", "waybill_no", "seal_no", "batch_no", "subject_account"}
"""Columns that people fill with letters and digits alone; elsewhere a text without a Chinese character is a code."""
CODES = {"language", "username", "url", "link", "query", "header", "headers", "columns", "fill_down", "value", "code"}
"""Columns whose words the programs read."""
MACHINES = {"audit.NumberSeries"}
"""Rows that programs look up by their words."""
_OWNER_CODE = {"gx": "gx", "gz": "gz", "gd": "gd", "lan": "la", "he": "he"}
_columns: list[str] = []


def _in_base64(begin: bytes) -> Iterator[bytes]:
    """What a mark's first letters look like inside base64, at each of the three places where they may begin."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + begin).rstrip(b"=")
        whole = (shift + len(begin)) * 8 // 6
        yield text[(shift * 8 + 5) // 6 : whole]


_IN_BASE64 = re.compile(
    b"|".join(re.escape(word) for code in _OWNER_CODE.values() for word in _in_base64(b"Zq" + code.encode()))
)


_TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND pg_relation_size(c.oid) > 0
"""


def owner_code(owner: str) -> str:
    """The two letters by which a mark names its owner."""
    return _OWNER_CODE[owner]


def column_of(sign: str) -> str:
    """Table and column of a mark: "requests.Site.place"."""
    return _columns[int(sign[4:7])]


def _mark(owner: str, column: str) -> str:
    if column not in _columns:
        _columns.append(column)
    return f"Zq{owner_code(owner)}{_columns.index(column):03d}x"


def file_mark(owner: str) -> bytes:
    """What stands in the files of an owner's photos."""
    return _mark(owner, "file").encode()


def _text_columns(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
        if (is_text and (field.max_length or 999) > LENGTH or isinstance(field, models.JSONField)) and (
            field.name not in CODES and not field.name.endswith(("sha256", "sm3", "_key"))
        ):
            yield field


def _marked(value: Any, sign: str) -> Any:
    """A JSON value with the mark behind every text that people wrote."""
    if isinstance(value, dict):
        return {key: _marked(each, sign) for key, each in value.items()}
    if isinstance(value, list):
        return [_marked(each, sign) for each in value]
    return f"{value}{sign}" if isinstance(value, str) and HUMAN.search(value) and sign not in value else value


def mark(cursor: Any, world: Any) -> None:
    """Mark all rows of the provinces and houses that are not marked yet. cursor: a superuser's."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute(_TABLES)
    filled = {name for (name,) in cursor.fetchall()}
    for code in ("gx", "gz", "gd"):
        if code in world.ids:
            for model in _models(settings.TENANT_APPS):
                if f"{code}.{model._meta.db_table}" not in filled:
                    continue
                _mark_table(cursor, model, code, f"{code}.{model._meta.db_table}", "true")
    published = _published()
    for name, house in world.houses.items():
        if name not in world.ids:
            continue
        for model in _models(settings.SHARED_APPS):
            if "organisation_id" in {field.attname for field in model._meta.concrete_fields} and (
                model._meta.label not in published and f"public.{model._meta.db_table}" in filled
            ):
                own = f"organisation_id = '{house.organisation.pk}'"
                _mark_table(cursor, model, name, f"public.{model._meta.db_table}", own)
        members = f"SELECT user_id FROM parties_membership WHERE organisation_id = '{house.organisation.pk}'"
        _mark_table(cursor, apps.get_model("accounts.User"), name, "public.accounts_user", f"id IN ({members})")
    cursor.execute("SET session_replication_role = origin")


def _models(names: list[str]) -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model._meta.app_config.name in names and model._meta.managed and not model._meta.proxy
        and model._meta.label not in MACHINES and not model._meta.app_config.name.startswith(("django.", "allauth"))
    ]  # fmt: skip


def _published() -> set[str]:
    """Shared models that every province may read whole, or the office."""
    narrowed = {policy.model for policy in declared_policies()}
    return {
        grant.model
        for grant in declared_grants()
        if grant.model not in narrowed and {"party", "provinces", "office", "public"} & set(_tuple(grant.to))
    }


def _tuple(to: Any) -> tuple[str, ...]:
    return (to,) if isinstance(to, str) else tuple(to)


def _mark_table(cursor: Any, model: type[models.Model], owner: str, table: str, own: str) -> None:
    key = model._meta.pk.column
    for field in _text_columns(model):
        sign, column = _mark(owner, f"{model._meta.label}.{field.name}"), f'"{field.column}"'
        if isinstance(field, models.JSONField):
            cursor.execute(f"SELECT {key}, {column} FROM {table} WHERE {own}")
            for row_id, value in cursor.fetchall():
                changed = _marked(value, sign)
                if changed != value:
                    data = Json(changed, dumps=lambda data: json.dumps(data, ensure_ascii=False))
                    cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [data, row_id])
            continue
        room = column if field.max_length is None else f"left({column}, {field.max_length - LENGTH})"
        written = "<> ''" if field.name in PLAIN else "~ '[一-鿿]'"
        cursor.execute(
            f"UPDATE {table} SET {column} = {room} || %s WHERE {own} AND {column} {written} AND {column} NOT LIKE %s",
            [sign, f"%{sign}%"],
        )


# Searching ------------------------------------------------------------------------------------------------------------


def find(data: bytes) -> set[str]:
    """All marks in these bytes, in what is packed into them, and in the text of a PDF."""
    return {found.decode() for part in _unpacked(data) for found in _in_plain(part)}


def _in_plain(data: bytes) -> set[bytes]:
    found = {match[0] for match in MARK.finditer(data)}
    if _IN_BASE64.search(data):
        for word in re.findall(rb"[A-Za-z0-9+/_-]{12,}", data):
            text = word.replace(b"-", b"+").replace(b"_", b"/")
            for start in range(4):
                part = text[start:]
                found |= {match[0] for match in MARK.finditer(base64.b64decode(part[: len(part) // 4 * 4]))}
    return found


def _unpacked(data: bytes, depth: int = 3) -> Iterator[bytes]:
    yield data
    if not depth:
        return
    if data[:2] == b"PK":
        try:
            book = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            return
        for name in book.namelist():
            yield name.encode()
            yield from _unpacked(book.read(name), depth - 1)
    elif data[:2] == b"\x1f\x8b":
        yield from _unpacked(gzip.decompress(data), depth - 1)
    elif data[:5] == b"%PDF-":
        yield from _pdf(data)


def _pdf(data: bytes) -> Iterator[bytes]:
    """Streams of a PDF, and its pages' text by each of its fonts' tables of characters."""
    streams = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S):
        try:
            streams.append(zlib.decompress(match[1]))
        except zlib.error:
            streams.append(match[1])
    yield from streams
    pages = [stream for stream in streams if b"Tj" in stream or b"TJ" in stream]
    for table in (_characters(stream) for stream in streams if b"begincmap" in stream):
        for page in pages:
            words = b"".join(re.findall(rb"<([0-9A-Fa-f]+)>", page))
            yield "".join(table.get(int(words[at : at + 4], 16), "") for at in range(0, len(words), 4)).encode()


def _characters(stream: bytes) -> dict[int, str]:
    table: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.S):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            table[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", stream, re.S):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            begin = int(text, 16)
            for step in range(int(last, 16) - int(first, 16) + 1):
                table[int(first, 16) + step] = chr(begin + step)
    return table


# Letters --------------------------------------------------------------------------------------------------------------


def carried(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(place in the body without positions, mark) of every mark in a letter's body."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from carried(value, f"{path}.{key}" if path else key)
    elif isinstance(body, list):
        for value in body:
            yield from carried(value, path)
    elif isinstance(body, str):
        for found in _TEXT.findall(body):
            yield path, found
