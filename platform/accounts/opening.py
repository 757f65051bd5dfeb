"""A new province's first rows of people: the bureau itself as the top unit, and its three administrators.

Found by name, see `operations.parts`.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts import services
from accounts.models import Unit, User
from audit.trail import Actor

CONSOLE = Actor(None, "控制台")


def open_province(new: Any) -> str:
    """Make what is missing; nobody is changed who is there. Says what was made."""
    lines = []
    top = Unit.objects.filter(code=new.code).first()
    if top is None:
        top = services.create_unit(
            by=CONSOLE,
            code=new.code,
            name=new.title,
            kind=Unit.Kind.PROVINCIAL_BUREAU,
            division_code=new.division_code,
            agency_word=new.agency_word,
        )
        lines.append(_("单位：{name}").format(name=top.name))
    for person in new.people:
        if not User.objects.filter(username=person.username).exists():
            services.create_person(
                by=CONSOLE,
                username=person.username,
                name=person.name,
                unit=top,
                roles=(person.role,),
                phone=person.phone,
            )
            lines.append(f"{person.role}: {person.username} {person.name}")
    return "\n".join(lines)
