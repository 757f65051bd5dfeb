"""Which caption of the demonstration's guide suits a request's page and the desk's pages now."""

from __future__ import annotations

from django.http import HttpRequest

from appraisal.desk.models import DeskTask
from appraisal.requests.models import AppraisalRequest
from runtime.door import guide

SENT, DESK, ANSWERED = 5, 6, 7


def of_request(request: HttpRequest) -> int:
    """On the officer's page of a request: wait for the brand, or see the verdict."""
    assert request.resolver_match is not None
    states = AppraisalRequest.objects.filter(pk=request.resolver_match.kwargs["request_id"]).values_list("state")
    return ANSWERED if (AppraisalRequest.State.ANSWERED,) in states else SENT


def of_desk(request: HttpRequest) -> int:
    """At the desk: answer, or, once this person has answered something, go back to the officer's window."""
    since = guide.began(request)
    done = since and DeskTask.objects.filter(claimed_by_id=request.user.pk, answered_at__gt=since).exists()
    return ANSWERED if done else DESK
