"""What these pages share: one small page with one form, and how a refusal is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem, Words
from tenants.campaigns import selectors
from webui.pages import show_page, turn_back, uuid_or_none

REFUSALS = (BadInput, Conflict, NotAllowed)


def form_page(
    request: HttpRequest,
    form: django_forms.Form,
    *,
    title: Words,
    lead: Words,
    here: str,
    work: Callable[[dict[str, Any]], Any],
    done: Words = "",
    seal: bool = False,
) -> HttpResponse:
    """One form: shown, refused with what was typed, or done and back to `here` (or where `work` says, as a path)."""
    context = {"form": form, "title": title, "lead": lead, "button": title, "seal": seal, "back_url": here}
    if request.method == "POST" and form.is_valid():
        try:
            went = work(dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "papers/step.html", context, problem)
        if done:
            messages.success(request, str(done))
        return redirect(went if isinstance(went, str) else here)
    return show_page(request, "papers/step.html", context)


def try_it(request: HttpRequest, here: str, work: Callable[[], Any], done: Words = "") -> HttpResponse:
    """A step of one tap: done or refused in plain words, then back."""
    try:
        went = work()
    except NotFound404:
        raise
    except Problem as problem:
        return turn_back(request, problem, here)
    if done:
        messages.success(request, str(done))
    return redirect(went if isinstance(went, str) else here)


def shell_of(person: User) -> str:
    """The frame of pages that both sides use: the phone's for who goes, the desk's for who plans."""
    return "webui/desk.html" if selectors.may_plan(person) else "webui/phone.html"


def ids(texts: list[str]) -> list[UUID]:
    """Those of the texts that are ids."""
    return [found for text in texts if (found := uuid_or_none(text)) is not None]
