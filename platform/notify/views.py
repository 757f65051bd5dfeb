"""A person's notices, and tickets for event streams."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.standing import in_good_standing
from kernel.errors import NotFound404
from notify import live, selectors, services
from notify.models import ChannelName
from provinces.context import required
from webui.pages import paged

PER_PAGE = 30
ALSO = 5


@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """A ticket for this page's event stream: `{url, ticket, cursor}`. also: other streams the page asks for."""
    person_id, parties = "", [live.DOOR] if settings.DEMO and required().kind == "public" else []
    if request.user.is_authenticated and in_good_standing(request.user.pk):
        person_id, parties = str(request.user.pk), live.parties_of(request.user) or parties
    if not parties:
        raise NotFound404()
    also = list(dict.fromkeys(request.GET.getlist("also")))[:ALSO]
    for name in also:
        live.open_also(request, name)
    parties = [*parties, *also]
    answer = JsonResponse(live.make_ticket(request, person_id=person_id, parties=parties))
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """All notices of the person who asks."""
    page = paged(selectors.notices_of(request.user), request, PER_PAGE)
    return render(
        request, "notify/notices.html", {"page": page, "frame": frame(), "unread": selectors.unread(request.user)}
    )


@login_required
@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """The number of unread notices, as a fragment."""
    return render(request, "notify/_bell.html", {"unread": selectors.unread(request.user)})


@login_required
@require_POST
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark one notice as read and go where it leads."""
    notice = selectors.access_notice(request.user, notice_id)
    services.mark_read(user_id=request.user.pk, notice_ids=[notice.pk])
    inside = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if inside else "notify:notices")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    services.mark_read(user_id=request.user.pk)
    return redirect("notify:notices")


@login_required
@require_http_methods(["GET", "POST"])
def robots(request: HttpRequest) -> HttpResponse:
    """The group robots of this bureau or of the office: set, try, remove."""
    if not selectors.may_set_robots(request):
        raise NotFound404()
    owner, name = required().name, request.POST.get("name", "")
    if request.method == "POST" and name in selectors.ROBOTS:
        label, step = ChannelName(name).label, request.POST.get("step")
        if step == "set":
            services.set_robot(owner=owner, name=name, url=request.POST.get("url", "").strip(), by=request.user)
            messages.success(request, _("{label}机器人已保存。").format(label=label))
        elif step == "remove":
            services.remove_robot(owner=owner, name=name, by=request.user)
            messages.success(request, _("{label}机器人已移除。").format(label=label))
        elif step == "try" and services.try_robot(owner=owner, name=name):
            messages.success(request, _("{label}机器人已收下测试消息，请到群里查看。").format(label=label))
        else:
            messages.error(request, _("{label}机器人没有收下测试消息。请核对地址，或稍后再试。").format(label=label))
        return redirect("notify:robots")
    return render(request, "notify/robots.html", {"robots": selectors.robots()})


def frame() -> str:
    """The frame of this host's pages: officers have the phone's, the others the desk's."""
    return "webui/phone.html" if required().kind == "province" else "webui/desk.html"
