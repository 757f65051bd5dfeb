"""What templates of matching need."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def number(numbers: Mapping[str, int], key: str) -> int:
    """`{{ numbers|number:find.province_code }}`: the number that stands for a name."""
    return numbers.get(key, 0)
