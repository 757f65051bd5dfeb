"""What a clue points to, made comparable: a party, a place, a telephone, an account, a code, a waybill, a picture.

Kept beside the clue as rows, so that who else points there is one look into an index and not a search.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel import gtin, uscc
from kernel.searching import comparable
from kernel.text import squeeze
from tenants.clues.models import Clue, ClueFile, ClueProduct, Target, TargetLink

Kind = Target.Kind
_LONGEST = 200
_WAYBILL = re.compile(r"(?:运单|快递单|快递|物流单|单号)[号：:\s为是]{0,4}([A-Za-z]{0,4}\d{9,18})(?!\d)")
_ABOVE = re.compile(r"^(?:.{1,8}?(?:省|自治区))?(?:.{1,9}?(?:市|自治州|地区|盟))?(?:.{1,9}?(?:区|县|旗|市))?")
_NOISE = re.compile(r"[\s,，.。;；:：、（）()\[\]【】“”\"'·\-—–_/#]|附近|对面|旁边|旁|门口|一带")
_NAME_END = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|个体工商户|（个体工商户）)$")


@dataclass(frozen=True)
class Key:
    """One thing a clue points to. value: made comparable; shown: as it was written."""

    kind: str
    value: str
    shown: str


def keys_of(clue: Clue, *, codes: Iterable[str] = (), sha256s: Iterable[str] = ()) -> list[Key]:
    """All that a clue points to. codes: on its products; sha256s: of its pictures. Nothing is read or written."""
    found = [
        *_party(clue),
        _place(clue),
        _phone(clue.subject_phone),
        _account(clue.subject_account),
        *(Key(Kind.WAYBILL, number.upper(), number) for number in _WAYBILL.findall(clue.content or "")),
        *(_product_code(code) for code in codes),
        *(Key(Kind.PICTURE, digest, digest[:12]) for digest in sha256s),
    ]
    return list({(each.kind, each.value): each for each in found if each is not None}.values())


def _party(clue: Clue) -> list[Key]:
    found = []
    code = squeeze(clue.subject_code).upper()
    if code and uscc.is_valid(code):
        found.append(Key(Kind.CODE, code, code))
    name = _NAME_END.sub("", comparable(clue.subject_name))
    if len(name) >= 3:
        # A shop's name is its own in one city only.
        found.append(Key(Kind.PARTY, f"{clue.division_code[:4]}|{name}", clue.subject_name))
    return found


def _place(clue: Clue) -> Key | None:
    """The street and number in its division; without a number many shops share what is left."""
    if not clue.division_code or not clue.address_raw:
        return None
    street = _ABOVE.sub("", _NOISE.sub("", comparable(clue.address_raw)), count=1)
    if len(street) < 4 or not re.search(r"[\d一二三四五六七八九十百]", street):
        return None
    return Key(Kind.PLACE, f"{clue.division_code}|{street}"[:_LONGEST], clue.address_raw[:_LONGEST])


def _phone(text: str) -> Key | None:
    digits = re.sub(r"\D", "", squeeze(text))
    digits = digits.removeprefix("0086")
    digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    return Key(Kind.PHONE, digits[:30], text.strip()) if len(digits) >= 7 else None


def _account(text: str) -> Key | None:
    value = comparable(text)
    return Key(Kind.ACCOUNT, value, text.strip()[:_LONGEST]) if len(value) >= 3 else None


def _product_code(text: str) -> Key | None:
    """A code of one piece. A barcode of a kind of goods says nothing: every genuine piece bears it."""
    value = comparable(text)
    return Key(Kind.PRODUCT_CODE, value, text.strip()) if len(value) >= 6 and not gtin.is_valid(value) else None


def write(clue: Clue) -> None:
    """Make the rows beside a clue say what it points to now. Safe to call again."""
    write_many([clue])


@transaction.atomic(savepoint=False)
def write_many(clues: Sequence[Clue], *, first: bool = False, products: bool = True, files: bool = True) -> None:
    """The same for many, in a handful of statements.

    first: they were just made, so nothing is written for them yet. products, files: whether any of them has some.
    """
    ids = [each.pk for each in clues]
    codes = _by_clue(ClueProduct, "code", ids) if products else {}
    digests = _by_clue(ClueFile, "exhibit__sha256", ids) if files else {}
    wanted = {
        each.pk: {
            (key.kind, key.value): key
            for key in keys_of(each, codes=codes.get(each.pk, ()), sha256s=digests.get(each.pk, ()))
        }
        for each in clues
    }
    gone, there = [], set()
    written = TargetLink.objects.filter(clue_id__in=ids).select_related("target")
    for row in () if first else written:
        key = (row.target.kind, row.target.value)
        if key in wanted[row.clue_id]:
            there.add((row.clue_id, *key))
        else:
            gone.append(row.pk)
    if gone:
        TargetLink.objects.filter(pk__in=gone).delete()
    new = [(pk, key) for pk, keys in wanted.items() for key in keys.values() if (pk, key.kind, key.value) not in there]
    if not new:
        return
    keys = {(key.kind, key.value): key for _pk, key in new}
    # In one order, so that two who write the same targets at once do not wait for each other.
    rows = [Target(kind=key.kind, value=key.value, shown=key.shown) for _name, key in sorted(keys.items())]
    Target.objects.bulk_create(rows, ignore_conflicts=True)
    ids_of = {(row.kind, row.value): row.pk for row in targets(list(keys.values()))}
    TargetLink.objects.bulk_create(
        [TargetLink(clue_id=pk, target_id=ids_of[key.kind, key.value]) for pk, key in new], ignore_conflicts=True
    )


def _by_clue(model: Any, field: str, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for pk, value in model.objects.filter(clue_id__in=ids).order_by().values_list("clue_id", field):
        found[pk].append(value)
    return found


def targets(keys: Sequence[Key]) -> list[Target]:
    """The rows of some keys, those that there are."""
    wanted = {(each.kind, each.value) for each in keys}
    kinds, values = {kind for kind, _value in wanted}, {value for _kind, value in wanted}
    rows = Target.objects.filter(kind__in=kinds, value__in=values)
    return [row for row in rows if (row.kind, row.value) in wanted]


def on_change(clue: Clue, verb: str) -> None:
    """What is said of a clue later may point elsewhere. Steps of its life change nothing of that."""
    if may_point_elsewhere(verb):
        write(clue)


def may_point_elsewhere(verb: str) -> bool:
    """Whether after this step a clue may point to other things than before."""
    return verb not in Clue.MOVES and verb not in _SILENT


def on_file(sender: object, instance: ClueFile, created: bool, **more: object) -> None:
    """A picture that is added later."""
    if created:
        write(instance.clue)


_SILENT = {"register", "take_in", "let_go", "unmerge", "pause", "resume", "propose", "priority", "tags"}
