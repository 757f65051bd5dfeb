"""Letters: the list, the page of one, every step on it, its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.issuing import forms, presenters, selectors, services
from appraisal.issuing.models import OpinionLetter
from appraisal.issuing.views.common import PER_PAGE, done, seated
from evidence.store import store
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, NotFound404, Problem
from webui.pages import paged, uuid_or_none


@seated
@require_GET
def letters(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Letters of the organisation, those that wait first."""
    state, text = request.GET.get("state", "open"), request.GET.get("q", "").strip()[:80]
    rows = selectors.listed(acting, state=state, text=text)
    page = paged(rows, request, PER_PAGE)
    context = {
        "page": page,
        "rows": presenters.lines(page.object_list, presenters.LETTERS),
        "counts": selectors.counts(acting),
        "state": state,
        "q": text,
        "tabs": [
            ("open", _("办理中")), ("formal", _("正式")), ("over", _("已撤回或换发")), ("all", _("全部"))
        ],
    }  # fmt: skip
    return render(request, "issuing/letters.html" + ("#rows" if request.headers.get("X-Live") else ""), context)


@seated
@require_POST
def make(request: HttpRequest, acting: ActingFor, task_id: UUID) -> HttpResponse:
    """One tap: a draft from the verdicts of a task."""
    chosen = [found for text in request.POST.getlist("item") if (found := uuid_or_none(text))]
    try:
        letter = services.make(
            acting=acting, task_id=task_id, item_ids=chosen, letter_id=uuid_or_none(request.POST.get("key", ""))
        )
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect("desk:task", task_id=task_id)
    return redirect("issuing:letter", letter_id=letter.pk)


@seated
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, acting: ActingFor, letter_id: UUID) -> HttpResponse:
    """One letter. POST writes the draft; a script asks for the part with the gate only."""
    row = selectors.whole_letter(acting, letter_id)
    draft = forms.DraftForm(row, request.POST) if request.method == "POST" else None
    status = 200
    if draft is not None:
        status = _write(request, acting, row, draft)
        if status == 200 and not request.headers.get("HX-Request"):
            return redirect("issuing:letter", letter_id=letter_id)
        if status == 200:
            row, draft = selectors.whole_letter(acting, letter_id), None
    context = presenters.letter_context(acting, row)
    if context["may_write"]:
        context["draft"] = draft or forms.DraftForm(row)
    context["mail_form"] = forms.MailForm(initial={"sent_on": clock.today()})
    context["scan_form"] = forms.ScanForm()
    part = "#gate" if request.headers.get("HX-Request") else "#all" if request.headers.get("X-Live") else ""
    return render(request, f"issuing/letter.html{part}", context, status=status)


def _write(request: HttpRequest, acting: ActingFor, row: OpinionLetter, draft: forms.DraftForm) -> int:
    """Keep what was written. Returns the status of the answer."""
    if not draft.is_valid():
        messages.error(request, "　".join(draft.errors) or _("有几处没有读懂，请核对。"))
        return 400
    try:
        services.write(acting=acting, letter_id=row.pk, **draft.said())
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return problem.status
    if not request.headers.get("HX-Request"):
        messages.success(request, _("已保存。"))
    return 200


Step = Callable[[HttpRequest, ActingFor, UUID], object]


def _said(request: HttpRequest, name: str, most: int = 1000) -> str:
    return request.POST.get(name, "").strip()[:most]


def _row(request: HttpRequest) -> UUID:
    found = uuid_or_none(request.POST.get("row", ""))
    if found is None:
        raise NotFound404()
    return found


def _mail(request: HttpRequest, acting: ActingFor, letter_id: UUID) -> object:
    form = forms.MailForm(request.POST)
    if not form.is_valid():
        selectors.access_letter(acting, letter_id)
        raise _refused(form)
    said = form.cleaned_data | {"sent_on": clock.at_start(form.cleaned_data["sent_on"])}
    return services.mail(acting=acting, letter_id=letter_id, **said)


def _scan(request: HttpRequest, acting: ActingFor, letter_id: UUID) -> object:
    form = forms.ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        selectors.access_letter(acting, letter_id)
        raise _refused(form)
    return services.bind_scan(
        acting=acting, letter_id=letter_id, file=form.cleaned_data["file"], code=form.cleaned_data["code"]
    )


def _refused(form: Any) -> Problem:
    words = "　".join(f"{form.fields[name].label}：{each}" for name, found in form.errors.items() for each in found)
    return BadInput(words, code="form_incomplete")


