"""Fields for days and times, taken and shown by the browser's own pickers.

A picker reads what stands in it in one form only (ISO 8601), whatever the language of the page: in the form of the
language it would stand empty.
"""

from __future__ import annotations

from typing import Any

from django import forms

_DAY = "%Y-%m-%d"
_TIME = "%H:%M"
_MOMENT = f"{_DAY}T{_TIME}"


class DayInput(forms.DateInput):
    """A day. For forms that are made from a model; others take `DayField`."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format=_DAY)


class TimeInput(forms.TimeInput):
    """A time of day, to the minute."""

    input_type = "time"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format=_TIME)


class MomentInput(forms.DateTimeInput):
    """A day and a time in the country's time, to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format=_MOMENT)


class DayField(forms.DateField):
    """A day, as a `date`."""

    widget = DayInput


class TimeField(forms.TimeField):
    """A time of day, as a `time`."""

    widget = TimeInput


class MomentField(forms.DateTimeField):
    """A moment, as an aware `datetime`; what is typed is the country's time."""

    widget = MomentInput
