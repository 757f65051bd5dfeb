"""Cases of case systems, and how officers came from there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind, Link

_OWN = _("对接的密钥。")
KINDS = [
    Kind(
        code="embedded_matters",
        title=_("办案系统里的案件"),
        model="embedding.Matter",
        date_of="changed_at",
        parts=(
            "embedding.MatterAlias",
            "embedding.MatterLink",
            "embedding.MatterPhoto",
        ),
        is_case=True,
    ),
    Kind(
        code="launches",
        title=_("从办案系统进入的记录"),
        model="embedding.Launch",
        date_of="at",
        default_days=180,
        least_days=180,
    ),
]
KEPT = {"embedding.LaunchKey": _OWN, "embedding.KeyAddress": _OWN}
LINKS = [Link("embedding.MatterLink", "object_id")]
