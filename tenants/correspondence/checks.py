"""Looked over before it leaves: who reported a matter is not told, and what looks like a number of a person is seen.

Two kinds of findings. A stop: a name or number of the clue's source stands in the text or in an attachment's name, or
an attachment of a protected clue is neither a redacted copy nor a picture an officer took. A look: something reads like
a telephone or identity number; the person says that it was looked at. Both show what was found masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evidence.models import Exhibit
from kernel.errors import Words
from kernel.text import squeeze
from tenants.clues.models import Clue
from tenants.correspondence.errors import LookNeeded, ReportStaysHere, SourceNamed
from tenants.correspondence.kinds import kind
from tenants.correspondence.models import OfficialLetter

REPORTS = frozenset(
    {
        Clue.SourceKind.REPORT,
        Clue.SourceKind.COMPLAINT,
        Clue.SourceKind.WHISTLEBLOWER,
        Clue.SourceKind.HOTLINE_12315,
    }
)
"""Sources that are people who reported: their matter is not passed on, they are told where to go."""
_DIGIT = r"[\s\-－—·.]?"
_MOBILE = re.compile(r"(?<!\d)1[3-9]" + (_DIGIT + r"\d") * 9 + r"(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[\s\-－—]\d{7,8}(?!\d)")
_IDENTITY = re.compile(
    r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True)
class Finding:
    """where: which part of the letter. shown: what was found, masked. why: in words."""

    where: str
    shown: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}：{self.shown}（{self.why}）" if self.shown else f"{self.where}（{self.why}）"


@dataclass(frozen=True)
class Findings:
    """stops: what keeps it here. looks: what somebody has to have looked at."""

    stops: tuple[Finding, ...] = ()
    looks: tuple[Finding, ...] = ()


def is_report(clue: Clue) -> bool:
    """Whether nobody but somebody's report stands behind a clue."""
    kinds = {each.kind for each in clue.sources.all()} or {clue.source_kind}
    return kinds <= REPORTS


def is_protected(clue: Clue) -> bool:
    """Whether somebody stands behind a clue whom nobody may learn of."""
    return clue.secrecy == Clue.Secrecy.REPORTER_PROTECTED or any(each.kind in REPORTS for each in clue.sources.all())


def require_no_report(clue: Clue) -> None:
    """Raise ReportStaysHere, with the bureau to which the reporter is pointed, for a clue that is a report."""
    from federation.directory import book

    if not is_report(clue):
        return
    code = clue.out_of_province.get("division_code") or clue.division_code
    unit = book.bureau_of(code) if code else None
    raise ReportStaysHere(
        number=clue.number,
        bureau=unit.name if unit else _("违法行为发生地的市场监管部门"),
        postal=_("（地址：{postal}）").format(postal=unit.postal) if unit and unit.postal else "",
    )


def look_over(letter: OfficialLetter) -> Findings:
    """All that keeps a letter here or has to be looked at."""
    texts = _texts(letter)
    items = list(letter.items.select_related("exhibit"))
    texts += [
        (_("证据清单第 {n} 项").format(n=each.position), f"{each.item}\n{_names_of(each.exhibit)}") for each in items
    ]
    stops: list[Finding] = []
    clue = letter.clue
    if clue is not None:
        secrets = _secrets(clue)
        for where, text in texts:
            stops += [Finding(where, mask(secret), why) for secret, why in secrets if _stands_in(secret, text)]
        if is_protected(clue):
            stops += [
                Finding(
                    _("证据清单第 {n} 项").format(n=each.position), each.item[:20],
                    _("举报人受保护，附件须先遮盖"),
                )
                for each in items
                if each.travels and each.exhibit is not None and not _is_safe(each.exhibit)
            ]  # fmt: skip
    looks = [Finding(where, mask(found), why) for where, text in texts for found, why in numbers_in(text)]
    return Findings(tuple(dict.fromkeys(stops)), tuple(dict.fromkeys(looks)))


def require_clean(letter: OfficialLetter, *, looked: bool) -> None:
    """Raise SourceNamed, or LookNeeded unless somebody says that they looked."""
    found = look_over(letter)
    if found.stops:
        raise SourceNamed(places=[str(each) for each in found.stops])
    if found.looks and not looked:
        raise LookNeeded(places=[str(each) for each in found.looks])


def numbers_in(text: str) -> Iterable[tuple[str, str]]:
    """What reads like a telephone or identity number, with what it looks like."""
    said = text.translate(_WIDE)
    for pattern, why in (
        (_IDENTITY, _("像身份证号")), (_MOBILE, _("像手机号")), (_LANDLINE, _("像固定电话")),
    ):  # fmt: skip
        for found in pattern.finditer(said):
            yield found.group(), why


def mask(text: str) -> str:
    """As much of it as tells which one it is."""
    said = text.strip()
    if len(said) <= 1:
        return "＊"
    if len(said) <= 4:
        return said[0] + "＊" * (len(said) - 1)
    keep = 3 if len(said) > 7 else 1
    return said[:keep] + "＊" * (len(said) - keep - 2) + said[-2:]


def _texts(letter: OfficialLetter) -> list[tuple[str, str]]:
    common: Sequence[tuple[Words, str]] = (
        (gettext_lazy("事由"), letter.title),
        (gettext_lazy("摘要"), letter.summary),
        (gettext_lazy("法律依据"), letter.legal_basis),
        (gettext_lazy("建议"), letter.suggestion),
        *kind(letter.kind).texts(letter.fields),
    )
    return [(str(where), text) for where, text in common if text.strip()]


def _names_of(exhibit: Exhibit | None) -> str:
    return f"{exhibit.title}\n{exhibit.file_name}" if exhibit is not None else ""


def _secrets(clue: Clue) -> list[tuple[str, str]]:
    """What of a clue's sources may stand in no letter: names of people who reported, and their numbers."""
    found: list[tuple[str, str]] = []
    for source in clue.sources.all():
        if source.kind not in REPORTS and clue.secrecy != Clue.Secrecy.REPORTER_PROTECTED:
            continue
        if source.name.strip() and source.kind != Clue.SourceKind.HOTLINE_12315:
            found.append((source.name.strip(), _("线索来源")))
        if source.ref.strip():
            found.append((source.ref.strip(), _("来源单号")))
        found += [(number, _("来源联系方式")) for number, _why in numbers_in(f"{source.name} {source.ref}")]
    return [each for each in dict.fromkeys(found) if len(squeeze(each[0])) >= 2]


def _stands_in(secret: str, text: str) -> bool:
    def bare(words: str) -> str:
        return re.sub(r"[\s\-－—·.]", "", words.translate(_WIDE)).lower()

    return bare(secret) in bare(text)


def _is_safe(exhibit: Exhibit) -> bool:
    return exhibit.redacted_from_id is not None or exhibit.source == Exhibit.Source.CAMERA
