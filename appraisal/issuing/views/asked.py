"""What bureaux sent: notices, sealed samples, objections, recognition; and how the organisation signs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.desk import selectors as desks
from appraisal.desk.words import VERDICT_LABELS
from appraisal.issuing import forms, presenters, selectors, services
from appraisal.issuing.health import SOON
from appraisal.issuing.models import Notice, Objection, ReuseOffer, Sample
from appraisal.issuing.views.common import PER_PAGE, done, photos_in, seated
from evidence.store import photo_url, store
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, NotFound404
from papers.trust import is_demonstration
from webui.pages import paged


def _province(code: str) -> str:
    return desks.province_names().get(code, code)


@seated
@require_GET
def notices(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Notices to the organisation, by the day they are due."""
    page = paged(selectors.notices_of(acting), request, PER_PAGE)
    open_in = (Notice.State.RECEIVED, Notice.State.WORKING)
    rows = presenters.lines(page.object_list, presenters.NOTICES, open_in=open_in)
    context = {"page": page, "rows": sorted(rows, key=lambda each: not each.open), "counts": selectors.counts(acting)}
    return render(request, "issuing/notices.html", context)


@seated
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, acting: ActingFor, opinion_notice_id: UUID) -> HttpResponse:
    """One notice; POST returns it with the reason."""
    row = selectors.access_notice(acting, opinion_notice_id)
    if request.method == "POST":
        step, reason = request.POST.get("step", ""), request.POST.get("reason", "")[:1000]
        done(
            request,
            lambda: services.return_notice(acting=acting, notice_id=row.pk, step=step, reason=reason),
            _("已退回通知书，机关会看到原因。"),
        )
        return redirect("issuing:notice", opinion_notice_id=row.pk)
    tone, shape = presenters.NOTICES[Notice.State(row.state)]
    context = {
        "row": row,
        "said": row.said,
        "tone": tone,
        "shape": shape,
        "province": _province(row.province_code),
        "open": row.state in Notice.MOVES["return"][0],
        "letters": presenters.lines(row.letters.exclude(state="dropped"), presenters.LETTERS),
        "steps": [("flawed", _("有误，请更正")), ("not_ours", _("不是本单位的商品")), ("declined", _("不出具意见"))],
    }
    return render(request, "issuing/notice.html", context)


@seated
@require_GET
def notice_file(request: HttpRequest, acting: ActingFor, opinion_notice_id: UUID) -> FileResponse:
    """The notice as the bureau issued it."""
    row = selectors.access_notice(acting, opinion_notice_id)
    if not row.paper_key:
        raise NotFound404()
    return FileResponse(
        store().open(row.paper_key, sha256=row.said["pdf_sha256"]),
        content_type="application/pdf",
        filename=f"{row.document_no}.pdf",
        as_attachment=True,
    )


