"""Pages of letters that are held."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import officer, person_of, reader
from accounts.models import Post
from accounts.selectors import may_write
from appraisal.opinions import files, forms, pages, selectors
from appraisal.opinions.looks import chip
from appraisal.opinions.models import HeldLetter, Mailing
from appraisal.opinions.services import letters
from appraisal.opinions.views.common import REFUSALS, keep_photo, step_page
from evidence import custody
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from notify.live import live_cursor
from webui.pages import posted, turn_back

EXAM_MODES = {"photo": _("照片辨认"), "physical": _("实物辨认"), "on_site": _("现场辨认")}
STANDINGS = {
    "in_force": pgettext_lazy("trademark", "有效"),
    "under_renewal": _("续展办理中"),
    "lapsed": _("已过有效期"),
    "unknown": _("有效期未登记"),
}


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, held_letter_id: UUID) -> HttpResponse:
    """Everything about one letter: what it says, its original, the review, the party, who relied on it."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.whole_letter(person, held_letter_id)
    acts = may_write(person, found.request.unit_id)
    reviews = list(found.reviews.all())
    context = {
        "letter": found,
        "chip": chip(found),
        "items": list(found.items.all()),
        "marks": [{**each, "words": STANDINGS.get(each.get("standing", ""), "")} for each in found.trademarks],
        "exam_mode": EXAM_MODES.get(found.exam_mode, found.exam_mode),
        "mailings": [{"row": each, "chip": chip(each)} for each in found.mailings.all()],
        "returns": list(found.returns.all()),
        "open_return": selectors.open_return(found),
        "reviews": [{"row": each, "chip": chip(each)} for each in reviews],
        "may_review": found.state in HeldLetter.STANDING
        and (acts or selectors.heads(person, found.request.unit_id))
        and not any(each.state == "accepted" for each in reviews),
        "review_open": next((each for each in reviews if each.state == "open"), None),
        "objections": [{"row": each, "chip": chip(each)} for each in found.objections.all()],
        "offers": [pages.offer_row(each) for each in found.offers.all()],
        "opposite": selectors.opposite_items(found),
        "may_write": acts,
        "may_annex": acts or person.has_role(Post.Role.LEADER),
        "stands": found.state in HeldLetter.STANDING,
        "live_cursor": cursor,
        "back_url": reverse("requests:detail", args=[found.request_id]),
    }
    return render(request, "opinions/letter.html", context)


@reader
@never_cache
@require_GET
def file(request: HttpRequest, held_letter_id: UUID, what: str) -> HttpResponse:
    """The PDF, or the annex that is for the bureau only: read by its officers and leaders, and noted in the custody."""
    person = person_of(request)
    found = selectors.access_letter(person, held_letter_id)
    acts = may_write(person, found.request.unit_id) or person.has_role(Post.Role.LEADER)
    exhibit = {"letter": found.pdf, "annex": found.annex}.get(what)
    if exhibit is None:
        raise NotFound404()
    if what == "annex" and not acts:
        raise NotAllowed()
    purpose = str(_("查看辨认意见书")) if what == "letter" else str(_("查看仅供办案的附件"))
    custody.record(exhibit, custody.Act.ORIGINAL_READ, by=person, purpose=purpose)
    response = HttpResponse(files.bytes_of(exhibit), content_type=files.PDF)
    response["Content-Disposition"] = f'inline; filename="{what}-{found.check_code or found.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@reader
@require_POST
def verify(request: HttpRequest, held_letter_id: UUID) -> HttpResponse:
    """Look at the signed file anew."""
    here = reverse("opinions:letter", args=[held_letter_id])
    try:
        found = letters.verify(by=person_of(request), held_id=held_letter_id)
    except REFUSALS as problem:
        return turn_back(request, problem, here)
    if found.verified.get("sound"):
        messages.success(request, str(_("签名验证通过，文件未被改动。")))
    else:
        messages.error(request, str(_("签名验证没有通过：文件可能被改动过，或证书不受信任。不能采信，请退回。")))
    return redirect(here)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, mailing_id: UUID) -> HttpResponse:
    """The signed original is here."""
    person = person_of(request)
    mailing = selectors.access_mailing(person, mailing_id)
    return step_page(
        request,
        forms.ReceiveForm(posted(request), request.FILES or None, initial={"received_on": clock.today()}),
        title=_("签收原件"),
        lead=f"{mailing.courier} {mailing.waybill_no}",
        multipart=True,
        back=reverse("opinions:letter", args=[mailing.letter_id]),
        said=_("已签收，对方会看到。"),
        work=lambda said: letters.receive_original(
            by=person,
            mailing_id=mailing_id,
            received_on=said["received_on"],
            check_code=said["check_code"],
            scan_id=keep_photo(said["photo"], person),
        ),
    )


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, held_letter_id: UUID) -> HttpResponse:
    """The original or the scan goes back with the reason."""
    person = person_of(request)
    found = selectors.access_letter(person, held_letter_id)
    mailing = found.mailings.filter(state__in=(Mailing.State.SENT, Mailing.State.RECEIVED)).order_by("-sent_on").first()
    return step_page(
        request,
        forms.ReturnForm(posted(request)),
        title=_("退回意见书"),
        lead=_("写明原因，由出具单位补正。合格的到之前，核查期限继续暂停。"),
        seal=True,
        back=reverse("opinions:letter", args=[held_letter_id]),
        said=_("已退回，对方会看到原因。"),
        work=lambda said: letters.give_back(
            by=person, held_id=held_letter_id, mailing_id=mailing.pk if mailing else None, **said
        ),
    )
