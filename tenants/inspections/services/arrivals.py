"""People of right holders on the premises: they said so on their own phones, and their authority was checked there."""

from __future__ import annotations

from appraisal.requests.models import Appointment, AppraisalRequest, Opinion, SceneSignature
from kernel import clock
from tenants.inspections.models import Inspection, Lot, PresentPerson
from tenants.inspections.services.steps import OPEN, changed


def on_arrival(request: AppraisalRequest, appointment: Appointment) -> None:
    """Somebody of the right holder is there: one more person present, once. Called by `requests`."""
    inspection = _inspection(request)
    if inspection is None:
        return
    known = inspection.persons.filter(organisation_id=request.organisation_id, name=appointment.who).exists()
    if not known and inspection.state in OPEN:
        PresentPerson.objects.create(
            inspection=inspection,
            role=PresentPerson.Role.RIGHT_HOLDER,
            name=appointment.who,
            duty=request.organisation_name[:60],
            note=appointment.note[:200],
            organisation_id=request.organisation_id,
            request_id=request.pk,
            arrived_at=appointment.meet_at or clock.now(),
        )
    changed(inspection, "persons")


def on_site_verdicts(request: AppraisalRequest, opinion: Opinion) -> None:
    """Who gave a verdict with the goods at hand stands there with the authority printed on it. Called by `requests`."""
    if not opinion.on_site:
        return
    people = PresentPerson.objects.filter(inspection__site=request.site_id, organisation_id=request.organisation_id)
    people.filter(request_id=request.pk).update(authority=opinion.authority)


def on_signature(request: AppraisalRequest, signed: SceneSignature) -> None:
    """Verdicts were signed on the premises: the phones and the day's page say so. Called by `requests`."""
    inspection = _inspection(request)
    if inspection is None:
        return
    version = changed(inspection, "verdict")
    Lot.objects.filter(inspection=inspection, questions__item__request=request).update(version=version)


def _inspection(request: AppraisalRequest) -> Inspection | None:
    return Inspection.objects.select_for_update(of=("self",)).filter(site=request.site_id).first()
