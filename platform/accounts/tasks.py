"""Background work about people."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.imports import jobs
from accounts.models import Session


@shared_task
def run_import(job_id: str) -> None:
    """Do one confirmed import."""
    jobs.run(job_id=job_id)


@shared_task
def clear_expired_sessions() -> None:
    """Delete sessions whose time is over, this seat's schema only."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
