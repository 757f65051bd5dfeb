"""What a key may do: `<first part of the address>:read|write`, and how an administrator ticks it.

A scope is as fine as an address. A person ticks capabilities (鉴定申请, 线索, …), each a handful of scopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import get_resolver
from django.utils.translation import gettext_lazy as _

from gateway.scopes import ALWAYS_ALLOWED, of_operation, segments
from kernel.errors import BadInput, Words

READ, WRITE = "read", "write"
TOKEN_URL = "/identity/o/api/token"


@dataclass(frozen=True)
class Capability:
    """What is ticked together. parts: first parts of addresses."""

    code: str
    words: Words
    text: Words
    parts: tuple[str, ...]


OTHER = Capability("other", _("其他"), _("以上没有列到的接口"), ())
_capabilities: dict[str, Capability] = {}
_elsewhere: dict[str, set[str]] = {}


def capability(code: str, words: Words, text: Words, parts: Sequence[str]) -> None:
    """Name a capability, or add parts to one that is named. An app with addresses of its own does it in `ready`."""
    known = _capabilities.get(code)
    kept = known.parts if known else ()
    _capabilities[code] = Capability(
        code,
        known.words if known else words,
        known.text if known else text,
        (*kept, *(each for each in parts if each not in kept)),
    )


for _code, _words, _text, _parts in (
    (
        "appraisal",
        _("查真假"),
        _("发起鉴定申请、传照片、看结果"),
        "requests photos items supplements onsite hints coverage consultations read-codes look-backs sites "
        "queue tasks postings drafts verdicts runs reuse-offers assistance library-offers sightings platform "
        "appraisals reply-templates",
    ),
    (
        "opinions",
        _("辨认意见书"),
        _("辨认意见书及其送达、复核、异议"),
        "opinions opinion-letters opinion-notices documents objections mailings sealed-samples issuing-rules "
        "signing-certificates reverse-clues reverse-clue-addressees reverse-clue-files reverse-clue-purchases "
        "reverse-clue-questions",
    ),
    (
        "clues",
        _("线索"),
        _("登记、分办、查询线索"),
        "clues clue-asks clue-criteria clue-imports clue-reports clue-sources clue-tellings clue-terms assessments "
        "competences disputes field-codes supervisions",
    ),
    (
        "inspections",
        _("现场检查"),
        _("现场检查、清点、查封扣押和文书"),
        "inspections lots seizures papers sheets",
    ),
    (
        "cases",
        _("案件"),
        _("提请立案和案件记录"),
        "cases proposals referrals linkage parcels matters launches",
    ),
    (
        "evidence",
        _("证据"),
        _("电子证据、移送、封存日志"),
        "exhibits packages transfers withdrawals exports log",
    ),
    (
        "letters",
        _("函件和协作"),
        _("公函、往来、跨省协作"),
        "letters official official-letters brokerage agreements grants matches series joint-cases directory wanted "
        "peers today enrolments",
    ),
    (
        "actions",
        _("联合行动"),
        _("值班、紧急呼叫、联合行动"),
        "campaigns duty urgent joint-actions joint-targets joint-seats joint-escorts",
    ),
    (
        "staff",
        _("机构和人员"),
        _("单位、人员名册"),
        "units officers imports organisations team roster authorisations mandates",
    ),
    (
        "library",
        _("品牌资料"),
        _("产品、参照图、假货库"),
        "products library references code-alerts guide-prices trademarks categories seats",
    ),
    ("basics", _("基础信息"), _("本账号、区划、通知、统计"), "me divisions notices figures"),
    ("events", _("变动通知"), _("取变动清单，管理推送"), "events webhooks connections sign-on"),
    ("running", _("运行和用量"), _("审计记录、运行状况、用量和合理使用"), "audit status usage"),
):
    capability(_code, _words, _text, _parts.split())


def name(part: str, words: Words, text: Words = "", hosts: Sequence[str] = ("province",)) -> None:
    """A capability whose addresses stand elsewhere than under `/api/v1/`: "people:write" then is ticked like others."""
    capability(part, words, text, (part,))
    for host in hosts:
        _elsewhere.setdefault(str(settings.URLCONFS[host]), set()).add(part)


def capabilities(urlconf: str) -> list[Capability]:
    """The capabilities of one host, each with the parts that this host has; what none names is in `OTHER`."""
    left = set(here(urlconf))
    found = []
    for each in _capabilities.values():
        parts = tuple(part for part in each.parts if part in left)
        left -= set(parts)
        if parts:
            found.append(Capability(each.code, each.words, each.text, parts))
    if left:
        found.append(Capability(OTHER.code, OTHER.words, OTHER.text, tuple(sorted(left))))
    return found


def ticked(chosen: Iterable[str], urlconf: str) -> list[str]:
    """The scopes of ticked boxes: "clues:read" here is the capability's, which stands for its parts'."""
    by_code = {each.code: each for each in capabilities(urlconf)}
    found: set[str] = set()
    for box in chosen:
        code, _colon, verb = box.partition(":")
        if code not in by_code or verb not in (READ, WRITE):
            raise BadInput(_("没有这些权限范围：{scopes}。请在页面上勾选。"), code="scope_unknown", scopes=[box])
        verbs = (READ, WRITE) if verb == WRITE else (READ,)
        found |= {f"{part}:{each}" for part in by_code[code].parts for each in verbs}
    return sorted(found)


def granted(held: Iterable[str], urlconf: str) -> list[tuple[Capability, str]]:
    """What scopes mean, a line a capability: “线索：查看和办理”, “案件：查看（部分）”."""
    scopes, lines = set(held), []
    for each in capabilities(urlconf):
        reads = sum(f"{part}:{READ}" in scopes for part in each.parts)
        writes = sum(f"{part}:{WRITE}" in scopes for part in each.parts)
        if not reads and not writes:
            continue
        words = _("查看和办理") if reads and writes else _("查看") if reads else _("办理")
        whole = reads in (0, len(each.parts)) and writes in (0, len(each.parts))
        line = _("{what}：{may}") if whole else _("{what}：{may}（部分）")
        lines.append((each, str(line).format(what=each.words, may=words)))
    return lines


def kept(held: Iterable[str], codes: Iterable[str], urlconf: str) -> list[str]:
    """Of these scopes those of the capabilities that stay ticked."""
    wanted = set(codes)
    parts = {part for each in capabilities(urlconf) if each.code in wanted for part in each.parts}
    return [each for each in held if each.partition(":")[0] in parts]


def here(urlconf: str) -> list[str]:
    """The first parts of one host's API that can be granted, in alphabetical order."""
    found = {*segments(get_resolver(urlconf)), *_elsewhere.get(urlconf, ())}
    return sorted(found - ALWAYS_ALLOWED)


