"""What became of a matter, as structured evidence: one frozen format, whichever way it goes back.

`chazhenjia.result/1`. A field is never taken away or given another meaning; new ones may come. Times are RFC 3339, UTC;
digests lower-case hexadecimal.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from appraisal.opinions.selectors import standing_letters
from appraisal.requests import selectors as requests
from appraisal.requests.models import AppraisalRequest, RequestItem
from audit import keys
from kernel import clock
from kernel.canonical import canonical_json
from provinces.context import required
from tenants.clues.models import Clue
from tenants.correspondence.models import OfficialLetter
from tenants.embedding import selectors
from tenants.embedding.models import Matter, MatterLink

FORMAT = "chazhenjia.result/1"
Kind = MatterLink.Kind


def _at(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


def result_of(matter: Matter) -> dict[str, Any]:
    """Everything asked under a case number, with what was answered. Complete once `answered` is true."""
    asked = list(_requests(matter))
    shown = [_request(each) for each in asked]
    clues = Clue.objects.filter(pk__in=selectors.linked(matter, Kind.CLUE)).order_by("pk")
    letters = OfficialLetter.objects.filter(pk__in=selectors.linked(matter, Kind.LETTER)).order_by("pk")
    return {
        "format": FORMAT,
        "matter": str(matter.pk),
        "kind": matter.kind,
        "case_number": matter.case_number,
        "previous_numbers": [each.number for each in matter.aliases.all()],
        "case_id": matter.external_id,
        "province": required().name,
        "conflict": matter.conflict,
        "answered": bool(shown) and all(each["answered_at"] or each["state"] in _OVER for each in shown),
        "changed_at": _at(matter.changed_at),
        "requests": shown,
        "opinions": [_letter(each) for each in _letters(asked)],
        "photos": [
            {"sha256": each.sha256, "name": each.name, "state": each.state, "reason": each.why}
            for each in matter.photos.all()
        ],
        "clues": [{"id": str(each.pk), "number": each.number, "state": each.state} for each in clues],
        "letters": [
            {"id": str(each.pk), "document_no": each.document_no, "title": each.title, "state": each.state}
            for each in letters
        ],
    }


_OVER = {AppraisalRequest.State.CANCELLED, AppraisalRequest.State.UNSERVED}


def _requests(matter: Matter) -> Any:
    sites = selectors.linked(matter, Kind.SITE)
    rows = AppraisalRequest.objects.filter(site_id__in=sites) | AppraisalRequest.objects.filter(
        pk__in=selectors.linked(matter, Kind.REQUEST)
    )
    wanted = rows.exclude(state=AppraisalRequest.State.DRAFT).select_related("site", "officer", "unit")
    return requests.with_everything(wanted).order_by("pk")


def _request(asked: AppraisalRequest) -> dict[str, Any]:
    return {
        "id": str(asked.pk),
        "number": asked.number,
        "state": asked.state,
        "asked_of": asked.organisation_name or asked.brand_name,
        "sent_at": _at(asked.sent_at),
        "answered_at": _at(asked.answered_at),
        "items": [_item(each) for each in asked.items.all()],
    }


def _item(item: RequestItem) -> dict[str, Any]:
    verdict = requests.standing(item.verdicts.all())
    return {
        "id": str(item.pk),
        "product": item.product_name,
        "brand": item.claimed_brand,
        "quantity": None if item.quantity is None else f"{item.quantity.normalize():f}",
        "unit": item.quantity_unit,
        "batch_no": item.batch_no,
        "verdict": None
        if verdict is None
        else {
            "id": str(verdict.pk),
            "value": verdict.value,
            "label": str(verdict.get_value_display()),
            "reasons": verdict.reasons,
            "appraiser": verdict.opinion.appraiser_name,
            "given_at": _at(verdict.opinion.given_at),
        },
        "exhibits": [
            {
                "id": str(photo.exhibit_id),
                "shot": photo.shot_code,
                "sha256": photo.exhibit.sha256,
                "sm3": photo.exhibit.sm3,
                "captured_at": _at(photo.exhibit.captured_at),
                "received_at": _at(photo.exhibit.received_at),
            }
            for photo in item.photos.all()
        ],
    }


def _letters(asked: list[AppraisalRequest]) -> Any:
    return standing_letters([each.pk for each in asked]).select_related("pdf").order_by("pk")


def _letter(held: Any) -> dict[str, Any]:
    return {
        "id": str(held.letter_id),
        "opinion_no": held.opinion_no,
        "version": held.version_no,
        "state": held.state,
        "issued_by": held.organisation_name,
        "issued_on": held.issued_on.isoformat() if held.issued_on else None,
        "request": str(held.request_id),
        "facts_sha256": held.facts_sha256,
        "pdf_sha256": held.pdf.sha256 if held.pdf is not None else "",
    }


# As a file ------------------------------------------------------------------------------------------------------------


def signed(matter: Matter) -> dict[str, Any]:
    """The result with a detached JWS over its canonical JSON (RFC 7515, app. F), by the province's log key."""
    payload = {"written_at": _at(clock.now()), **result_of(matter)}
    name = required().name
    header = _b64(canonical_json({"alg": "EdDSA", "kid": key_id(), "typ": "chazhenjia-result+jws"}))
    body = canonical_json(payload)
    signature = keys.sign(name, header + b"." + _b64(body))
    return {"result": payload, "signature": f"{header.decode()}..{_b64(signature).decode()}", "key": jwk()}


def jwk() -> dict[str, str]:
    """The public key under which results of this province are signed."""
    raw = keys.public_key(required().name)
    return {"kty": "OKP", "crv": "Ed25519", "x": _b64(raw).decode(), "kid": key_id(), "use": "sig", "alg": "EdDSA"}


def key_id() -> str:
    """Which key that is."""
    return f"{required().name}-{keys.public_key(required().name).hex()[:16]}"


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
