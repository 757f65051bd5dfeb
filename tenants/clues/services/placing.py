"""区划: a person says where it is, or puts the text right beside what was written; the address itself stays."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from kernel.errors import BadInput, Conflict
from tenants.clues import routing, selectors
from tenants.clues.models import Clue
from tenants.clues.routing.places import where
from tenants.clues.services.steps import announce

BY_HAND = "by_hand"


@transaction.atomic
def choose_division(*, by: User, clue_id: UUID, code: str) -> Clue:
    """The desk settles the division: from the candidates, or any other. What was read before stays in the trail.

    Raises BadInput for a code that is not in force.
    """
    clue = selectors.clue_to_change(by, clue_id, who="any")
    if clue.state not in Clue.OPEN:
        raise Conflict(_("线索已经办结，不能再改区划。"), code="clue_over")
    place = where(code.strip())
    if not place.code:
        raise BadInput(
            _("没有行政区划代码 {division_code}。请从列表中选择，或核对代码。"),
            code="division_unknown",
            division_code=code,
        )
    before = {"code": clue.division_code, "method": clue.division_method}
    clue.division_code, clue.division_level = place.code, place.level
    clue.division_confidence, clue.division_method = 1.0, BY_HAND
    said = {}
    for name, language in routing.LANGUAGES.items():
        with translation.override(language):
            said[name] = _g("由%(person)s选定为%(place)s。") % {"person": by.display_name, "place": place.name}
    keeps = {key: value for key, value in clue.division_why.items() if key in ("candidates", "places")}
    if code == before["code"]:
        keeps |= {key: clue.division_why.get(key, "") for key in ("township", "township_name", "zone")}
    clue.division_why = {**keeps, **said, "path": place.name}
    own = routing.own_province(clue.desk_unit)
    if place.province == own:
        clue.out_of_province = {}
    elif own:
        clue.out_of_province = {"division_code": place.code, "name": place.name}
    routing.keep(clue, routing.propose(clue), save=False)
    clue.save()
    trail.record(clue, "choose_division", by=by, data={"before": before, "after": place.code})
    announce(clue, "choose_division")
    return clue
