"""Referrals to the police go with their case (`cases`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Link

_OWN = _("对接的设置。")
KEPT = {"linkage.LinkageSetting": _OWN, "linkage.Mapping": _OWN}
LINKS = [Link("linkage.Reminder", "record_id", keeps=False)]
