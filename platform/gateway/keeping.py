"""Answers kept for repeated calls go after a day; tokens stay as the trail names them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

KINDS = [
    Kind(
        code="api_replays",
        title=_("接口重复调用的应答"),
        model="gateway.IdempotencyKey",
        date_of="created_at",
        default_days=1,
        note=_("应答里可能有案件内容，一天后不再需要。"),
    )
]
KEPT = {
    "gateway.ApiToken": _("只存令牌的摘要，停用后用来说明当时是谁在调用。"),
    "gateway.OldCall": _("只记哪个接口还有人用，不含内容。"),
}