@seated
@require_GET
def samples(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Sealed samples, newest first."""
    page = paged(selectors.samples_of(acting), request, PER_PAGE)
    rows = presenters.lines(page.object_list, presenters.SAMPLES, open_in=(Sample.State.SENT,))
    return render(request, "issuing/samples.html", {"page": page, "rows": rows, "counts": selectors.counts(acting)})


@seated
@require_http_methods(["GET", "POST"])
def sample(request: HttpRequest, acting: ActingFor, sealed_sample_id: UUID) -> HttpResponse:
    """One sample, and the next step of it with photos."""
    row = selectors.access_sample(acting, sealed_sample_id)
    form = forms.SampleForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            done(request, lambda: _sample_step(request, acting, row, form.cleaned_data), _("已记录，机关会看到。"))
        else:
            messages.error(request, _("有几处没有读懂，请核对。"))
        return redirect("issuing:sample", sealed_sample_id=row.pk)
    tone, shape = presenters.SAMPLES[Sample.State(row.state)]
    events = [
        {
            "row": event,
            "photos": [photo_url(photo.exhibit_id, "view") for photo in event.photos.all()],
            "thumbs": [photo_url(photo.exhibit_id, "thumb") for photo in event.photos.all()],
        }
        for event in row.events.prefetch_related("photos")
    ]
    context = {
        "row": row,
        "tone": tone,
        "shape": shape,
        "province": _province(row.province_code),
        "events": events,
        "form": forms.SampleForm(initial={"sent_on": clock.today()}),
        "step": {"sent": "receive", "received": "open", "opened": "return"}.get(row.state, ""),
    }
    return render(request, "issuing/sample.html", context)


def _sample_step(request: HttpRequest, acting: ActingFor, row: Sample, said: dict[str, Any]) -> object:
    step = request.POST.get("step", "")
    photos = photos_in(request, acting)
    if step == "receive":
        return services.receive_sample(
            acting=acting, sample_id=row.pk, seal_no_found=said["seal_no"], unbroken=said["unbroken"],
            remark=said["remark"], photos=photos,
        )  # fmt: skip
    if step == "open":
        return services.open_sample(
            acting=acting, sample_id=row.pk, witnesses=said["witnesses"], remark=said["remark"], photos=photos
        )
    if step == "return":
        return services.return_sample(
            acting=acting, sample_id=row.pk, seal_no=said["seal_no"], courier=said["courier"],
            waybill_no=said["waybill_no"], sent_on=clock.at_start(said["sent_on"] or clock.today()),
            remark=said["remark"], photos=photos,
        )  # fmt: skip
    raise BadInput(_("没有这一步，请刷新页面。"), code="step_unknown")


@seated
@require_GET
def objections(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Objections to letters, by the day an answer is due."""
    page = paged(selectors.objections_of(acting), request, PER_PAGE)
    rows = presenters.lines(page.object_list, presenters.OBJECTIONS, open_in=(Objection.State.WAITING,))
    context = {"page": page, "rows": sorted(rows, key=lambda each: not each.open), "counts": selectors.counts(acting)}
    return render(request, "issuing/objections.html", context)


@seated
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, acting: ActingFor, objection_id: UUID) -> HttpResponse:
    """One objection and the answer to it."""
    row = selectors.access_objection(acting, objection_id)
    form = forms.ObjectionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        files = [(data["file"].name, data["file"])] if data["file"] else []
        if done(
            request,
            lambda: services.answer_objection(
                acting=acting, objection_id=row.pk, outcome=data["outcome"], text=data["text"], files=files
            ),
            _("已答复，机关会转告当事人。"),
        ):
            return redirect("issuing:objection", objection_id=row.pk)
    tone, shape = presenters.OBJECTIONS[Objection.State(row.state)]
    context = {
        "row": row,
        "form": form,
        "tone": tone,
        "shape": shape,
        "province": _province(row.province_code),
        "open": row.state == Objection.State.WAITING,
        "may_answer": acting.has(Membership.Role.APPRAISER),
    }
    return render(request, "issuing/objection.html", context, status=400 if request.method == "POST" else 200)


