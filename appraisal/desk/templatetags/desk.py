"""Filters of the desk's templates."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def named(names: Mapping[str, str], code: str) -> str:
    """`{{ provinces|named:row.province_code }}`: the name of a code, or the code itself."""
    return names.get(code, code)
