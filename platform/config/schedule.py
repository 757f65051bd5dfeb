"""What beat calls, how often, and at which seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from celery.schedules import crontab

_BOTH = ("brands", "office")


def schedule(*, demo: bool) -> dict[str, Any]:
    """By name, as Celery reads it. demo: with what the front door of a demonstration shows."""
    calls = {
        "accounts-sweep": _once("accounts.sweep_all", 60, seat="public"),
        "watching-look": _everywhere("watching.look", 60, also=_BOTH),
        "watching-standing": _once("watching.say_standing", 60, seat="office"),
        "letters-sweep": _once("letters.sweep", 5, seat="office"),
        "peers-mind": _once("peers.mind", 15, seat="courier"),
        "parties-coverage": _once("parties.coverage", 60, seat="brands", expires=50),
        "issuing-stamps": _once("issuing.finish_waiting", 60, seat="brands"),
        "issuing-reuse": _once("issuing.look_for_reuse", 60, seat="brands"),
        "desk-clock": _once("desk.mind_the_clock", 20, seat="brands"),
        "evidence-sweep": _everywhere("evidence.sweep", 60, also=["brands"]),
        "grants-tell-uses": _everywhere("grants.tell_uses", 60, also=_BOTH),
        "grants-mind": _everywhere("grants.mind", 900, also=_BOTH),
        "agreements-mind": _everywhere("agreements.mind", 900, also=["office"]),
        "audit-sequence": _everywhere("audit.sequence", 15, also=_BOTH),
        "audit-daily": _everywhere("audit.daily", 120, also=_BOTH),
        "oversight-copy": _everywhere("oversight.copy", 15, also=_BOTH),
        "bundles-sweep": _everywhere("bundles.sweep", 60),
        "parcels-sweep": _everywhere("parcels.sweep", 60),
        "parcels-nightly": _everywhere("parcels.nightly", 900),
        "linkage-sweep": _everywhere("linkage.sweep", 60),
        "linkage-remind": _everywhere("linkage.remind", 900),
        "clues-ledger-sweep": _everywhere("clues.ledger_sweep", 60),
        "notify-sweep": _everywhere("notify.sweep", 30, also=_BOTH),
        "broker-clock": _everywhere("broker.mind_the_clock", 300),
        "seizure-alarms": _everywhere("inspections.seizure_alarms", 600),
        "clue-alarms": _everywhere("clues.alarms", 600),
        "clue-imports": _everywhere("clues.sweep_imports", 60),
        "matching-sweep": _everywhere("matching.sweep", 600),
        "matching-find": _once("matching.find", 60, seat="office"),
        "campaigns-urgent": _everywhere("campaigns.mind_urgent", 10),
        "campaigns-actions": _everywhere("campaigns.mind_actions", 15),
        "official-letters": _everywhere("correspondence.mind", 30),
        "recognition-sweep": _once("recognition.sweep", 60, seat="brands", expires=50),
        "recognition-lost": _once("recognition.lost", 30, seat="brands", expires=25),
        "recognition-nightly": _once("recognition.nightly", crontab(hour=3, minute=20), seat="brands", expires=3600),
        "recognition-sum-up": _once("recognition.sum_up", crontab(hour=1, minute=50), seat="brands", expires=3600),
        "backups-nightly": _once("backups.nightly", crontab(hour=2, minute=10), seat="public", expires=7200),
        "backups-rehearse": _once("backups.rehearse_one", crontab(hour=5, minute=10), seat="public", expires=7200),
        "opinion-reminders": _everywhere("opinions.reminders", 600),
        "sandbox-mind": _once("runtime.sandbox_mind", 30, seat="public", expires=25),
        "webhooks-mind": _everywhere("webhooks.mind", 10, also=_BOTH),
        "webhooks-drop-old": _everywhere("webhooks.drop_old", crontab(hour=3, minute=40), also=_BOTH, expires=3600),
        "retention-nightly": _everywhere("retention.nightly", crontab(hour=1, minute=10), also=_BOTH, expires=3600),
        "retention-go-on": _everywhere("retention.go_on", 600, also=_BOTH),
        "requests-fill-search-text": _everywhere("requests.fill_search_text", 300),
        "desk-fill-search-text": _once("desk.fill_search_text", 300, seat="brands"),
        "issuing-fill-search-text": _once("issuing.fill_search_text", 300, seat="brands"),
        "bureau-weeks": _everywhere("bureau.count_weeks", 600),
        "desk-figures": _once("desk.count_figures", 600, seat="brands"),
        "requests-sweep": _once("requests.sweep", 20, seat="office"),
        "connections-traffic": _everywhere("connections.write_traffic", 15, also=_BOTH),
        "connections-sweep": _everywhere("connections.sweep", 3600, also=_BOTH),
        "signon-mind": _everywhere("signon.mind", 60),
        "usage-keys": _everywhere("usage.keep_keys", 3600, also=_BOTH),
        "usage-nightly": _everywhere("usage.nightly", crontab(hour=2, minute=10), also=["brands"], expires=3600),
        "embedding-sweep": _everywhere("embedding.sweep", 60),
    }
    if demo:
        calls["door-figures"] = _everywhere("bureau.show_at_door", 300)
    return calls


def _once(task: str, when: float | crontab, *, seat: str, expires: float | None = None) -> dict[str, Any]:
    """One call, at one seat. when: every so many seconds, or a time of day.

    expires: seconds after which a call that nobody took is dropped; as often as it is made, unless said.
    """
    return {"task": task, "schedule": when, "options": {"seat": seat, "expires": expires or when}}


def _everywhere(
    task: str, when: float | crontab, *, also: Sequence[str] = (), expires: float | None = None
) -> dict[str, Any]:
    """A call at every province, and at the seats of `also`."""
    call = _once("provinces.fan_out", when, seat="public", expires=expires)
    return call | {"args": [task], "kwargs": {"also": list(also)}}
