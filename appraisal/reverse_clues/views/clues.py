"""The list, the draft and the page of a clue that was sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.reverse_clues import forms, presenters, selectors, services
from appraisal.reverse_clues.models import ReverseClue
from appraisal.reverse_clues.views.common import PER_PAGE, done, seated
from evidence import kinds
from evidence.store import store
from federation.parties import rights
from federation.parties.selectors import ActingFor
from kernel.errors import BadInput, NotFound404, Problem
from webui.pages import paged

STATES = ("open", "draft", "ended", "all")


@seated
@require_GET
def clues(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Clues of the organisation, and its own numbers."""
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    text = request.GET.get("q", "")
    page = paged(selectors.listed(acting, state=state, text=text), request, PER_PAGE)
    context = {
        "page": page,
        "rows": [{"row": row, "to": presenters.to_whom(row)} for row in page.object_list],
        "state": state,
        "q": text,
        "counts": selectors.counts(acting),
        "figures": selectors.figures(acting),
        "questions": selectors.questions_waiting(acting)[:5],
        "may_report": selectors.may_report(acting),
    }
    return render(request, "reverse_clues/clues.html", context)


@seated
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """An empty draft; the first button pressed saves it."""
    if request.method == "GET":
        return _draft_page(request, acting, None)
    form = forms.ClueForm(request.POST, organisation=acting.organisation)
    if not form.is_valid():
        return _draft_page(request, acting, None, form=form, status=400)
    try:
        clue = services.start(acting=acting, **form.said())
    except Problem as problem:
        messages.error(request, problem.detail)
        return _draft_page(request, acting, None, form=form, status=problem.status)
    return _go_on(request, acting, clue)


@seated
@require_http_methods(["GET", "POST"])
def clue(request: HttpRequest, acting: ActingFor, reverse_clue_id: UUID) -> HttpResponse:
    """One clue: its draft, or what became of it."""
    row = selectors.whole_clue(acting, reverse_clue_id)
    if row.state != ReverseClue.State.DRAFT:
        return _sent(request, acting, row)
    if request.method == "GET":
        return _draft_page(request, acting, row)
    form = forms.ClueForm(request.POST, organisation=acting.organisation, clue=row)
    if not form.is_valid():
        return _draft_page(request, acting, row, form=form, status=400)
    try:
        row = services.write(acting=acting, clue_id=row.pk, **form.said())
    except Problem as problem:
        messages.error(request, problem.detail)
        return _draft_page(request, acting, row, form=form, status=problem.status)
    return _go_on(request, acting, row)


# The draft ------------------------------------------------------------------------------------------------------------


def _draft_page(
    request: HttpRequest, acting: ActingFor, row: ReverseClue | None, *, status: int = 200, **bound: Any
) -> HttpResponse:
    power, refused = None, ""
    try:
        codes = [each.province_code for each in row.addressees.all()] if row else []
        power = rights.power_of(acting, province_codes=codes)
    except Problem as problem:
        refused = problem.detail
    context = {
        "clue": row,
        "form": bound.get("form") or forms.ClueForm(organisation=acting.organisation, clue=row),
        "to_form": bound.get("to_form") or forms.AddresseeForm(),
        "recording_form": bound.get("recording_form") or forms.RecordingForm(),
        "purchase_form": bound.get("purchase_form") or forms.PurchaseForm(),
        "to": presenters.to_whom(row) if row else [],
        "files": presenters.files_shown(row.files.all()) if row else [],
        "purchases": list(row.purchases.all()) if row else [],
        "missing": services.missing(row) if row else [],
        "power": power,
        "power_refused": refused,
        "papers": rights.papers_of(acting.organisation),
        "away": [each.name for each in selectors.provinces() if not each.code],
        "accept": forms.IMAGES,
        "may_report": selectors.may_report(acting),
        "acting_seat": acting,
    }
    return render(request, "reverse_clues/draft.html", context, status=status)


