"""The nightly backup, and the look whether there is one."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from backups import selectors, services
from backups.errors import AlreadyRunning
from backups.models import Backup
from kernel.errors import Problem
from provinces import context

log = logging.getLogger(__name__)


@shared_task(name="backups.nightly")  # type: ignore[untyped-decorator]
def nightly() -> str:
    """Write a backup of all to BACKUP_PLACE, then take away what no generation needs. Nothing where no place is set."""
    if not settings.BACKUP_PLACE:
        return ""
    with context.seat(None):
        try:
            made = services.back_up(None, place=settings.BACKUP_PLACE, say=log.info, kind=Backup.Kind.NIGHTLY)
            services.prune(settings.BACKUP_PLACE, say=log.info)
        except AlreadyRunning:
            return "running"
        except Problem as problem:
            log.error("no backup tonight: %s", problem.code)
            return problem.code
    return made.name if made else ""


@shared_task(name="backups.rehearse_one")  # type: ignore[untyped-decorator]
def rehearse_one() -> str:
    """Rehearse the province whose last rehearsal is the longest ago: each comes by in turn, one a night."""
    if not settings.BACKUP_PLACE:
        return ""
    with context.seat(None):
        code = selectors.next_to_rehearse()
        if code:
            try:
                return str(services.rehearse(code, place=settings.BACKUP_PLACE, say=log.info).state)
            except Problem as problem:
                log.error("no rehearsal of %s: %s", code, problem.code)
                return problem.code
    return ""
