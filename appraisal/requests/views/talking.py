"""What is said to the appraiser on the request page."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import officer, person_of
from accounts.models import User
from appraisal.requests import selectors, services
from appraisal.requests.views.request import detail_context
from evidence import uploads
from evidence.models import Exhibit
from evidence.uploads import received_photo
from kernel.errors import BadInput, Conflict, NotAllowed
from webui.pages import show_page, speaks_json, uuid_or_none

CHAT_PHOTOS = 6
_CHAT_SALT = "requests.chat_photo"


@officer
@require_POST
def chat(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Say something to the appraiser. Photos were sealed and sent before (`chat_photo`), or come with the form."""
    person = person_of(request)
    text = request.POST.get("text", "")
    try:
        exhibits = [_read_chat_photo(person, token) for token in request.POST.getlist("photo")[:CHAT_PHOTOS]]
        if request.FILES.get("file"):
            selectors.access_request(person, request_id)
            received = received_photo(request)
            if isinstance(received, Exhibit):
                exhibits.append(received)
        services.say(
            by=person,
            request_id=request_id,
            text=text,
            exhibits=exhibits,
            line_id=uuid_or_none(request.POST.get("line_id", "")),
        )
    except (BadInput, Conflict) as problem:
        found = selectors.whole_request(person, request_id)
        return show_page(request, "requests/detail.html", detail_context(person, found, text=text), problem)
    return redirect(f"{reverse('requests:detail', args=[request_id])}#talk")


@officer
@require_POST
@speaks_json
def chat_photo(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take one photo for the talk. The answer's `token` goes along with the line; only this person can use it."""
    person = person_of(request)
    found = selectors.access_request(person, request_id)
    if not selectors.may_write(person, found.unit_id):
        raise NotAllowed()
    received = uploads.handle_upload(request)
    body, status = uploads.answer(received)
    if isinstance(received, Exhibit):
        body["token"] = signing.dumps(str(received.pk), salt=f"{_CHAT_SALT}:{person.pk}")
    return JsonResponse(body, status=status)


def _read_chat_photo(person: User, token: str) -> Exhibit:
    try:
        exhibit_id = signing.loads(token, salt=f"{_CHAT_SALT}:{person.pk}", max_age=86400)
    except signing.BadSignature as error:
        raise BadInput(_("这张照片已过期，请重新选一次。"), code="chat_photo_token") from error
    return selectors.exhibit(UUID(exhibit_id))
