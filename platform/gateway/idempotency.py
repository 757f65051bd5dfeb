"""`Idempotency-Key` on writes: the first call does the work, every further one with that key gets the same answer."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.models import IdempotencyKey
from gateway.problems import MEDIA_TYPE
from kernel import clock
from kernel.errors import BadInput, Conflict

HEADER = "Idempotency-Key"
LONGEST_KEY = 120
KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=2)


class KeyReused(Conflict):
    """The same key came with other contents."""

    code = "idempotency_key_reused"
    status = 422
    sentence = _("这个 Idempotency-Key 已用于另一次请求。请为每次操作换一个新的键。")


class InProgress(Conflict):
    """The first call with this key has not been answered yet."""

    code = "idempotency_in_progress"
    sentence = _("同一请求正在处理。请稍后用同一个键再问一次。")


class ShownOnce(Conflict):
    """The first call with this key was answered with a secret, of which nothing is kept."""

    code = "answer_shown_once"
    sentence = _("这一步已经完成。密钥只显示一次，不能再取：没有收到的，请停用它，换一个 Idempotency-Key 另生成一把。")


class Once:
    """Mixin for API views. Answers below 500 are kept for 24 hours; after a 5xx the same key may be tried again.

    tells_a_secret: what a write is answered with is shown once, so nothing of it is kept. A file that is handed out is
    not kept either: whoever asks again gets it again.
    """

    tells_a_secret = False
    request: Request
    _claimed: IdempotencyKey | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc] # of the view this is mixed into
        key = request.headers.get(HEADER)
        if key is None or request.method in SAFE_METHODS:
            return
        if not 0 < len(key) <= LONGEST_KEY:
            raise BadInput(
                _("Idempotency-Key 要写 1 至 {longest} 个字符。"), code="idempotency_key_wrong", longest=LONGEST_KEY
            )
        self._claimed = _claim(request, key)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except _Replay as replay:
            return replay.response
        except BaseException:
            if self._claimed is not None:  # the answer is a 500 that Django writes: the same key may be tried again
                IdempotencyKey.objects.filter(pk=self._claimed.pk).delete()
            raise
        if self._claimed is not None:
            _settle(self._claimed, response, tells_a_secret=self.tells_a_secret)
        return response

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, _Replay):
            raise error
        return super().handle_exception(error)  # type: ignore[misc,no-any-return]


class _Replay(Exception):
    def __init__(self, row: IdempotencyKey) -> None:
        self.response = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type)
        self.response["Idempotent-Replayed"] = "true"


def _claim(request: Request, key: str) -> IdempotencyKey:
    digest = _digest(request)
    now = clock.now()
    with transaction.atomic():
        row, made = IdempotencyKey.objects.select_for_update().get_or_create(
            user_id=request.user.pk,
            seat=request.host.seat.name,
            key=key,
            defaults={"request_sha256": digest, "created_at": now},
        )
        if made:
            return row
        if now - row.created_at > KEPT or (row.status is None and now - row.created_at > ABANDONED):
            row.request_sha256, row.status, row.created_at = digest, None, now
            row.save(update_fields=["request_sha256", "status", "created_at"])
            return row
    if row.request_sha256 != digest:
        raise KeyReused()
    if row.status is None:
        raise InProgress()
    raise _Replay(row)


def _digest(request: Request) -> str:
    seen = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type and request.content_type.startswith("multipart/"):
        # The boundary differs with every try; the fields and the files' digests do not.
        for name in sorted(request.data):
            value = request.data[name]
            seen.update(name.encode() + b"\0")
            if hasattr(value, "chunks"):
                for chunk in value.chunks():
                    seen.update(chunk)
                value.seek(0)
            else:
                seen.update(str(value).encode())
    else:
        seen.update(request.body)
    return seen.hexdigest()


def _settle(row: IdempotencyKey, response: HttpResponse, *, tells_a_secret: bool) -> None:
    rows = IdempotencyKey.objects.filter(pk=row.pk)
    if response.status_code >= 500 or response.streaming:
        rows.delete()
        return
    if tells_a_secret and response.status_code < 300:
        said = json.dumps(ShownOnce().as_problem(), ensure_ascii=False).encode()
        rows.update(status=ShownOnce.status, body=said, content_type=MEDIA_TYPE)
        return
    if hasattr(response, "render"):
        response.render()
    rows.update(
        status=response.status_code,
        body=response.content,
        content_type=response.headers.get("Content-Type", "application/json"),
    )
