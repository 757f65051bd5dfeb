"""Pages of telling the party, and of objections as the bureau sees them."""

from __future__ import annotations

from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import officer, person_of, reader
from accounts.selectors import may_write
from appraisal.opinions import forms, hooks, selectors
from appraisal.opinions.looks import chip
from appraisal.opinions.models import Objection
from appraisal.opinions.papers import TELLING, objection_address
from appraisal.opinions.services import objections
from appraisal.opinions.views.common import new_id, step_page
from evidence.models import Exhibit
from evidence.store import photo_url
from kernel import clock
from papers import presenters as papers
from webui.pages import posted


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, held_letter_id: UUID) -> HttpResponse:
    """The party was told of the opinion."""
    person = person_of(request)
    found = selectors.access_letter(person, held_letter_id)
    initial = {
        "party_name": hooks.ground_of(found.request).party_name,
        "told_at": timezone.localtime(clock.now(), clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
    }
    return step_page(
        request,
        forms.TellForm(posted(request), initial=initial),
        title=_("告知当事人"),
        lead=_("记下怎样告知的。之后生成告知书和二维码，当事人用手机可以提交异议和材料。"),
        button=_("记录"),
        back=reverse("opinions:letter", args=[held_letter_id]),
        work=lambda said: objections.tell_party(by=person, held_id=held_letter_id, telling_id=new_id(request), **said),
        on_to=lambda made: reverse("opinions:telling", args=[made.pk]),
    )


@reader
@never_cache
@require_GET
def telling(request: HttpRequest, telling_id: UUID) -> HttpResponse:
    """The QR for the party, and the paper to hand over."""
    person = person_of(request)
    found = selectors.access_telling(person, telling_id)
    address = objection_address(found.pk)
    context = {
        "telling": found,
        "letter": found.letter,
        "address": address,
        "qr": segno.make(address, error="m", micro=False).svg_data_uri(border=2, scale=8),
        "offers": papers.offers(TELLING, found.pk),
        "matter_id": found.pk,
        "may_make": may_write(person, found.letter.request.unit_id),
        "back_url": reverse("opinions:letter", args=[found.letter_id]),
    }
    return render(request, "opinions/telling.html", context)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def write_down(request: HttpRequest, held_letter_id: UUID) -> HttpResponse:
    """What the party said to an officer."""
    person = person_of(request)
    selectors.access_letter(person, held_letter_id)
    return step_page(
        request,
        forms.ObjectionForm(posted(request)),
        title=_("代录异议"),
        lead=_("当事人当面或书面提出的异议，照原意写下。纸质材料请拍照放入申请的证据。"),
        button=_("记录"),
        back=reverse("opinions:letter", args=[held_letter_id]),
        work=lambda said: objections.write_down(
            by=person, held_id=held_letter_id, objection_id=new_id(request), **said
        ),
        on_to=lambda made: reverse("opinions:objection", args=[made.pk]),
    )


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, objection_id: UUID) -> HttpResponse:
    """One objection with its papers and answer."""
    person = person_of(request)
    found = selectors.access_objection(person, objection_id)
    acts = may_write(person, found.letter.request.unit_id)
    shown = [
        {
            "from_brand": each.from_brand,
            "name": each.exhibit.title or _("照片"),
            "url": photo_url(each.exhibit_id, "view") if each.exhibit.view_key else "",
            "thumb_url": photo_url(each.exhibit_id, "thumb") if each.exhibit.view_key else "",
            "state": "" if each.exhibit.state == Exhibit.State.READY else each.exhibit.get_state_display(),
            "exhibit_url": reverse("exhibits:exhibit", args=[each.exhibit_id]),
            "digest": each.exhibit.sha256,
        }
        for each in found.files.select_related("exhibit")
    ]
    context = {
        "objection": found,
        "letter": found.letter,
        "chip": chip(found),
        "papers": [each for each in shown if not each["from_brand"]],
        "answers": [each for each in shown if each["from_brand"]],
        "may_forward": acts and found.state == Objection.State.RECEIVED,
        "may_decide": (acts or selectors.heads(person, found.letter.request.unit_id))
        and found.state in (Objection.State.RECEIVED, Objection.State.ANSWERED),
        "back_url": reverse("opinions:letter", args=[found.letter_id]),
    }
    return render(request, "opinions/objection.html", context)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def forward(request: HttpRequest, objection_id: UUID) -> HttpResponse:
    """To the right holder, with the papers the officer chose."""
    person = person_of(request)
    found = selectors.access_objection(person, objection_id)
    rows = list(found.files.filter(from_brand=False).select_related("exhibit"))
    choices = [(str(each.exhibit_id), _("第 %(n)s 张") % {"n": n}) for n, each in enumerate(rows, start=1)]
    form = forms.ForwardForm(posted(request), choices=choices, initial={"file_ids": [each for each, _w in choices]})
    return step_page(
        request,
        form,
        title=_("转权利人答复"),
        lead=_("权利人须在 %(days)s 个工作日内答复。") % {"days": objections.ANSWER_WORKING_DAYS},
        back=reverse("opinions:objection", args=[objection_id]),
        work=lambda said: objections.forward(
            by=person, objection_id=objection_id, file_ids=[UUID(each) for each in said.get("file_ids", [])]
        ),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, objection_id: UUID) -> HttpResponse:
    """Whether it is well founded."""
    person = person_of(request)
    selectors.access_objection(person, objection_id)
    return step_page(
        request,
        forms.DecideForm(posted(request)),
        title=_("处理异议"),
        lead=_("认定不成立，要等权利人答复之后。处理完之前，有关案件不能结案。"),
        back=reverse("opinions:objection", args=[objection_id]),
        work=lambda said: objections.decide(
            by=person, objection_id=objection_id, uphold=said["uphold"] == "yes", words=said["words"]
        ),
    )
