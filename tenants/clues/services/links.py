"""What a clue points to, made comparable: a party, a place, a telephone, an account, a code, a waybill, a picture.

Kept beside the clue as rows, so that who else points there is one look into an index and not a search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from kernel import gtin, uscc
from kernel.text import squeeze
from tenants.clues.models import Clue, ClueFile, ClueProduct, Target, TargetLink
from tenants.clues.searching import comparable

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


@transaction.atomic
def write(clue: Clue) -> None:
    """Make the rows beside a clue say what it points to now. Safe to call again."""
    codes = ClueProduct.objects.filter(clue=clue).values_list("code", flat=True)
    sha256s = ClueFile.objects.filter(clue=clue).values_list("exhibit__sha256", flat=True)
    keys = {(each.kind, each.value): each for each in keys_of(clue, codes=codes, sha256s=sha256s)}
    there = {
        (row.target.kind, row.target.value): row
        for row in TargetLink.objects.filter(clue=clue).select_related("target")
    }
    gone = [row.pk for key, row in there.items() if key not in keys]
    if gone:
        TargetLink.objects.filter(pk__in=gone).delete()
    new = [each for key, each in keys.items() if key not in there]
    if new:
        Target.objects.bulk_create(
            [Target(kind=each.kind, value=each.value, shown=each.shown) for each in new], ignore_conflicts=True
        )
        TargetLink.objects.bulk_create(
            [TargetLink(clue=clue, target=target) for target in targets(new)], ignore_conflicts=True
        )


def targets(keys: Sequence[Key]) -> list[Target]:
    """The rows of some keys, those that there are."""
    wanted = {(each.kind, each.value) for each in keys}
    rows = Target.objects.filter(value__in={each.value for each in keys})
    return [row for row in rows if (row.kind, row.value) in wanted]
