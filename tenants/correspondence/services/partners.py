"""协作部门: the list is kept by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from kernel.errors import BadInput, NotAllowed
from tenants.correspondence import selectors
from tenants.correspondence.models import Partner

FIELDS = ("kind", "name", "division_code", "address", "postcode", "phone", "contact_name", "is_active")


@transaction.atomic
def keep(*, by: User, partner_id: UUID | None = None, **values: Any) -> Partner:
    """Add a department, or correct one: dispatchers, leaders, the administrator. Raises BadInput for a namesake."""
    if not selectors.may_keep_partners(by):
        raise NotAllowed()
    row = selectors.partner(partner_id) if partner_id else Partner(made_by=by)
    for name, value in values.items():
        if name not in FIELDS:
            raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=[name])
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if row.kind not in Partner.Kind.values:
        raise BadInput(_("请选择部门类别。"), code="partner_kind_wrong")
    if not row.name:
        raise BadInput(_("请填写部门名称。"), code="partner_name_missing")
    if Partner.objects.filter(name=row.name).exclude(pk=row.pk).exists():
        raise BadInput(_("“{name}”已经在名录里。请直接选用。"), code="partner_known", name=row.name)
    row.save()
    trail.record(row, "keep", by=by)
    return row
