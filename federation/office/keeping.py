"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("对办理质量的评分，不含案件内容。")
KEPT = {"office.Rating": _WHY}
