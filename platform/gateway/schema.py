"""How the API describes itself: every operation with its refusals, its keys, and the two ways to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from gateway.idempotency import HEADER, LONGEST_KEY
from gateway.problems import MEDIA_TYPE
from gateway.retiring import of as retiring_of
from gateway.scopes import of_operation


class ProblemOut(serializers.Serializer[Any]):
    """Problem details (RFC 9457). `code` is stable and for programs, `detail` says what to do."""

    type = serializers.CharField(help_text="urn:chazhenjia:<code>")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    data = serializers.DictField(help_text="what the sentence speaks of; data.fields names wrong fields")

    class Meta:
        ref_name = "Problem"


CLIENT = "client"
"""Name of the security scheme of programs (`connections.described`)."""
ALWAYS = {
    401: _("没有登录，或密钥不属于这个网址"),
    403: _("已登录，但不是您的岗位能做的"),
    406: _("只输出 JSON"),
    429: _("调用太快，请按 Retry-After 等待"),
    503: _("暂时不可用，请稍后再试"),
}
WITH_INPUT = {400: _("内容有误"), 404: _("没有这一项，或您无权查看")}
ON_WRITES = {409: _("已有变动，现在不能这样做"), 413: _("超出限制"), 415: _("格式不支持"), 422: _("无法处理")}


class Schema(AutoSchema):
    """Adds to every operation what any of them may be refused with, and the key that makes a write happen once."""

    def get_override_parameters(self) -> list[Any]:
        own = [*super().get_override_parameters(), *getattr(self.view, "extra_parameters", ())]
        if self.method in SAFE_METHODS:
            return own
        key = OpenApiParameter(
            HEADER,
            {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
            OpenApiParameter.HEADER,
            description=str(_("同一个键的写操作只做一次，24 小时内再发得到同样的答复")),
        )
        return [*own, key]

    def is_deprecated(self) -> bool:
        return retiring_of(self.view, self.method) is not None or bool(super().is_deprecated())

    def get_description(self) -> str:
        said = super().get_description() or ""
        retiring = retiring_of(self.view, self.method)
        if retiring is None:
            return said
        words = _("{since} 起不再推荐，{until} 停用。请改用 {instead}。")
        return f"{said}\n\n{str(words).format(since=retiring.since, until=retiring.until, instead=retiring.instead)}"

    def get_auth(self) -> list[dict[str, Any]]:
        """How to sign in, with the scope that a program's token needs for this operation."""
        scope = of_operation(self.path, self.method)
        return [
            {name: [scope] if name == CLIENT and scope else each}
            for held in super().get_auth()
            for name, each in held.items()
        ]

    def get_extensions(self) -> dict[str, Any]:
        """`x-scope`: the same for whoever reads the description by program or by eye."""
        scope = of_operation(self.path, self.method)
        return {**super().get_extensions(), **({"x-scope": scope} if scope else {})}

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        refusals = {**ALWAYS, **WITH_INPUT}
        if self.method not in SAFE_METHODS:
            refusals |= ON_WRITES
        if retiring_of(self.view, self.method) is not None:
            refusals |= {410: _("这个接口已停用")}
        for status, words in refusals.items():
            if str(status) not in bodies:
                answer = self._get_response_for_code(ProblemOut, str(status), [MEDIA_TYPE], direction)
                bodies[str(status)] = {**answer, "description": str(words)}
        return dict(sorted(bodies.items()))


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer czj_…`."""

    target_class = "gateway.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": str(_("接口密钥，只在生成它的网址有效"))}


class SessionScheme(OpenApiAuthenticationExtension):
    """A browser that is signed in; writes need the CSRF token as well."""

    target_class = "accounts.csrf.SeatSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
