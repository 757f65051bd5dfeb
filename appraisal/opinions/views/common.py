"""What these pages share: a small page with one form that does one thing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from evidence import services as evidence
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, Words
from kernel.ids import uuid7
from webui.pages import show_page, uuid_or_none

REFUSALS = (BadInput, Conflict, NotAllowed)


def step_page(
    request: HttpRequest,
    form: django_forms.Form,
    *,
    title: Words,
    lead: Words,
    back: str,
    work: Callable[[dict[str, Any]], Any],
    button: Words | None = None,
    said: Words = "",
    seal: bool = False,
    multipart: bool = False,
    on_to: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """Show the form; when it is good do the work and go on, else say why not above it."""
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "button": button or title,
        "seal": seal,
        "multipart": multipart,
        "back_url": back,
        "new_id": request.POST.get("new_id") or uuid7(),
    }
    if request.method == "POST" and form.is_valid():
        try:
            made = work(dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "opinions/step.html", context, problem)
        if said:
            messages.success(request, str(said))
        return redirect(on_to(made) if on_to else back)
    return show_page(request, "opinions/step.html", context)


def new_id(request: HttpRequest) -> UUID | None:
    """The id that came with the form, so that twice is once."""
    return uuid_or_none(request.POST.get("new_id", ""))


def keep_photo(photo: Any, by: User) -> UUID | None:
    """Seal a photo handed in by a form without scripts. Outside any transaction."""
    if photo is None:
        return None
    digest = hashlib.sha256()
    for chunk in photo.chunks():
        digest.update(chunk)
    exhibit = evidence.receive(
        photo.file, declared_sha256=digest.hexdigest(), captured_at=clock.now(), source="camera", by=by
    )
    return exhibit.pk
