"""`rotate master-key`: what was derived from, or sealed under, the former master key is brought under the present one.

The operator has put the new key into MASTER_KEY and the old one into MASTER_KEY_PREVIOUS and restarted the parts one by
one: both are taken meanwhile. When this is done, MASTER_KEY_PREVIOUS is emptied at the next restart.

Keys by which others know us are not derived anew but followed by another, for which the old one vouches: those of logs
(`log_keys`) and the courier's (`courier`). The key half of matching, where it was derived, stays: the operator is told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import keys
from operations.errors import ProcedureRefused
from operations.parts import found
from operations.procedures import Act, Run, Say, run
from operations.rotation import courier, log_keys, logins
from provinces import context, grants
from provinces.seats import Seat

KIND = "rotate.master_key"


def rotate(*, pgbouncer: Path | None, reload: str, by: str, say: Say, dry_run: bool = False) -> Run:
    """Bring everything under the present master key. Raises ProcedureRefused while no former one is named.

    Raises OtherOptions where a run for another key is not finished: it has to be given up, and all is done anew.
    """
    if not settings.MASTER_KEYS_BEFORE or settings.MASTER_KEY in settings.MASTER_KEYS_BEFORE:
        raise ProcedureRefused(
            why=_("先把新钥匙写进 MASTER_KEY、旧钥匙写进 MASTER_KEY_PREVIOUS，逐个重启各部分，再运行。")
        )
    acts = [
        Act("logins", gettext_lazy("登录账号的口令"), _logins, logins._would),
        *(
            Act(f"sealed.{seat.name}", str(gettext_lazy("封存的密钥：{seat}")).format(seat=seat.name), _reseal(seat))
            for seat in log_keys.seats()
        ),
        *log_keys.acts(log_keys.seats(), former_only=True),
        *courier.acts(former_only=True),
        Act("matching", gettext_lazy("比对用的半把钥匙"), _matching, again=True),
    ]
    options = {"pgbouncer": str(pgbouncer or ""), "reload": reload, "key": _which()}
    return run(KIND, "all", acts, options=options, by=by, say=say, dry_run=dry_run)


def _which() -> str:
    """Which master key a run is of: what was done for one must not pass for done when another has taken its place."""
    return keys.public_of(keys.derived("master key", settings.MASTER_KEY)).hex()[:16]


def _logins(state: Run) -> dict[str, Any]:
    with context.owner():
        generation = grants.current_generation()
    count = logins.set_all(generation)
    logins.tell_pooler(state.options["pgbouncer"], state.options["reload"], state.line)
    return {"logins": count}


def _reseal(seat: Seat) -> Any:
    def do(state: Run) -> dict[str, Any]:
        told: dict[str, int] = {}
        with context.seat(seat):
            for label, function in found("rekeying", "reseal"):
                if count := function():
                    told[label] = count
        for label, count in told.items():
            state.line(f"{label}: {count}")
        return told

    return do


def _matching(state: Run) -> dict[str, Any]:
    if not settings.MATCHING_KEY:
        state.line(_("比对用的半把钥匙也由旧钥匙派生：把旧钥匙设为 MATCHING_KEY，否则本月的比对从头开始"))
    return {}
