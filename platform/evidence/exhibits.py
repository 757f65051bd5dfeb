"""What a person changes about an exhibit after it was sealed: only under which legal kind it is filed."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from evidence import custody
from evidence.models import Exhibit
from kernel.errors import BadInput


def file_under(exhibit: Exhibit, legal_kind: str, *, by: User, why: str = "") -> Exhibit:
    """File under another legal kind, with a trail; the same kind again changes nothing. Raises BadInput."""
    if legal_kind not in Exhibit.LegalKind.values:
        raise BadInput(_("证据种类只能选八种法定种类之一。请从列表中选。"), code="legal_kind")
    with transaction.atomic():
        held = Exhibit.objects.select_for_update(of=("self",)).only("pk", "legal_kind").get(pk=exhibit.pk)
        was = held.legal_kind
        if was == legal_kind:
            return exhibit
        Exhibit.objects.filter(pk=exhibit.pk).update(legal_kind=legal_kind)
        trail.record(exhibit, "file_under", by=by, why=why[:500], data={"from": was, "to": legal_kind})
        custody.record(exhibit, custody.Act.RECLASSIFIED, by=by, purpose=why, data={"from": was, "to": legal_kind})
    exhibit.legal_kind = legal_kind
    return exhibit
