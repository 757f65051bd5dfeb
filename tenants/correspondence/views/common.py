"""What these pages share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Post, User
from evidence import services as evidence
from evidence.models import Exhibit
from kernel import clock
from kernel.errors import NotFound404, Problem, Words
from webui.pages import turn_back


def shell_of(person: User) -> str:
    """The frame of pages that both sides use: the desk's for who dispatches or leads, else the phone's."""
    return "webui/desk.html" if person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER) else "webui/phone.html"


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


def keep_scan(file: UploadedFile, by: User) -> Exhibit:
    """A scan or photo of paper, sealed as evidence is. Call it outside any transaction."""
    assert file.file is not None
    file.file.seek(0)
    digest = hashlib.file_digest(file.file, "sha256").hexdigest()
    return evidence.receive(
        file.file, declared_sha256=digest, captured_at=clock.now(), source=Exhibit.Source.FILE, by=by
    )  # fmt: skip
