"""What the owner of a library decides on the figures page: limits of product groups, and who else it serves."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import at_desk
from appraisal.recognition import selectors
from appraisal.recognition.services import choices, limits
from appraisal.recognition.views.common import done
from kernel.errors import Problem


def _back(anchor: str) -> HttpResponse:
    return redirect(f"{reverse('recognition:figures')}#{anchor}")


@at_desk
@require_POST
def reckon(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Reckon limits anew from what people said of hints so far."""
    try:
        count = len(limits.propose_now(desk=desk))
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        words = ngettext("算出 {n} 条建议，请看下面。", "算出 {n} 条建议，请看下面。", count).format(n=count)
        messages.success(request, words if count else _("已重新计算：现有判断不足以提出新的门槛。"))
    return _back("limits")


@at_desk
@require_POST
def decide_limits(request: HttpRequest, desk: Desk, limits_id: UUID) -> HttpResponse:
    """Take a proposal or not; go back to the engine's own limits."""
    selectors.access_limits(desk, limits_id)
    step = request.POST.get("step", "")
    done(
        request, lambda: limits.decide(desk=desk, limits_id=limits_id, step=step), _("已记下，从现在起的提示按此分档。")
    )
    return _back("limits")


@at_desk
@require_POST
def choose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whether the library answers for photos of other right holders' goods."""
    others = request.POST.get("others", "")
    done(request, lambda: choices.choose(desk=desk, others=others), _("已保存，对今后的比对生效。"))
    return _back("others")
