"""Filters of the office's figures."""

from django import template

from federation.office.sheets import share

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """`{{ row.on_time_share|percent }}`: 0.873 as 87%."""
    return share(value)
