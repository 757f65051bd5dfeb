"""What beat calls is there to be called, and a call that nobody takes does not pile up."""

from __future__ import annotations

import pytest
from celery import current_app
from django.conf import settings

from config.schedule import schedule
from provinces.tasks import fan_out

BEAT = schedule(demo=True)
SEATS = {"public", "office", "brands", "courier"}


@pytest.mark.parametrize("name", BEAT)
def test_every_call_finds_its_task_and_its_seat_and_is_dropped_in_time(name):
    call = BEAT[name]
    current_app.loader.import_default_modules()
    assert call["task"] in current_app.tasks and set(call.get("args", ())) <= set(current_app.tasks)
    assert call["options"]["seat"] in SEATS and set(call.get("kwargs", {}).get("also", ())) <= SEATS
    every = call["schedule"] if isinstance(call["schedule"], int | float) else 24 * 3600
    assert 0 < call["options"]["expires"] <= every
    assert (call["task"] == fan_out.name) == bool(call.get("args"))


def test_the_figures_of_the_front_door_are_made_in_a_demonstration_only():
    assert set(BEAT) - set(schedule(demo=False)) == {"door-figures"}
    assert schedule(demo=settings.DEMO) == settings.CELERY_BEAT_SCHEDULE
