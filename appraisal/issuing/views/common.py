"""What the pages of issuing share: whose seat it is, how a step is refused, how photos are handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from evidence.models import Exhibit
from evidence.services import own_prefix, receive
from federation.parties.acting import acting_for
from federation.parties.selectors import ActingFor
from kernel.errors import BadInput, NotFound404, Problem

View = Callable[..., HttpResponseBase]
PER_PAGE = 30
MOST_PHOTOS = 12


def seated(view: View) -> View:
    """Hand the view the seat of the person who asks, for the organisation they have chosen."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, acting_for(request), *args, **kwargs)

    return never_cache(login_required(inner))


def done(request: HttpRequest, call: Callable[[], object], words: str) -> bool:
    """Do it and say so, or say why not. NotFound404 passes."""
    try:
        call()
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return False
    messages.success(request, words)
    return True


def photos_in(request: HttpRequest, acting: ActingFor) -> list[Exhibit]:
    """Photos of a form's field `photos`, received. Outside any transaction."""
    files = request.FILES.getlist("photos")
    if len(files) > MOST_PHOTOS:
        raise BadInput(_("一次最多传 {most} 张照片。"), code="too_many_photos", most=MOST_PHOTOS)
    return [
        # Not sealed at a shutter: the digest is the server's own, made of what arrived.
        receive(
            file,  # type: ignore[arg-type]
            declared_sha256=hashlib.file_digest(file.file, "sha256").hexdigest(),  # type: ignore[arg-type]
            captured_at=None,
            source=Exhibit.Source.CHAT,
            by=acting.person,
            owner_prefix=own_prefix(acting.organisation.pk),
        )
        for file in files
    ]
