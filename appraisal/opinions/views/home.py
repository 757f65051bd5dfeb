"""What waits, who is waited for, and the letters that came."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import holding, person_of, reader
from accounts.models import Post
from appraisal.opinions import forms, pages, selectors
from appraisal.opinions.looks import chip
from appraisal.opinions.models import Notice, OpinionPolicy
from appraisal.opinions.services import letters, notices
from appraisal.opinions.views.common import step_page
from notify.live import live_cursor
from webui.pages import PER_PAGE, paged, posted

leader = holding(Post.Role.LEADER)


@reader
@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Notices by what they wait for, objections, offers, alerts, and the letters with their states."""
    person, cursor = person_of(request), live_cursor()
    mine = selectors.notices_of(person)
    to_issue = selectors.leader_notices(person)
    context = {
        "to_issue": [pages.notice_row(each) for each in to_issue],
        "to_check": [
            pages.notice_row(each) for each in mine.filter(state=Notice.State.CHECKING).exclude(drafted_by=person)[:30]
        ],
        "drafts": [pages.notice_row(each) for each in mine.filter(state="draft", drafted_by=person)[:30]],
        "waiting": [pages.notice_row(each) for each in selectors.due_notices(person)[:60]],
        "alerts": selectors.alerts_of(person).filter(state="open")[:60],
        "objections": [
            {"row": each, "chip": chip(each)}
            for each in selectors.objections_of(person).filter(state__in=("received", "forwarded", "answered"))[:60]
        ],
        "offers": [pages.offer_row(each) for each in selectors.offers_of(person).filter(state="confirmed")[:30]],
        "page": paged(selectors.letters_of(person).prefetch_related("reviews"), request, PER_PAGE),
        "leads": person.has_role(Post.Role.LEADER),
        "live_cursor": cursor,
    }
    context["rows"] = [pages.letter_row(each) for each in context["page"]]
    return render(request, "opinions/home.html", context)


@leader
@never_cache
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """What holds for all notices of the bureau."""
    known = selectors.policy() or OpinionPolicy()
    initial = {"show_party": known.show_party, "reply_working_days": known.reply_working_days}
    return step_page(
        request,
        forms.PolicyForm(posted(request), initial=initial),
        title=_("通知书的规定"),
        lead=_("由本局局领导决定，对以后拟的通知书有效。"),
        button=_("保存"),
        back=reverse("opinions:home"),
        said=_("已保存。"),
        work=lambda said: notices.set_policy(by=person_of(request), **said),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Say what was done about a matter whose opinion fell."""
    person = person_of(request)
    found = selectors.access_alert(person, alert_id)
    return step_page(
        request,
        forms.WordsForm(posted(request)),
        title=_("意见书失效：%(label)s") % {"label": found.label},
        lead=found.why,
        button=_("记为已处理"),
        back=reverse("opinions:letter", args=[found.letter_id]),
        said=_("已记录。"),
        work=lambda said: letters.handle_alert(by=person, alert_id=alert_id, **said),
    )
