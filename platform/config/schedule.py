"""What beat calls, how often, and at which seat."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab


def schedule(*, demo: bool) -> dict[str, Any]:
    """By name, as Celery reads it: seconds or a time of day; `expires` drops calls that nobody took in time."""
    return {
        "accounts-sweep": {
            "task": "accounts.sweep_all",
            "schedule": 60.0,
            "options": {"seat": "public", "expires": 60},
        },
        "watching-look": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["watching.look"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 60},
        },
        "watching-standing": {
            "task": "watching.say_standing",
            "schedule": 60.0,
            "options": {"seat": "office", "expires": 60},
        },
        "letters-sweep": {"task": "letters.sweep", "schedule": 5.0, "options": {"seat": "office", "expires": 5}},
        "peers-mind": {"task": "peers.mind", "schedule": 15.0, "options": {"seat": "courier", "expires": 15}},
        "parties-coverage": {
            "task": "parties.coverage",
            "schedule": 60.0,
            "options": {"seat": "brands", "expires": 50},
        },
        "issuing-stamps": {
            "task": "issuing.finish_waiting",
            "schedule": 60.0,
            "options": {"seat": "brands", "expires": 60},
        },
        "issuing-reuse": {
            "task": "issuing.look_for_reuse",
            "schedule": 60.0,
            "options": {"seat": "brands", "expires": 60},
        },
        "desk-clock": {"task": "desk.mind_the_clock", "schedule": 20.0, "options": {"seat": "brands", "expires": 20}},
        "evidence-sweep": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["evidence.sweep"],
            "kwargs": {"also": ["brands"]},
            "options": {"seat": "public", "expires": 60},
        },
        "grants-tell-uses": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["grants.tell_uses"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 60},
        },
        "grants-mind": {
            "task": "provinces.fan_out",
            "schedule": 900.0,
            "args": ["grants.mind"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 900},
        },
        "agreements-mind": {
            "task": "provinces.fan_out",
            "schedule": 900.0,
            "args": ["agreements.mind"],
            "kwargs": {"also": ["office"]},
            "options": {"seat": "public", "expires": 900},
        },
        "audit-sequence": {
            "task": "provinces.fan_out",
            "schedule": 15.0,
            "args": ["audit.sequence"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 15},
        },
        "audit-daily": {
            "task": "provinces.fan_out",
            "schedule": 120.0,
            "args": ["audit.daily"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 120},
        },
        "oversight-copy": {
            "task": "provinces.fan_out",
            "schedule": 15.0,
            "args": ["oversight.copy"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 15},
        },
        "bundles-sweep": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["bundles.sweep"],
            "options": {"seat": "public", "expires": 60},
        },
        "parcels-sweep": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["parcels.sweep"],
            "options": {"seat": "public", "expires": 60},
        },
        "parcels-nightly": {
            "task": "provinces.fan_out",
            "schedule": 900.0,
            "args": ["parcels.nightly"],
            "options": {"seat": "public", "expires": 900},
        },
        "linkage-sweep": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["linkage.sweep"],
            "options": {"seat": "public", "expires": 60},
        },
        "linkage-remind": {
            "task": "provinces.fan_out",
            "schedule": 900.0,
            "args": ["linkage.remind"],
            "options": {"seat": "public", "expires": 900},
        },
        "clues-ledger-sweep": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["clues.ledger_sweep"],
            "options": {"seat": "public", "expires": 60},
        },
        "notify-sweep": {
            "task": "provinces.fan_out",
            "schedule": 30.0,
            "args": ["notify.sweep"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 30},
        },
        **(
            {
                "door-figures": {
                    "task": "provinces.fan_out",
                    "schedule": 300.0,
                    "args": ["bureau.show_at_door"],
                    "options": {"seat": "public", "expires": 300},
                }
            }
            if demo
            else {}
        ),
        "broker-clock": {
            "task": "provinces.fan_out",
            "schedule": 300.0,
            "args": ["broker.mind_the_clock"],
            "options": {"seat": "public", "expires": 300},
        },
        "seizure-alarms": {
            "task": "provinces.fan_out",
            "schedule": 600.0,
            "args": ["inspections.seizure_alarms"],
            "options": {"seat": "public", "expires": 600},
        },
        "clue-alarms": {
            "task": "provinces.fan_out",
            "schedule": 600.0,
            "args": ["clues.alarms"],
            "options": {"seat": "public", "expires": 600},
        },
        "clue-imports": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["clues.sweep_imports"],
            "options": {"seat": "public", "expires": 60},
        },
        "matching-sweep": {
            "task": "provinces.fan_out",
            "schedule": 600.0,
            "args": ["matching.sweep"],
            "options": {"seat": "public", "expires": 600},
        },
        "matching-find": {"task": "matching.find", "schedule": 60.0, "options": {"seat": "office", "expires": 60}},
        "campaigns-urgent": {
            "task": "provinces.fan_out",
            "schedule": 10.0,
            "args": ["campaigns.mind_urgent"],
            "options": {"seat": "public", "expires": 10},
        },
        "campaigns-actions": {
            "task": "provinces.fan_out",
            "schedule": 15.0,
            "args": ["campaigns.mind_actions"],
            "options": {"seat": "public", "expires": 15},
        },
        "official-letters": {
            "task": "provinces.fan_out",
            "schedule": 30.0,
            "args": ["correspondence.mind"],
            "options": {"seat": "public", "expires": 30},
        },
        "recognition-sweep": {
            "task": "recognition.sweep",
            "schedule": 60.0,
            "options": {"seat": "brands", "expires": 50},
        },
        "recognition-lost": {
            "task": "recognition.lost",
            "schedule": 30.0,
            "options": {"seat": "brands", "expires": 25},
        },
        "recognition-nightly": {
            "task": "recognition.nightly",
            "schedule": crontab(hour=3, minute=20),
            "options": {"seat": "brands", "expires": 3600},
        },
        "recognition-sum-up": {
            "task": "recognition.sum_up",
            "schedule": crontab(hour=1, minute=50),
            "options": {"seat": "brands", "expires": 3600},
        },
        "backups-nightly": {
            "task": "backups.nightly",
            "schedule": crontab(hour=2, minute=10),
            "options": {"seat": "public", "expires": 7200},
        },
        "backups-rehearse": {
            "task": "backups.rehearse_one",
            "schedule": crontab(hour=5, minute=10),
            "options": {"seat": "public", "expires": 7200},
        },
        "opinion-reminders": {
            "task": "provinces.fan_out",
            "schedule": 600.0,
            "args": ["opinions.reminders"],
            "options": {"seat": "public", "expires": 600},
        },
        "sandbox-mind": {
            "task": "runtime.sandbox_mind",
            "schedule": 30.0,
            "options": {"seat": "public", "expires": 25},
        },
        "webhooks-mind": {
            "task": "provinces.fan_out",
            "schedule": 10.0,
            "args": ["webhooks.mind"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 10},
        },
        "webhooks-drop-old": {
            "task": "provinces.fan_out",
            "schedule": crontab(hour=3, minute=40),
            "args": ["webhooks.drop_old"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 3600},
        },
        "retention-nightly": {
            "task": "provinces.fan_out",
            "schedule": crontab(hour=1, minute=10),
            "args": ["retention.nightly"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 3600},
        },
        "retention-go-on": {
            "task": "provinces.fan_out",
            "schedule": 600.0,
            "args": ["retention.go_on"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 600},
        },
        "requests-fill-search-text": {
            "task": "provinces.fan_out",
            "schedule": 300.0,
            "args": ["requests.fill_search_text"],
            "options": {"seat": "public", "expires": 300},
        },
        "bureau-weeks": {
            "task": "provinces.fan_out",
            "schedule": 600.0,
            "args": ["bureau.count_weeks"],
            "options": {"seat": "public", "expires": 600},
        },
        "desk-figures": {
            "task": "desk.count_figures",
            "schedule": 600.0,
            "options": {"seat": "brands", "expires": 600},
        },
        "desk-fill-search-text": {
            "task": "desk.fill_search_text",
            "schedule": 300.0,
            "options": {"seat": "brands", "expires": 300},
        },
        "requests-sweep": {"task": "requests.sweep", "schedule": 20.0, "options": {"seat": "office", "expires": 20}},
        "connections-traffic": {
            "task": "provinces.fan_out",
            "schedule": 15.0,
            "args": ["connections.write_traffic"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 15},
        },
        "connections-sweep": {
            "task": "provinces.fan_out",
            "schedule": 3600.0,
            "args": ["connections.sweep"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 3600},
        },
        "signon-mind": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["signon.mind"],
            "options": {"seat": "public", "expires": 60},
        },
        "usage-keys": {
            "task": "provinces.fan_out",
            "schedule": 3600.0,
            "args": ["usage.keep_keys"],
            "kwargs": {"also": ["brands", "office"]},
            "options": {"seat": "public", "expires": 3600},
        },
        "usage-nightly": {
            "task": "provinces.fan_out",
            "schedule": crontab(hour=2, minute=10),
            "args": ["usage.nightly"],
            "kwargs": {"also": ["brands"]},
            "options": {"seat": "public", "expires": 3600},
        },
        "embedding-sweep": {
            "task": "provinces.fan_out",
            "schedule": 60.0,
            "args": ["embedding.sweep"],
            "options": {"seat": "public", "expires": 60},
        },
    }