STEPS: dict[str, tuple[Step, Any]] = {
    "submit": (lambda r, a, pk: services.submit(acting=a, letter_id=pk), _lazy("已送出。")),
    "approve": (
        lambda r, a, pk: services.approve(acting=a, letter_id=pk, kind=_said(r, "kind", 10)),
        _lazy("已同意。"),
    ),
    "send-back": (
        lambda r, a, pk: services.send_back(
            acting=a, letter_id=pk, kind=_said(r, "kind", 10), reason=_said(r, "reason", 500)
        ),
        _lazy("已退回修改。"),
    ),
    "revise": (
        lambda r, a, pk: services.revise(acting=a, letter_id=pk, reason=_said(r, "reason", 500)),
        _lazy("已退回草稿。"),
    ),
    "sign": (
        lambda r, a, pk: services.issue(acting=a, letter_id=pk, passphrase=r.POST.get("passphrase", "")[:200]),
        _lazy("已签名。"),
    ),
    "withdraw": (
        lambda r, a, pk: services.withdraw(acting=a, letter_id=pk, reason=_said(r, "reason")),
        _lazy("意见书已撤回，持有它的机关会收到通知。"),
    ),
    "drop": (
        lambda r, a, pk: services.drop(acting=a, letter_id=pk, reason=_said(r, "reason", 500)),
        _lazy("草稿已作废。"),
    ),
    "take-over": (lambda r, a, pk: services.take_over(acting=a, letter_id=pk), _lazy("由您接办，将由您签名。")),
    "decide-mark": (
        lambda r, a, pk: services.decide_mark(
            acting=a,
            letter_id=pk,
            mark_id=_row(r),
            standing=_said(r, "standing", 20),
            words=_said(r, "note", 300),
        ),
        _lazy("已记下对商标有效期的说明。"),
    ),
    "refresh": (
        lambda r, a, pk: services.refresh_item(acting=a, letter_id=pk, row_id=_row(r)),
        _lazy("已换成现在的结论。"),
    ),
    "leave-out": (lambda r, a, pk: services.leave_out(acting=a, letter_id=pk, row_id=_row(r)), _lazy("已移出这一件。")),
    "mail": (_mail, _lazy("已登记寄送，机关会看到运单号。")),
    "scan": (_scan, _lazy("扫描件已和意见书对应，机关会收到。")),
}


@seated
@require_POST
def take_step(request: HttpRequest, acting: ActingFor, letter_id: UUID, step: str) -> HttpResponse:
    """A step on a letter: done or refused in plain words, then back to it."""
    if step not in STEPS:
        raise NotFound404()
    act, words = STEPS[step]
    done(request, lambda: act(request, acting, letter_id), str(words))
    if step == "drop":
        return redirect("issuing:letters")
    return redirect("issuing:letter", letter_id=letter_id)


@seated
@require_POST
def renew(request: HttpRequest, acting: ActingFor, letter_id: UUID) -> HttpResponse:
    """Draft the next version."""
    try:
        new = services.new_version(acting=acting, letter_id=letter_id, reason=_said(request, "reason", 500))
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect("issuing:letter", letter_id=letter_id)
    messages.success(request, _("新版草稿已建好。签发后，旧版自动换下，持有旧版的机关会收到通知。"))
    return redirect("issuing:letter", letter_id=new.pk)


@seated
@require_POST
def mailing_failed(request: HttpRequest, acting: ActingFor, mailing_id: UUID) -> HttpResponse:
    """The original did not arrive."""
    row = selectors.access_mailing(acting, mailing_id)
    words = _("已登记未送达。请登记新的寄送，旧单号会保留。")
    done(request, lambda: services.fail(acting=acting, mailing_id=row.pk, reason=_said(request, "reason", 500)), words)
    return redirect("issuing:letter", letter_id=row.letter_id)


_SUFFIX = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@seated
@require_GET
def file(request: HttpRequest, acting: ActingFor, letter_id: UUID, what: str) -> FileResponse:
    """A file of a letter, to save: paper, annex, scan."""
    found = selectors.letter_file(acting, letter_id, what)
    name = f"{found.letter.number}.{_SUFFIX[found.media_type]}"
    response = FileResponse(
        store().open(found.object_key, sha256=found.sha256),
        content_type=found.media_type,
        filename=name,
        as_attachment=True,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