def _go_on(request: HttpRequest, acting: ActingFor, row: ReverseClue) -> HttpResponse:
    """What was typed is saved; now whatever button was pressed."""
    verb, _colon, about = request.POST.get("verb", "save").partition(":")
    if verb == "drop":
        done(request, lambda: services.drop(acting=acting, clue_id=row.pk), _("草稿已作废。"))
        return redirect("reverse_clues:clues")
    bound: dict[str, Any] = {}
    ok = _take(request, acting, row, verb, about, bound)
    if ok and verb == "send":
        ok = done(
            request, lambda: services.send(acting=acting, clue_id=row.pk), _("已提交。机关登记后，编号会显示在这里。")
        )
    if not ok:
        return _draft_page(request, acting, selectors.whole_clue(acting, row.pk), status=400, **bound)
    anchor = {"photos": "#files", "recording": "#files", "purchase": "#purchases", "addressee": "#to"}.get(verb, "")
    response = redirect("reverse_clues:clue", reverse_clue_id=row.pk)
    response["Location"] += anchor
    return response


def _take(
    request: HttpRequest, acting: ActingFor, row: ReverseClue, verb: str, about: str, bound: dict[str, Any]
) -> bool:
    """Everything that hangs on the form beside its text: what was chosen is taken whatever button was pressed."""
    removals = {
        "remove-file": lambda: services.remove_file(acting=acting, file_id=UUID(about)),
        "remove-purchase": lambda: services.remove_purchase(acting=acting, purchase_id=UUID(about)),
        "remove-addressee": lambda: services.remove_addressee(acting=acting, addressee_id=UUID(about)),
    }
    if verb in removals:
        try:
            UUID(about)
        except ValueError:
            raise NotFound404() from None
        return done(request, removals[verb], "")
    ok = _take_files(request, acting, row, verb, bound) and _take_purchase(request, acting, row, verb, bound)
    to_form = forms.AddresseeForm(request.POST)
    if ok and to_form.is_valid() and (to_form.cleaned_data["province_code"] or verb == "addressee"):
        said = to_form.cleaned_data
        ok = done(
            request,
            lambda: services.add_addressee(
                acting=acting,
                clue_id=row.pk,
                province_code=said["province_code"],
                level=said["level"],
                place=said["place"] or row.address_raw,
            ),
            "",
        )
        if not ok:
            bound["to_form"] = to_form
    if ok and verb == "save":
        messages.success(request, _("草稿已保存。"))
    return ok


def _take_files(request: HttpRequest, acting: ActingFor, row: ReverseClue, verb: str, bound: dict[str, Any]) -> bool:
    ok = True
    for file in request.FILES.getlist("photos"):
        ok = ok and done(
            request,
            lambda file=file: services.add_photo(acting=acting, clue_id=row.pk, file=file.file, what=file.name[:120]),  # type: ignore[misc]
            "",
        )
    recording = forms.RecordingForm(request.POST, request.FILES)
    if ok and recording.is_valid():
        file, sha256 = recording.cleaned_data["file"], recording.cleaned_data["sha256"].strip()
        if file or sha256 or verb == "recording":
            ok = done(request, lambda: _recording(acting, row, recording), "")
    elif not recording.is_valid():
        messages.error(request, _("录像一栏有几处没有读懂，请核对。"))
        ok = False
    if not ok:
        bound["recording_form"] = recording
    return ok


def _recording(acting: ActingFor, row: ReverseClue, form: forms.RecordingForm) -> object:
    said, file = form.said(), form.cleaned_data["file"]
    if file:
        return services.add_recording(acting=acting, clue_id=row.pk, file=file.file, file_name=file.name or "", **said)
    if not form.cleaned_data["sha256"].strip():
        raise BadInput(_("请选一个录像文件，或填它的 SHA-256 校验值。"), code="recording_missing")
    return services.name_recording(acting=acting, clue_id=row.pk, sha256=form.cleaned_data["sha256"], **said)


def _take_purchase(request: HttpRequest, acting: ActingFor, row: ReverseClue, verb: str, bound: dict[str, Any]) -> bool:
    form = forms.PurchaseForm(request.POST)
    if not form.is_filled and verb != "purchase":
        return True
    if not form.is_valid():
        messages.error(request, _("购样一栏有几处没有读懂，请核对。"))
        bound["purchase_form"] = form
        return False
    ok = done(request, lambda: services.add_purchase(acting=acting, clue_id=row.pk, **form.cleaned_data), "")
    if not ok:
        bound["purchase_form"] = form
    return ok


