"""What is overdue in this province, in figures: requests, clues, seizures. Whose and what stands on the bureau's own
pages."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.hints.models import Looked
from appraisal.requests.models import AppraisalRequest
from kernel import clock
from tenants.clues.models import Clue
from tenants.inspections.seizure_models import Seizure
from watching.health import Check, Finding, figure, good, register, worse

OVERDUE = figure("czj_overdue", "Requests, clues and seizures past their term")
REQUESTS = figure("czj_requests_overdue", "Requests for an appraisal past the promised time")
CLUES = figure("czj_clues_overdue", "Clues past their term")
SEIZURES = figure("czj_seizures_overdue", "Seizures that must be reported or released and were not in time")
REQUESTS_OPEN = figure("czj_requests_open", "Requests for an appraisal without an answer")


def _overdue() -> Finding:
    now, states = clock.now(), AppraisalRequest.State
    open_states = (states.SENT, states.NO_ANSWER, states.WORKING, states.SUPPLEMENT, states.PARTLY_ANSWERED)
    open_ = AppraisalRequest.objects.filter(state__in=open_states)
    requests = open_.filter(due_at__lt=now).count()
    clues = Clue.objects.filter(state__in=Clue.OPEN, due_at__lt=now).count()
    held = Q(state=Seizure.State.MUST_RELEASE) | Q(
        state=Seizure.State.URGENT, report_due_at__lt=now, reported_at=None
    )  # fmt: skip
    seizures = Seizure.objects.filter(held).count()
    total = requests + clues + seizures
    figures = {
        OVERDUE: float(total),
        REQUESTS: float(requests),
        CLUES: float(clues),
        SEIZURES: float(seizures),
        REQUESTS_OPEN: float(open_.count()),
    }
    if total:
        sentence = _("超期：申请 {requests} 件，线索 {clues} 条，查封扣押 {seizures} 件。请在首页“超期”里督办。")
        return worse(sentence, figures=figures, requests=requests, clues=clues, seizures=seizures)
    return good(_("没有超期事项"), figures=figures)


def _recognition() -> Finding:
    """When recognition last said anything to this province; it runs at the brands' side."""
    last = Looked.objects.order_by("-at").values_list("at", flat=True).first()
    if last is None:
        return good(_("还没有识假结果"))
    return good(_("最近一次结果：{day}"), day=clock.local_date(last).isoformat())


register(Check("overdue", _("超期事项"), _overdue, ("province",)))
register(Check("recognition_here", _("识假结果"), _recognition, ("province",)))
