"""`rotate log-keys`: every sealed log goes on with a new signing key, for which the old one vouches in the log.

So does whatever else a seat signs, as parcels. Heads, countersignatures, papers and parcels that were signed before
verify by the key they were signed with. Witnesses are led on by the letter of the next head.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import keys, renewal
from kernel.errors import Words
from operations import parts
from operations.errors import ProcedureRefused
from operations.procedures import Act, Run, Say, run
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import BRANDS, OFFICE, Seat

KIND = "rotate.log_keys"


def rotate(*, only: str, by: str, say: Say, dry_run: bool = False) -> Run:
    """Give each log its next key, or the one that is named. Raises ProcedureRefused where settings have no new one."""
    chosen = [seat for seat in seats() if only in ("", seat.name)]
    if not chosen:
        raise ProcedureRefused(why=_("没有名为 {log} 的日志").format(log=only))
    return run(KIND, only or "all", acts(chosen), by=by, say=say, dry_run=dry_run)


def seats() -> list[Seat]:
    """Whose logs lie here."""
    return [*sorted((host.seat for host in DIRECTORY.provinces()), key=lambda seat: seat.name), BRANDS, OFFICE]


def acts(chosen: list[Seat], *, former_only: bool = False) -> list[Act]:
    """The steps: what follows what is chosen once, so that a run that was killed gives no log two keys.

    former_only: no log but those whose key follows from a master key that is on its way out.
    """
    planned = _plan(chosen, former_only=former_only)
    whose = {seat.name: seat for seat in chosen}

    def would(state: Run) -> Iterator[Words]:
        for name, new in planned.items():
            yield f"{name} → {new[:16]}" if new else _("{log}：LOG_KEYS 里没有新钥匙，不变").format(log=name)

    return [
        Act("log_keys", gettext_lazy("封存日志的下一把签名密钥"), lambda state: planned, would),
        *(
            Act(
                f"log.{name}",
                str(gettext_lazy("封存日志换钥匙：{seat}")).format(seat=name),
                _renew(whose[keys.log_of(name)], name),
            )
            for name in planned
        ),
    ]


def _plan(chosen: list[Seat], *, former_only: bool) -> dict[str, str]:
    """Log to the public key that it goes on with; empty where settings name none."""
    found = {}
    for seat in chosen:
        with context.seat(seat):
            others = [function() for _label, function in parts.found("rekeying", "signs")]
            for name in (seat.name, *filter(None, others)):
                if former_only and not keys.is_of_former_master(name, keys.chain(name)):
                    continue
                new = renewal.following(name)
                found[name] = new.hex() if new else ""
    return found


def _renew(seat: Seat, name: str) -> Any:
    def do(state: Run) -> dict[str, Any]:
        new = state.found["log_keys"].get(name, "")
        if not new:
            state.line(_("{log}：LOG_KEYS 里没有新钥匙，不变").format(log=name))
            return {}
        with context.seat(seat):
            if name != seat.name:
                renewal.renew_other(name, bytes.fromhex(new))
                return {"key": new}
            head = renewal.renew(bytes.fromhex(new))
            if head is None:
                state.line(_("还没有记录，下次记录时按设置签名"))
                return {}
            return {"size": head.size, "key": new}

    return do
