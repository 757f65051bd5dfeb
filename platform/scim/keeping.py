"""What the directory of people said."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_PEOPLE = _("与人员和单位一一对应，随它们保留。")
KINDS = [
    Kind(code="directory_mismatches", title=_("人员同步的疑问"), model="scim.Mismatch", date_of="last_at"),
    Kind(code="directory_removals", title=_("人员同步的停用"), model="scim.Removal", date_of="decided_at"),
]
KEPT = {f"scim.{name}": _PEOPLE for name in ("Directory", "KnownPerson", "KnownUnit")}
