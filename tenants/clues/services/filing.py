"""已立案: a clue that ends with a case names it, one kept here or one of the bureau's own case-handling system."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import BadInput
from tenants.cases.models import Case
from tenants.clues import selectors
from tenants.clues.models import Clue, ClueMatter

_SHORTEST = 4


def named(clue: Clue, by: User, case_ids: Sequence[UUID], outside_number: str) -> tuple[list[Case], str]:
    """The cases and the number outside that an ending names. A number that is a case here is that case; where nothing
    is said and one case grew from the clue, it is that one.

    Raises BadInput `case_missing`, `case_not_of_clue`, `outside_number_wrong`.
    """
    grown = selectors.cases_grown_from(by, clue)
    number = " ".join(outside_number.split())
    if not case_ids and not number and len(grown) == 1:
        return grown, ""
    by_id = {each.pk: each for each in grown}
    if set(case_ids) - by_id.keys():
        raise BadInput(
            _("选的案件不是从这条线索的检查或申请立的。请重新选择，或填写办案系统的案号。"), code="case_not_of_clue"
        )
    cases = [by_id[pk] for pk in dict.fromkeys(case_ids)]
    if number:
        here = selectors.case_numbered(by, number)
        if here is not None:
            cases, number = list({each.pk: each for each in (*cases, here)}.values()), ""
        elif len(number) < _SHORTEST or len(number) > Clue._meta.get_field("outside_number").max_length:
            raise BadInput(_("案号不完整。请照立案审批表填写。"), code="outside_number_wrong")
    if not cases and not number:
        raise BadInput(_("处置是“已立案”，请选择由这条线索立的案件，或填写办案系统的案号。"), code="case_missing")
    return cases, number


def link(clue: Clue, cases: Sequence[Case]) -> None:
    """Keep the cases beside the clue, each once."""
    for case in cases:
        ClueMatter.objects.get_or_create(clue=clue, kind=ClueMatter.Kind.CASE, record_id=case.pk)
