"""The check page on the bare domain, and what a stranger needs to check a demonstration without us."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from appraisal.desk.words import VERDICTS
from appraisal.issuing.check import limits, selectors
from appraisal.issuing.models import Certificate, OpinionLetter
from appraisal.issuing.words import STANDINGS
from audit import reads
from gateway.problems import TooMany
from kernel.errors import NotFound404
from papers import authority, trust

State = OpinionLetter.State
LARGEST_BYTES = 20_000_000
_LONGEST = {"n": 80, "c": 40}
_LOOKS = {
    State.FORMAL: ("good", "check-seal"),
    State.PRELIMINARY: ("wait", "half"),
    State.WITHDRAWN: ("seal", "seal-cross"),
    State.SUPERSEDED: ("wait", "arrow"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Ask by number and code (n, c), or send the file itself; nothing of it is kept."""
    asked = {name: request.GET.get(name, "").strip()[:most] for name, most in _LONGEST.items()}
    context: dict[str, Any] = {"number": asked["n"], "code": asked["c"]}
    status = 200
    try:
        if request.method == "POST":
            context |= _by_file(request)
            _noted(request, context["found"], context.get("sent_sha256", ""))
            status = 200 if context["found"] or context["no_file"] else 404
        elif asked["n"] and asked["c"]:
            limits.count_lookup(request)
            context |= _described(selectors.certificate(asked["n"], asked["c"]))
            _noted(request, context["found"], asked["c"])
            if context["found"] is None:
                limits.count_wrong(asked["n"])
                status = 404
    except TooMany as problem:
        context |= {"problem": problem, "found": None}
        status = problem.status
    answer = render(request, "issuing/check/page.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _noted(request: HttpRequest, found: Certificate | None, token: str) -> None:
    """A look of somebody who has the paper: its code, or the file itself."""
    if found is not None:
        holder = reads.Link(token, _("持查验码或文件的人"), request)
        reads.note("issuing.certificate", by=holder, record_id=found.letter_id)


def _by_file(request: HttpRequest) -> dict[str, Any]:
    limits.count_file(request)
    sent = request.FILES.get("file")
    if sent is None or not sent.size:
        return {"no_file": True, "found": None}
    if sent.size > LARGEST_BYTES:
        return {"of_file": True, "found": None, "asked": True, "no_file": False}
    digest = hashlib.sha256()
    for piece in sent.chunks():
        digest.update(piece)
    said = _described(selectors.certificate_of_file(digest.hexdigest()))
    return {**said, "of_file": True, "sent_sha256": digest.hexdigest(), "no_file": False}


def _described(found: Certificate | None) -> dict[str, Any]:
    if found is None:
        return {"found": None, "asked": True}
    tone, shape = _LOOKS.get(State(found.state), ("neutral", "ring"))
    labels = {each.value: each.label for each in VERDICTS}
    return {
        "asked": True,
        "found": found,
        "tone": tone,
        "shape": shape,
        "stands": found.state == State.FORMAL,
        "waits": found.state == State.PRELIMINARY,
        "withdrawn": found.state == State.WITHDRAWN,
        "superseded": found.state == State.SUPERSEDED,
        "items": [{**item, "label": labels.get(item["value"], item["value"])} for item in found.items],
        "marks": [{**mark, "said": STANDINGS.get(mark["standing"], "")} for mark in found.trademarks],
    }


@require_GET
def elsewhere(request: HttpRequest) -> HttpResponse:
    """On hosts where people sign in: to the page on the bare domain, with what was asked."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{settings.SCHEME}://{settings.DOMAIN}/check/" + (f"?{query}" if query else ""))


@require_GET
def revocation_list(request: HttpRequest, name: str) -> HttpResponse:
    """Of the development authority: `root` or `issuer` (CRL, DER)."""
    if not trust.is_demonstration() or name not in {"root", "issuer"}:
        raise NotFound404()
    return HttpResponse(authority.revocation_list(name), content_type="application/pkix-crl")


@require_GET
def root(request: HttpRequest) -> HttpResponse:
    """The development authority's root, to trust for a demonstration and for nothing else."""
    if not trust.is_demonstration():
        raise NotFound404()
    answer = HttpResponse(authority.pem(), content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="chazhenjia-demo-root.pem"'
    return answer
