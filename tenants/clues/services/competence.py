"""管辖规则: laid down, ended, mended from the coverage check in one step. Every rule has a first and a last day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from divisions.models import Township
from kernel import clock
from kernel.errors import BadInput, NotAllowed
from kernel.ids import uuid7
from tenants.clues import selectors
from tenants.clues.models import ClueTerms, Competence
from tenants.clues.routing.places import known

TERM_FIELDS = {"sign_days": 30, "assess_days": 30, "dispute_days": 30, "learn_after": 50}
"""What a bureau may set for itself, and the most of each."""


@transaction.atomic
def lay_down(
    *,
    by: User,
    unit_id: UUID,
    matter: str = Competence.Matter.ALL,
    division_code: str = "",
    zone: str = "",
    under_id: UUID | None = None,
    officer_id: UUID | None = None,
    note: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    basis: str = Competence.Basis.LAID_DOWN,
) -> Competence:
    """A rule from `valid_from` (today) on. An older one for the same place and matter ends the day before.

    Raises NotAllowed, NotFound404, BadInput.
    """
    unit = selectors.unit_or_404(unit_id)
    _may_rule(by, unit.pk)
    code, zone = division_code.strip(), zone.strip()
    if sum(map(bool, (code, zone, under_id))) != 1:
        raise BadInput(_("请填一个范围：行政区划、开发区，或某个单位的辖区。"), code="competence_place_wrong")
    if code and not known(code) and not Township.objects.filter(code=code, valid_to=None).exists():
        raise BadInput(
            _("没有行政区划代码 {division_code}。请从列表中选择，或核对代码。"),
            code="division_unknown",
            division_code=code,
        )
    if matter not in Competence.Matter.values:
        raise BadInput(_("请从列表中选择事项。"), code="matter_unknown")
    begin = valid_from or clock.today()
    if valid_until is not None and valid_until < begin:
        raise BadInput(_("失效日期不能早于生效日期。"), code="competence_dates_wrong")
    under = selectors.unit_or_404(under_id) if under_id else None
    officer = selectors.officers_of_unit(unit.pk).filter(pk=officer_id).first() if officer_id else None
    if officer_id and officer is None:
        raise BadInput(_("承办人要是这个单位在岗的执法人员。"), code="officer_elsewhere")
    for old in Competence.objects.select_for_update().filter(
        division_code=code, zone=zone, under=under, matter=matter, valid_until=None, valid_from__lt=begin
    ):
        _end(old, begin - timedelta(days=1), by)
    Competence.objects.filter(
        division_code=code, zone=zone, under=under, matter=matter, valid_until=None, valid_from=begin
    ).update(valid_until=begin - timedelta(days=1))
    rule = Competence.objects.create(
        pk=uuid7(),
        division_code=code,
        zone=zone,
        under=under,
        matter=matter,
        unit=unit,
        officer=officer,
        basis=basis,
        note=note.strip()[:200],
        valid_from=begin,
        valid_until=valid_until,
        made_by=by,
    )
    trail.record(rule, "lay_down", by=by, data={"basis": basis})
    return rule


@transaction.atomic
def mend(*, by: User, division_code: str, matters: list[str], unit_id: UUID) -> list[Competence]:
    """One step from the coverage check: this unit answers for these matters of this division."""
    wanted = [Competence.Matter.ALL.value] if "all" in matters else matters
    return [
        lay_down(by=by, unit_id=unit_id, matter=each, division_code=division_code, basis=Competence.Basis.MENDED)
        for each in wanted
    ]


@transaction.atomic
def renew(*, by: User, rule_id: UUID, division_code: str) -> Competence:
    """A rule on a division of the past moves to the one that took its place."""
    old = selectors.competence(by, rule_id)
    made = lay_down(
        by=by,
        unit_id=old.unit_id,
        matter=old.matter,
        division_code=division_code,
        officer_id=old.officer_id,
        note=old.note,
        basis=Competence.Basis.MENDED,
    )
    _end(old, clock.today() - timedelta(days=1), by)
    return made


@transaction.atomic
def end_rule(*, by: User, rule_id: UUID) -> Competence:
    """A rule ends with yesterday: the tree of units counts again from now on."""
    rule = selectors.competence(by, rule_id)
    _may_rule(by, rule.unit_id)
    return _end(rule, clock.today() - timedelta(days=1), by)


def _end(rule: Competence, last_day: date, by: User) -> Competence:
    rule.valid_until = last_day
    rule.save(update_fields=["valid_until"])
    trail.record(rule, "end", by=by)
    return rule


def _may_rule(by: User, unit_id: UUID) -> None:
    if not selectors.may_set_competence(by):
        raise NotAllowed()
    ruled = selectors.ruled_unit_ids(by)
    if ruled is not None and unit_id not in ruled:
        raise NotAllowed(_("您只能为自己管理的单位设定管辖。请联系上级或系统管理员。"), code="unit_not_yours")


@transaction.atomic
def set_terms(*, by: User, **values: Any) -> ClueTerms:
    """The bureau's own terms, in working days. By the administrator, a dispatcher or a leader of the whole bureau."""
    if not selectors.may_set_competence(by):
        raise NotAllowed()
    row = ClueTerms.objects.select_for_update().first() or ClueTerms()
    before = {name: getattr(row, name) for name in TERM_FIELDS}
    for name, value in values.items():
        if name not in TERM_FIELDS or not 1 <= int(value) <= TERM_FIELDS[name]:
            raise BadInput(
                _("期限要在 1 到 {most} 之间。"), code="terms_wrong", field=name, most=TERM_FIELDS.get(name, 30)
            )
        setattr(row, name, int(value))
    row.changed_at = clock.now()
    row.save()
    trail.record(row, "set_terms", by=by, data={"before": before, "after": {n: getattr(row, n) for n in TERM_FIELDS}})
    return row
