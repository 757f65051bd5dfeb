"""Which caption of the demonstration's guide suits a request's page and a task's page now."""

from __future__ import annotations

from django.http import HttpRequest

from appraisal.desk.models import DeskTask
from appraisal.requests.models import AppraisalRequest

SENT, DESK, ANSWERED = 5, 6, 7


def of_request(request: HttpRequest) -> int:
    """On the officer's page of a request: wait for the brand, or see the verdict."""
    assert request.resolver_match is not None
    states = AppraisalRequest.objects.filter(pk=request.resolver_match.kwargs["request_id"]).values_list("state")
    return ANSWERED if (AppraisalRequest.State.ANSWERED,) in states else SENT


def of_task(request: HttpRequest) -> int:
    """On the appraiser's page of a task: answer it, or go back to the officer's window."""
    assert request.resolver_match is not None
    states = DeskTask.objects.filter(pk=request.resolver_match.kwargs["task_id"]).values_list("state")
    return ANSWERED if (DeskTask.State.ANSWERED,) in states else DESK
