"""One round of the copy of this seat."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from oversight import alarms
from oversight.copying import places, targets
from oversight.models import Copy
from provinces.context import required

log = logging.getLogger(__name__)


def run() -> int:
    """Send what is new to where the operator said, and tell people of a receiver that stays away. Returns how many."""
    try:
        target = targets.target(settings.AUDIT_COPY, settings.S3)
    except (ImproperlyConfigured, OSError) as error:
        log.critical("the trail is not copied: %s", error)
        return 0
    if target is None:
        return 0
    try:
        return places.round_of(required().name, target)
    except targets.CopyFailed as error:
        log.warning("the copy of the trail waits: %s", error)
        alarms.behind(Copy.objects.get(seat=required().name), str(error))
        return 0