def known(urlconf: str) -> set[str]:
    """Every scope of one host."""
    return {f"{part}:{verb}" for part in here(urlconf) for verb in (READ, WRITE)}


def spoken(scope: str) -> str:
    """A scope for a reader of the description: “线索 · clue-imports · 查看”."""
    part, _colon, verb = scope.partition(":")
    words = next((each.words for each in _capabilities.values() if part in each.parts), OTHER.words)
    return f"{words} · {part} · {_('查看') if verb == READ else _('办理')}"


def check(scopes: Iterable[str], urlconf: str) -> list[str]:
    """The scopes, sorted, each once. Raises BadInput `scope_unknown`, `scopes_missing`."""
    wanted = sorted(set(scopes))
    strange = [each for each in wanted if each not in known(urlconf)]
    if strange:
        raise BadInput(_("没有这些权限范围：{scopes}。请在页面上勾选。"), code="scope_unknown", scopes=strange)
    if not wanted:
        raise BadInput(_("请至少勾选一项权限范围。"), code="scopes_missing")
    return wanted


def flows() -> dict[str, dict[str, object]]:
    """How a description says where tokens are got. Which scopes there are is filled in last."""
    return {"clientCredentials": {"tokenUrl": TOKEN_URL, "scopes": {}}}


__all__ = [
    "capabilities", "capability", "check", "flows", "granted", "here", "kept", "known", "name", "of_operation",
    "spoken", "ticked",
]  # fmt: skip
