"""What the sandbox's organisation was asked and answered goes with each reset. Found by name, see `runtime.sandbox`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from appraisal.desk.models import (
    DeskAssistance,
    DeskConsultation,
    DeskOpinion,
    DeskPosting,
    DeskSceneSignature,
    DeskTask,
    DeskVerdict,
    DeskWithdrawal,
)
from federation.letters.addressees import SANDBOX_ORGANISATION


def clear(stage: Any) -> None:
    """Delete tasks with all that hangs on them, as the owner. What another app keeps of one keeps it too."""
    with stage.owner(), suppress(ProtectedError), transaction.atomic():
        tasks = DeskTask.objects.filter(organisation_id=SANDBOX_ORGANISATION)
        opinions = DeskOpinion.objects.filter(task__in=tasks)
        DeskWithdrawal.objects.filter(verdict__opinion__in=opinions).delete()
        verdicts = DeskVerdict.objects.filter(opinion__in=opinions)
        verdicts.exclude(supersedes=None).delete()
        verdicts.delete()
        opinions.delete()
        DeskSceneSignature.objects.filter(task__in=tasks).delete()
        for rows in (DeskPosting, DeskAssistance, DeskConsultation):
            rows.objects.filter(organisation_id=SANDBOX_ORGANISATION).delete()
        tasks.delete()
