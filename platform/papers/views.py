"""Pages of papers: look, download, sign, scan back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from accounts.models import User
from evidence import services as evidence
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from notify.live import live_cursor
from papers import forms, presenters, selectors, services
from papers.models import PaperFile
from webui import signatures
from webui.pages import posted, show_page, turn_back

REFUSALS = (BadInput, Conflict, NotAllowed)
MEDIA_TYPES = {
    PaperFile.Format.PDF: "application/pdf",
    PaperFile.Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@reader
@never_cache
@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """Papers that wait for one's signature, the latest, and a field for the code on a paper in hand."""
    person = person_of(request)
    code = request.GET.get("code", "").strip()
    if code:
        try:
            return redirect("papers:detail", selectors.paper_by_code(person, code).pk)
        except NotFound404:
            messages.error(request, _("没有这个校验码的文书，或您无权查看。请核对纸上每页下方的校验码。"))
    waiting = [(each, presenters.chip(each)) for each in selectors.waiting_for(person)]
    latest = [(each, presenters.chip(each)) for each in selectors.papers_of(person).defer("content")[:30]]
    return render(request, "papers/list.html", {"waiting": waiting, "latest": latest, "code": code})


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One paper: what it says, who has signed, and what can be done now."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.whole_paper(person, paper_id)
    context = {**presenters.context(found, person), "live_cursor": cursor, "back_url": back_of(found)}
    return render(request, "papers/paper.html", context)


def back_of(paper: Any) -> str:
    """The page of what a paper is about, else the list."""
    names = {
        "inspection": "seizures:measures",
        "seizure": "seizures:detail",
        "proposal": "cases:proposal",
        "notice": "opinions:notice",
        "telling": "opinions:telling",
    }
    name = names.get(paper.matter_kind)
    return reverse(name, args=[paper.matter_id]) if name else reverse("papers:list")


@reader
@require_POST
def make(request: HttpRequest, kind: str, about_id: UUID) -> HttpResponse:
    """Make a paper of what the records say now, and show it."""
    try:
        paper = services.make(by=person_of(request), kind=kind, matter_id=about_id)
    except REFUSALS as problem:
        return turn_back(request, problem, _came_from(request))
    return redirect("papers:detail", paper.pk)


def _came_from(request: HttpRequest) -> str:
    """The page of this host that the form stood on."""
    path = request.POST.get("back", "")
    return path if path.startswith("/") and not path.startswith("//") and "\\" not in path else reverse("papers:list")


@reader
@never_cache
@require_GET
def file(request: HttpRequest, paper_id: UUID, file_format: str) -> HttpResponse:
    """The paper as PDF or Word; while a worker makes it, back to its page."""
    found = selectors.access_paper(person_of(request), paper_id)
    kept = services.file_of(found, file_format)
    if kept is None:
        messages.info(request, _("文书较长，正在制作，完成后会自动出现。"))
        return redirect("papers:detail", paper_id)
    return file_response(found.title, found.check_code, kept)


def file_response(title: str, check_code: str, kept: PaperFile) -> HttpResponse:
    """The bytes with a name to keep them by."""
    response = HttpResponse(bytes(kept.data), content_type=MEDIA_TYPES[PaperFile.Format(kept.format)])
    name = f"{title.replace('/', '-')} {check_code}.{kept.format}"
    from django.utils.http import content_disposition_header

    response["Content-Disposition"] = content_disposition_header(kept.format != "pdf", name)
    return response


@reader
@require_POST
def sign(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One signature on one page; then the next page."""
    here = reverse("papers:detail", args=[paper_id])
    person = person_of(request)
    try:
        paper = selectors.access_paper(person, paper_id)
        signed = signatures.read(request.POST, "signature", signs=paper.content_sha256)
        if signed is None:
            raise BadInput(_("还没有签名，请在框内签全名。"), code="signature_missing")
        services.sign(
            by=person,
            paper_id=paper_id,
            place=_number(request.POST.get("place", "")),
            page=_number(request.POST.get("page", "")),
            signed=signed,
        )
    except REFUSALS as problem:
        return turn_back(request, problem, here)
    messages.success(request, _("已签名。"))
    return redirect(here)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


Work = Callable[[User, UUID, int, dict[str, Any]], Any]


def _step(
    request: HttpRequest, paper_id: UUID, form_class: type[django_forms.Form], words: dict[str, Any], work: Work
) -> HttpResponse:
    """A page with one form that does one thing to one paper."""
    person = person_of(request)
    found = selectors.access_paper(person, paper_id)
    if not selectors.may_handle(person, found):
        raise NotAllowed()
    form = form_class(posted(request), request.FILES or None, initial=words.pop("initial", None))
    here = reverse("papers:detail", args=[paper_id])
    context = {"form": form, "back_url": here, **words}
    if request.method == "POST" and form.is_valid():
        try:
            work(person, paper_id, _number(request.GET.get("place", "")), form.cleaned_data)
        except REFUSALS as problem:
            return show_page(request, "papers/step.html", context, problem)
        return redirect(here)
    return show_page(request, "papers/step.html", context)


@reader
@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Somebody refuses to sign or is not there."""
    words = {
        "title": _("拒签或不在场"),
        "lead": _("当事人拒绝签名或不在场时，写明原因，由见证人见证。"),
        "button": _("记录"),
    }
    return _step(
        request,
        paper_id,
        forms.AbsenceForm,
        words,
        lambda by, pk, place, said: services.note_absence(by=by, paper_id=pk, place=place, **said),
    )


@reader
@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """A page that was signed on paper comes back as a photo."""
    words = {
        "title": _("纸上签名，拍照交回"),
        "lead": _("打印后在纸上逐页签名，再逐页拍照。照片原样封存，按校验码归到这份文书。"),
        "button": _("交回这一页"),
        "multipart": True,
        "initial": {"page": _number(request.GET.get("page", "1"))},
    }
    return _step(request, paper_id, forms.ScanForm, words, _keep_scan)


def _keep_scan(by: User, paper_id: UUID, place: int, said: dict[str, Any]) -> None:
    if selectors.paper_by_code(by, said["check_code"]).pk != paper_id:
        raise BadInput(_("校验码是另一份文书的。请核对手里的纸。"), code="code_of_another")
    photo = said["photo"]
    digest = hashlib.sha256()
    for chunk in photo.chunks():
        digest.update(chunk)
    exhibit = evidence.receive(
        photo.file, declared_sha256=digest.hexdigest(), captured_at=clock.now(), source="camera", by=by
    )
    services.bind_scan(by=by, check_code=said["check_code"], page=said["page"], exhibit_id=exhibit.pk)


@reader
@require_http_methods(["GET", "POST"])
def deliver(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The paper was printed or given to somebody."""
    words = {
        "title": _("打印或送出"),
        "lead": _("记下这份文书怎样送出、交给了谁。"),
        "button": _("记录"),
    }
    return _step(
        request,
        paper_id,
        forms.DeliveryForm,
        words,
        lambda by, pk, _place, said: services.deliver(by=by, paper_id=pk, **said),
    )


@reader
@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The paper is taken out of use."""
    words = {
        "title": _("作废文书"),
        "lead": _("作废的文书仍然留存，注明原因；需要时重新制作。"),
        "button": _("作废"),
        "seal": True,
    }
    return _step(
        request,
        paper_id,
        forms.VoidForm,
        words,
        lambda by, pk, _place, said: services.void(by=by, paper_id=pk, **said),
    )
