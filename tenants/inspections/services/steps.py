"""What every service of an inspection does: one change, one version, one event."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from kernel import clock
from kernel.errors import Conflict, NotAllowed
from kernel.text import squeeze
from notify import live
from tenants.inspections.errors import CertificateLapsed, CertificateMissing
from tenants.inspections.models import Inspection

State = Inspection.State
OPEN = frozenset({State.OPENED, State.UNDERWAY})


def changed(inspection: Inspection, kind: str, *, by: int = 1) -> int:
    """Count a change of a locked inspection and tell the phones, with ids and the version alone. Returns the version.

    by: how many versions the change takes, one an operation.
    """
    inspection.version += by
    Inspection.objects.filter(pk=inspection.pk).update(version=inspection.version)
    live.publish([topic(inspection.pk), "inspections"], kind, {"id": str(inspection.pk), "version": inspection.version})
    return inspection.version


def topic(inspection_id: UUID) -> str:
    """What phones on one inspection listen to."""
    return f"inspection:{inspection_id}"


def require_open(inspection: Inspection) -> None:
    """Raises Conflict `inspection_closed` once it was closed, signed or cancelled."""
    if inspection.state not in OPEN:
        raise Conflict(
            _("检查已是“{state_name}”，不能再改。需要补记，请先重新打开。"),
            code="inspection_closed",
            state=inspection.state,
            state_name=State(inspection.state).label,
        )


def certificate_of(person: User, *, on: date | None = None) -> tuple[str, date]:
    """Number and last valid day of an officer's certificate, if it is valid on that day (today).

    Raises NotAllowed, CertificateMissing, CertificateLapsed.
    """
    if not person.has_role(Post.Role.OFFICER) or not person.is_active:
        raise NotAllowed()
    number = normal(person.officer_cert_no or "")
    if not number or person.officer_cert_until is None:
        raise CertificateMissing(name=person.display_name)
    if person.officer_cert_until < (on or clock.today()):
        raise CertificateLapsed(name=person.display_name, until=person.officer_cert_until)
    return number, person.officer_cert_until


def normal(certificate_no: str) -> str:
    """A certificate number so that two spellings of one are the same."""
    return squeeze(certificate_no).upper()