@seated
@require_GET
def objection_file(request: HttpRequest, acting: ActingFor, objection_id: UUID, what: str) -> FileResponse:
    """A paper that came with an objection, to save. what: n1 for the first, and so on."""
    row = selectors.access_objection(acting, objection_id)
    kept = {f"n{place}": each for place, each in enumerate(row.files, start=1)}.get(what)
    if kept is None:
        raise NotFound404()
    response = FileResponse(
        store().open(kept["object_key"], sha256=kept["sha256"]),
        content_type=kept["media_type"],
        filename=kept["what"],
        as_attachment=True,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@seated
@require_GET
def reuses(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Letters offered for requests of others, newest first."""
    page = paged(selectors.offers_of(acting), request, PER_PAGE)
    rows = presenters.lines(page.object_list, presenters.OFFERS, open_in=(ReuseOffer.State.PROPOSED,))
    return render(request, "issuing/reuses.html", {"page": page, "rows": rows, "counts": selectors.counts(acting)})


@seated
@require_http_methods(["GET", "POST"])
def reuse(request: HttpRequest, acting: ActingFor, reuse_id: UUID) -> HttpResponse:
    """One offer: confirm with one tap, or decline with the reason."""
    row = selectors.access_offer(acting, reuse_id)
    if request.method == "POST":
        if request.POST.get("verb") == "decline":
            reason = request.POST.get("reason", "")[:1000]
            done(
                request,
                lambda: services.decline(acting=acting, offer_id=row.pk, reason=reason),
                _("已告诉对方：不重用，另行辨认。"),
            )
        else:
            done(
                request,
                lambda: services.confirm(acting=acting, offer_id=row.pk),
                _("已确认。意见书已送到对方机关，由其审查后决定是否采用。"),
            )
        return redirect("issuing:reuse", reuse_id=row.pk)
    tone, shape = presenters.OFFERS.get(ReuseOffer.State(row.state), ("neutral", "cross"))
    context = {
        "row": row,
        "tone": tone,
        "shape": shape,
        "pairs": [
            {
                "row": pair,
                "there": [photo_url(p.exhibit_id, "thumb") for p in pair.item.photos.all()][:4],
                "before": [photo_url(p.exhibit_id, "thumb") for p in pair.letter_item.item.photos.all()][:4],
                "label": VERDICT_LABELS[pair.letter_item.verdict.value],
            }
            for pair in row.items.all()
        ],
        "open": row.state == ReuseOffer.State.PROPOSED,
        "may_decide": acting.has(Membership.Role.APPRAISER),
        "province": _province(row.task.province_code),
    }
    return render(request, "issuing/reuse.html", context)


@seated
@require_http_methods(["GET", "POST"])
def signing(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Rules of the organisation, and certificates for signing."""
    if request.method == "POST":
        _signing_step(request, acting)
        return redirect("issuing:signing")
    rules = services.settings_of(acting.organisation)
    names = ("number_word", "address", "needs_legal", "needs_seal")
    context = {
        "rules": rules,
        "rules_form": forms.RulesForm(initial={name: getattr(rules, name) for name in names}),
        "certificate_form": forms.CertificateForm(),
        "certificates": selectors.certificates_of(acting),
        "may_rule": acting.has(Membership.Role.BRAND_ADMIN) and acting.via is None,
        "may_sign": acting.has(Membership.Role.APPRAISER),
        "demonstration": is_demonstration(),
        "now": clock.now(),
        "soon": clock.now() + SOON,
    }
    return render(request, "issuing/signing.html", context)


def _signing_step(request: HttpRequest, acting: ActingFor) -> None:
    step = request.POST.get("step", "")
    if step == "rules":
        rules = forms.RulesForm(request.POST)
        if rules.is_valid():
            done(request, lambda: services.set_rules(acting=acting, **rules.cleaned_data), _("已保存。"))
            return
    elif step == "demonstration":
        done(request, lambda: services.issue_demonstration(acting=acting), _("演示证书已签发，可以签名了。"))
        return
    elif step == "certificate":
        form = forms.CertificateForm(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data["file"].read(), form.cleaned_data["passphrase"]
            done(
                request,
                lambda: services.add_certificate(acting=acting, pkcs12=data[0], passphrase=data[1]),
                _("证书已登记。"),
            )
            return
    messages.error(request, _("有几处没有填好，请核对后再试。"))


@seated
@require_POST
def retire_certificate(request: HttpRequest, acting: ActingFor, certificate_id: UUID) -> HttpResponse:
    """One's own certificate is taken out of use."""
    row = selectors.access_certificate(acting, certificate_id)
    done(request, lambda: services.retire_certificate(acting=acting, certificate_id=row.pk), _("证书已停用。"))
    return redirect("issuing:signing")
