"""What the library's pages share: tabs, how a step is refused, photos handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from appraisal.desk.selectors import Desk
from appraisal.recognition import presenters
from appraisal.recognition.services.entries import Drawn
from evidence.models import Exhibit
from evidence.services import own_prefix, receive
from federation.parties.acting import acting_for
from federation.parties.models import Membership
from kernel.errors import NotFound404, Problem

PER_PAGE = 30
Role = Membership.Role


def is_appraiser(request: HttpRequest) -> bool:
    """Whether the person may confirm, refuse and put back; rights staff offer and switch off."""
    return acting_for(request).has(Role.APPRAISER)


def frame(desk: Desk, here: str) -> dict[str, Any]:
    """The tabs above every page of the library. here: the one that is open."""
    waiting = presenters.waiting_counts(desk)
    tabs = (
        ("entries", "recognition:library", _("条目")),
        ("alerts", "recognition:alerts", _("重码预警")),
        ("runs", "recognition:runs", _("同批")),
        ("look_backs", "recognition:look_backs", _("回查")),
        ("figures", "recognition:figures", _("效果与运行")),
        ("prices", "recognition:prices", _("指导价")),
    )
    return {"tabs": [(url, label, waiting.get(name, 0), name == here) for name, url, label in tabs]}


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


def received(desk: Desk, files: list[Any], *, shot_code: str = "") -> list[Drawn]:
    """Photos from a form, sealed as the brand's own. Their digests are made of what arrived."""
    return [
        Drawn(
            receive(
                file,
                declared_sha256=hashlib.file_digest(file.file, "sha256").hexdigest(),
                captured_at=None,
                source=Exhibit.Source.ALBUM,
                by=desk.person,
                owner_prefix=own_prefix(desk.organisation.pk),
            ).pk,
            shot_code,
        )
        for file in files
    ]