# After it was sent ----------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest, acting: ActingFor, row: ReverseClue) -> HttpResponse:
    form, status, bound = forms.SupplementForm(request.POST or None), 200, {}
    if request.method == "POST":
        if form.is_valid() and _supplement(request, acting, row, form, bound):
            return redirect("reverse_clues:clue", reverse_clue_id=row.pk)
        status = 400
        row = selectors.whole_clue(acting, row.pk)
    waiting = [each for each in row.files.all() if each.sent_at is None]
    with_it = [each for each in row.files.all() if each.sent_at and not each.supplement_id and not each.question_id]
    context = {
        "clue": row,
        "basis": row.basis,
        "to": presenters.to_whom(row),
        "files": presenters.files_shown(with_it),
        "waiting": presenters.files_shown(waiting),
        "purchases": [each for each in row.purchases.all() if each.sent_at and not each.supplement_id],
        "waiting_purchases": [each for each in row.purchases.all() if not each.sent_at],
        "supplements": [
            {"row": each, "files": presenters.files_shown(each.files.all()), "purchases": list(each.purchases.all())}
            for each in row.supplements.all()
        ],
        "questions": [
            {"row": question, "to": each} for each in presenters.to_whom(row) for question in each.row.questions.all()
        ],
        "form": form,
        "recording_form": bound.get("recording_form") or forms.RecordingForm(),
        "purchase_form": bound.get("purchase_form") or forms.PurchaseForm(),
        "withdraw_form": forms.WithdrawForm(),
        "accept": forms.IMAGES,
        "may_withdraw": any(each.may_withdraw for each in presenters.to_whom(row)),
        "may_supplement": any(each.row.withdrawn_at is None for each in presenters.to_whom(row)),
    }
    return render(request, "reverse_clues/clue.html", context, status=status)


def _supplement(
    request: HttpRequest, acting: ActingFor, row: ReverseClue, form: forms.SupplementForm, bound: dict[str, Any]
) -> bool:
    verb, _colon, about = request.POST.get("verb", "supplement").partition(":")
    if verb.startswith("remove-"):
        return _take(request, acting, row, verb, about, bound)
    if not (_take_files(request, acting, row, verb, bound) and _take_purchase(request, acting, row, verb, bound)):
        return False
    if verb != "supplement":
        return True
    return done(
        request,
        lambda: services.supplement(acting=acting, clue_id=row.pk, text=form.cleaned_data["text"]),
        _("补充已送出。"),
    )


@seated
@require_POST
def withdraw(request: HttpRequest, acting: ActingFor, reverse_clue_id: UUID) -> HttpResponse:
    """Take it back from all bureaux, or from one."""
    row = selectors.access_clue(acting, reverse_clue_id)
    about = request.POST.get("addressee", "")
    one = next((each.pk for each in row.addressees.all() if str(each.pk) == about), None)
    if about and one is None:
        raise NotFound404()
    done(
        request,
        lambda: services.withdraw(
            acting=acting, clue_id=row.pk, reason=request.POST.get("reason", ""), addressee_id=one
        ),
        _("已告诉机关撤回。是否继续办理由机关依法决定。"),
    )
    return redirect("reverse_clues:clue", reverse_clue_id=row.pk)


@seated
@require_POST
def answer(request: HttpRequest, acting: ActingFor, clue_question_id: UUID) -> HttpResponse:
    """Answer a desk's question."""
    row = selectors.access_question(acting, clue_question_id)
    done(
        request,
        lambda: services.answer(acting=acting, question_id=row.pk, text=request.POST.get("text", "")),
        _("答复已送出。"),
    )
    return redirect("reverse_clues:clue", reverse_clue_id=row.addressee.clue_id)


@seated
@require_GET
def file(request: HttpRequest, acting: ActingFor, reverse_file_id: UUID) -> FileResponse:
    """A recording as it was sealed, to save."""
    row = selectors.access_file(acting, reverse_file_id)
    if row.exhibit is None or not row.exhibit.original_key:
        raise NotFound404()
    response = FileResponse(
        store().open(row.exhibit.original_key, sha256=row.exhibit.sha256),
        content_type=row.media_type,
        filename=kinds.download_name(row.exhibit),
        as_attachment=True,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
