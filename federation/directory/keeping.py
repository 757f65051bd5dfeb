"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("公开的单位名录。")
KEPT = {"directory.Entry": _WHY}
