"""What every page knows without being told."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

#: Which rail the desk page shows, by kind of host.
DESK_AREAS = {"province": "bureau", "superior": "superior", "brands": "desk", "office": "office"}


def _url(name: str, request: HttpRequest) -> str:
    try:
        return reverse(name, urlconf=getattr(request, "urlconf", None))
    except NoReverseMatch:
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: whose pages these are, which navigation, where to sign out, where live tickets come from.

    Reads `request.host` (set from the Host header) without knowing its type; error pages may have none. A view
    that gives one of these names itself wins.
    """
    host = getattr(request, "host", None)
    kind = host.seat.kind if host else ""
    titles = {"brands": _("品牌企业"), "office": _("省际协作办公室")}
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    return {
        "bureau_title": titles.get(kind) or getattr(host, "title", ""),
        "desk_area": DESK_AREAS.get(getattr(host, "pages", kind), "desk"),
        "sign_out_url": _url("account_logout", request) if signed_in else "",
        "standing_url": _url("accounts:standing", request),
        "live_ticket_url": _url("notify:ticket", request) if signed_in else "",
    }
