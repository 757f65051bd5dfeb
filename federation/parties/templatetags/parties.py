"""Filters of the parties' pages: `{% load parties %}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from audit.models import Trail
from federation.parties.models import Authorisation, Enrolment, Mandate, Organisation

register = template.Library()


@register.filter
def named(codes: Iterable[str], names: Mapping[str, str]) -> str:
    """`{{ held.territory|named:names }}`: codes by their names, enumerated."""
    return "、".join(names.get(code, code) for code in codes)


_MORE = {
    "create": _("新建"),
    "enrol": _("入驻"),
    "offer": _("发出委托"),
    "authorise": _("登记授权"),
    "appoint": _("任命"),
    "dismiss": _("免去"),
}


@register.filter
def did(line: Trail) -> str:
    """`{{ line|did }}`: what a line of the trail of an application or organisation says was done."""
    verbs = {**_MORE, **Enrolment.VERBS, **Organisation.VERBS, **Mandate.VERBS, **Authorisation.VERBS}
    return str(verbs.get(line.verb, line.verb))
