"""How long the operator's own records are kept: for ever. See `kernel.keeping`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_DONE = _("证明运维做过什么、由谁经办。")
_BASE = _("平台运行所必需的登记。")

KEPT = {
    "operations.Procedure": _DONE,
    "operations.Step": _DONE,
    "provinces.ClosedProvince": _DONE,
    "provinces.SchemaVersion": _BASE,
    "provinces.LoginGeneration": _BASE,
}
