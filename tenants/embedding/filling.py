"""What a matter knows of the forms an officer meets: place, party, what it is about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tenants.embedding import framing, selectors
from tenants.embedding.models import Matter


def matter_of(request: HttpRequest) -> Matter | None:
    """The matter that this page was opened for."""
    mark = framing.mark_of(request)
    return selectors.known(mark.matter_id) if mark is not None else None


def known(request: HttpRequest, form: str) -> dict[str, Any]:
    """For `webui.prefill`: nothing at the front door."""
    filler = _FORMS.get(form)
    matter = matter_of(request) if filler is not None else None
    return filler(matter) if filler is not None and matter is not None else {}


def _where(matter: Matter) -> str:
    return matter.place or str(matter.party.get("address") or "")


def _place(matter: Matter) -> dict[str, Any]:
    return {"county_code": matter.county_code, "place": _where(matter)}


def _clue(matter: Matter) -> dict[str, Any]:
    goods = matter.goods[0] if matter.goods else {}
    return {
        "content": matter.title,
        "address_raw": _where(matter),
        "subject_name": matter.party_name,
        "subject_code": matter.party.get("uscc"),
        "brand_name": goods.get("brand"),
        "product_name": goods.get("name"),
    }


def _entity(matter: Matter) -> dict[str, Any]:
    return {"name": matter.party_name, "uscc": matter.party.get("uscc"), "address": _where(matter)}


def _letter(matter: Matter) -> dict[str, Any]:
    return {"title": matter.title, "summary": matter.title and f"{matter.case_number} {matter.title}"}


_FORMS = {
    "requests:check": _place,
    "inspections:new": _place,
    "inspections:entity": _entity,
    "clue_intake:new": _clue,
    "correspondence:edit": _letter,
}
