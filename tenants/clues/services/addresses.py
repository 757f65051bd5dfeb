"""地址: a clue may have several, of the shop, of the sender, of the licence. Each is kept as it was said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divisions.resolving import Comparison, Found, Hints, Resolution, compare, resolve
from tenants.clues.models import Clue, CluePlace

CHOSEN = "by_hand"
"""The method of a division that a person chose."""
_WORDS: dict[str, str | Promise] = {
    "chosen": _("登记人选定{name}。"),
    "read": _("地址本身的读法：{sentence}"),
}
_STOPS = re.compile(r"[；;。\n]")
_ROLES = frozenset(CluePlace.Role.values)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One more address. record_kind, record_id: what it stands on."""

    role: str
    text: str
    record_kind: str = ""
    record_id: str = ""


@dataclass(frozen=True)
class Compared:
    """Two addresses of a clue side by side."""

    first: CluePlace
    second: CluePlace
    result: Comparison


def choose(clue: Clue, answer: Resolution, code: str) -> None:
    """Take a person's choice for the division of a clue. A code that is nowhere is passed over; nothing is saved."""
    name = answer.name_of(code) if code else ""
    if not name or code == answer.code:
        return
    clue.division_code, clue.division_confidence, clue.division_method = code, 1.0, CHOSEN
    clue.division_level = answer.level_of(code)
    for language, active in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(active):
            said = str(_WORDS["chosen"]).format(name=name)
            read = str(_WORDS["read"]).format(sentence=answer.sentence)
            clue.division_why[language] = f"{said}{read}" if language == "zh" else f"{said} {read}"
    clue.division_why["path"] = name


def record_places(clue: Clue, said: Sequence[Said], hints: Hints) -> None:
    """Write down every address of a clue with its role: those found in its own text, and those said beside it."""
    CluePlace.objects.bulk_create(places_of(clue, said, hints))


def places_of(clue: Clue, said: Sequence[Said], hints: Hints, *, read: Resolution | None = None) -> list[CluePlace]:
    """The same as rows to be written. read: how `address_raw` reads, if that is known already."""
    found: list[CluePlace] = []
    if clue.address_raw:
        answer = read or resolve(clue.address_raw, hints=hints)
        if len(answer.places) > 1:
            found += [
                CluePlace(
                    clue=clue,
                    role=place.role if place.role in _ROLES else CluePlace.Role.OTHER,
                    text=_piece(clue.address_raw, place, after),
                    division_code=place.code,
                    division_name=answer.name_of(place.code),
                    is_main=bool(place.code) and place.code == clue.division_code,
                )
                for place, after in zip(answer.places, (*answer.places[1:], None), strict=True)
            ]
        else:
            role = clue.place_role or CluePlace.Role.OTHER
            found.append(_place(clue, role, clue.address_raw, answer, is_main=True))
    found += [
        _place(
            clue,
            each.role,
            each.text,
            resolve(each.text, hints=hints),
            record_kind=each.record_kind,
            record_id=each.record_id,
        )
        for each in said
        if each.text.strip()
    ]
    return found


def differences(places: Iterable[CluePlace], hints: Hints) -> list[Compared]:
    """Where goods were sent from, and where the shop is, each against the licence; in this order."""
    first: dict[str, CluePlace] = {}
    for place in places:
        first.setdefault(place.role, place)
    licence = first.get(CluePlace.Role.LICENCE)
    if licence is None:
        return []
    there = resolve(licence.text, hints=hints)
    return [
        Compared(first[role], licence, compare(resolve(first[role].text, hints=hints), there))
        for role in (CluePlace.Role.SENDER, CluePlace.Role.SHOP)
        if role in first
    ]


def _piece(text: str, place: Found, after: Found | None) -> str:
    """The whole address that a division was found in: up to the next stop, or to the next address."""
    limit = after.start if after else len(text)
    stop = _STOPS.search(text, place.end, limit)
    return text[place.start : stop.start() if stop else limit].strip()


def _place(clue: Clue, role: str, text: str, answer: Resolution, **more: object) -> CluePlace:
    return CluePlace(
        clue=clue,
        role=role if role in _ROLES else CluePlace.Role.OTHER,
        text=text[:1000],
        division_code=answer.code,
        division_name=answer.path,
        confidence=answer.confidence,
        **more,
    )
