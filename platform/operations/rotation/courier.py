"""`rotate courier-key`: the next key by which other installations know this one.

Each peer is told of it in a request signed with the key it knows, and is signed to with that one until it has confirmed
the new one; a peer that cannot be reached loses nothing. The app that keeps peers is above this one: see `parts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.trail import Actor
from kernel.errors import Words
from operations.errors import ProcedureRefused
from operations.parts import found
from operations.procedures import Act, Run, Say, run
from provinces import context
from provinces.seats import COURIER, OFFICE

KIND = "rotate.courier_key"


def rotate(*, by: str, say: Say, dry_run: bool = False) -> Run:
    """Make the next key and introduce it. Raises ProcedureRefused while a peer has not confirmed it; run it again."""
    return run(KIND, "all", acts(), by=by, say=say, dry_run=dry_run)


def acts(*, former_only: bool = False) -> list[Act]:
    """The steps. former_only: only if ours follows from a master key that is on its way out."""
    return [
        Act("courier.now", gettext_lazy("信使现用的密钥"), lambda state: _now(former_only), _would),
        Act("courier.next", gettext_lazy("信使的下一把密钥"), _next),
        Act("courier.introduce", gettext_lazy("告知各对等平台，等待确认"), _introduce, again=True),
    ]


def _would(state: Run) -> Iterator[Words]:
    yield _("由现用的密钥签名告知；对方确认以前，现用的密钥一直有效")


def _now(former_only: bool) -> dict[str, Any]:
    with context.seat(OFFICE):
        known = {label: function() for label, function in found("rekeying", "own_key")}
    return {label: own["generation"] for label, own in known.items() if own["former"] or not former_only}


def _next(state: Run) -> dict[str, Any]:
    made = {}
    for label, function in found("rekeying", "next_key"):
        if label in state.found["courier.now"]:
            with context.seat(OFFICE):
                made[label] = function(after=state.found["courier.now"][label], by=Actor(None, state.by))
    return made


def _introduce(state: Run) -> dict[str, Any]:
    waiting: list[str] = []
    with context.seat(COURIER):
        for _label, function in found("rekeying", "introduce"):
            told, missing = function()
            waiting += missing
            for name in told:
                state.line(name)
    if waiting:
        raise ProcedureRefused(
            why=_(
                "这些对等平台还没有确认新密钥：{peers}。旧密钥对它们仍有效，信使每十五秒再试；停用的请先恢复或解除。"
                "确认以后再运行一次；在那之前不要去掉 MASTER_KEY_PREVIOUS。"
            ).format(peers=", ".join(waiting))
        )
    return {}
