"""Pages of grants: what we gave, what we hold, one of them, and what is shown under it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import person_of
from audit import reads
from evidence.store import store
from federation.contracts.addresses import Address
from federation.grants import forms, guarded, selectors, services
from federation.grants.models import ContentWord, Grant, Item
from federation.letters.words import party_names
from kernel.errors import NotFound404, Problem
from kernel.ids import uuid7
from webui.pages import paged

PER_PAGE, USES_SHOWN = 50, 100
STATES = ("", "soon", "over")


@login_required
@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    """All of them on one side, those that hold first."""
    side = request.GET.get("side", Grant.Side.HELD)
    side = side if side in Grant.Side.values else Grant.Side.HELD
    state = request.GET.get("state", "")
    page = paged(selectors.grants_for(request, side=side, state=state), request, PER_PAGE)
    over = guarded.ended_at(page.object_list)
    names = selectors.named(page.object_list)
    rows = [
        (row, names[row.giver if side == Grant.Side.HELD else row.holder], over.get(row.grant_id),
         selectors.contents_in_words(row))
        for row in page.object_list
    ]  # fmt: skip
    context = {
        "page": page,
        "rows": rows,
        "side": side,
        "state": state if state in STATES else "",
        "may_give": selectors.oversees(request),
    }
    return render(request, "grants/list.html", context)


@login_required
@require_safe
def grant(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """One grant: how far it goes, what went out, who looked; its end and its renewal for the giver."""
    found = selectors.access_grant(request, grant_id)
    return _page(request, found)


def _page(request: HttpRequest, found: Grant, *, status: int = 200, **more: Any) -> HttpResponse:
    names = selectors.named([found])
    over = guarded.ended_at([found]).get(found.grant_id)
    mine = selectors.may_end(request, found)
    context = {
        "grant": found,
        "giver": names[found.giver],
        "holder": names[found.holder],
        "is_held": found.side == Grant.Side.HELD,
        "over": over,
        "contents": selectors.contents_in_words(found),
        "items": selectors.delivered(found),
        "uses": selectors.uses_of(found)[:USES_SHOWN],
        "looks": selectors.looks(found),
        "end_form": forms.EndForm() if mine and over is None else None,
        "renew_form": forms.RenewForm(grant=found) if mine and found.state == Grant.State.ACTIVE else None,
        **more,
    }
    return guarded.unkept(render(request, "grants/grant.html", context, status=status))  # type: ignore[return-value]


@login_required
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Share words with another party."""
    selectors.require_giver(request)
    form = forms.GiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        texts, data = form.texts(), form.cleaned_data
        try:
            made = services.give(
                to=Address.parse(data["to"]),
                purpose=data["purpose"],
                contents={content: level for content, level, _text in texts},  # type: ignore[misc]
                subject_kind="note",
                subject_id=uuid7(),
                subject_title=data["subject_title"],
                holder_unit=data["holder_unit"],
                expires_at=form.expires_at(),
                items=[
                    services.Shared(content=content, title=str(ContentWord(content).label), text=text)  # type: ignore[arg-type]
                    for content, _level, text in texts
                ],
                sender=_sender(request),
                by=person_of(request),
            )
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, _("已共享。对方每次查看都会记录，您可以随时终止。"))
            return redirect("grants:grant", made.grant_id)
    status = 400 if form.errors else 200
    return render(request, "grants/give.html", {"form": form, "back_url": reverse("grants:list")}, status=status)


def _sender(request: HttpRequest) -> Address | None:
    party = Address.parse(selectors.party_of(request))
    return party if party.kind == "organisation" else None


@login_required
@require_POST
def end(request: HttpRequest, given_id: UUID) -> HttpResponse:
    """End it now."""
    found = _own(request, given_id)
    form = forms.EndForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=400, end_form=form)
    services.end(found, person_of(request), form.cleaned_data["why"])
    messages.success(request, _("已终止，对方立即不能再看。下面列出已经送到、收不回来的内容。"))
    return redirect("grants:grant", given_id)


@login_required
@require_POST
def renew(request: HttpRequest, given_id: UUID) -> HttpResponse:
    """Go on under a new grant."""
    found = _own(request, given_id)
    form = forms.RenewForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=400, renew_form=form)
    made = services.renew(found, expires_at=form.expires_at(), by=person_of(request))
    messages.success(request, _("已续期，这是新的一项共享。"))
    return redirect("grants:grant", made.grant_id)


def _own(request: HttpRequest, grant_id: UUID) -> Grant:
    found = selectors.access_grant(request, grant_id, side=Grant.Side.GIVEN)
    if not selectors.may_end(request, found):
        raise NotFound404()
    return found


# What is shown under it -----------------------------------------------------------------------------------------------


@login_required
@require_safe
def item(request: HttpRequest, grant_id: UUID, shared_id: UUID) -> HttpResponse:
    """One thing that is held, as long as the grant holds. The page's stream ends with the grant, and it reloads."""
    found = selectors.access_item(request, grant_id, shared_id)
    person = person_of(request)
    guarded.require(
        grant_id, found.content, party=found.grant.party, who=selectors.who_is(person), at_least=found.level,
        what=found.title, way="page",
    )  # fmt: skip
    services.opened(found)
    file_url = ""
    if found.object_key:
        file_url = reverse("grants:link", args=[guarded.link(found.grant, found.item_id, person_id=person.pk)])
    context = {
        "item": found,
        "grant": found.grant,
        "giver": party_names([found.grant.giver])[found.grant.giver],
        "file_url": file_url,
        "is_picture": found.media_type.startswith("image/"),
        "live_ticket_url": f"{reverse('notify:ticket')}?{guarded.ticket_query([grant_id])}",
    }
    return guarded.unkept(render(request, "grants/item.html", context))  # type: ignore[return-value]


@login_required
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What a short link leads to, for the person it was made for, as long as the grant holds."""
    person = person_of(request)
    found, item_id = guarded.read_link(token, person_id=person.pk, party=selectors.party_of(request))
    file = selectors.access_item(request, found.grant_id, item_id)
    guarded.require(
        found.grant_id, file.content, party=found.party, who=selectors.who_is(person), at_least=file.level,
        what=file.title, way="link",
    )  # fmt: skip
    reads.note(file, by=person, what="link", terms=[token])
    return _file(file)


def _file(row: Item) -> HttpResponse:
    if not row.object_key:
        raise NotFound404()
    picture = row.media_type.startswith("image/")
    response = FileResponse(
        store().open(row.object_key, sha256=row.sha256),
        content_type=row.media_type,
        filename=row.title,
        as_attachment=not picture,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    guarded.unkept(response)
    return response  # type: ignore[return-value] # a streamed answer is one to Django too
