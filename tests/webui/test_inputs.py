"""Days and times stand in the browser's pickers as those read them, whatever the language."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django import forms
from django.utils import translation

from webui.inputs import DayField, MomentField, TimeField

ROOT = Path(__file__).parents[2]
FLOORS = ("platform", "federation", "appraisal", "tenants", "billing_free")


class Visit(forms.Form):
    on = DayField()
    at = MomentField()
    opens = TimeField()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_picker_shows_what_the_form_begins_with_in_every_language(language):
    with translation.override(language):
        begun = {"on": date(2026, 11, 23), "at": datetime(2026, 11, 23, 1, 5, tzinfo=UTC), "opens": time(8, 30)}
        shown = Visit(initial=begun).as_p()
    assert 'type="date"' in shown and 'value="2026-11-23"' in shown
    assert 'type="datetime-local"' in shown and 'value="2026-11-23T09:05"' in shown, "in the country's time"
    assert 'type="time"' in shown and 'value="08:30"' in shown


def test_what_the_picker_sends_is_read_as_it_was_meant():
    sent = Visit({"on": "2026-11-23", "at": "2026-11-23T09:05", "opens": "08:30"})
    assert sent.is_valid(), sent.errors
    assert sent.cleaned_data["at"] == datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
    assert (sent.cleaned_data["on"], sent.cleaned_data["opens"]) == (date(2026, 11, 23), time(8, 30))
    assert set(Visit({"on": "2026-02-30", "at": "gestern", "opens": "25:00"}).errors) == {"on", "at", "opens"}


def test_no_form_brings_a_picker_of_its_own():
    sources = [path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if path.name != "inputs.py"]
    assert len(sources) > 1000
    own = ("forms.DateInput", "forms.DateTimeInput", "forms.TimeInput", "forms.DateField", "forms.DateTimeField")
    assert not [f"{path}: {each}" for path in sources for each in own if each in path.read_text()]
