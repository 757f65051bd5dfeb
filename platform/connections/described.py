"""How the API's description speaks of clients."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from connections.scopes import flows, spoken


class ClientScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer czjc_…`, got at the token endpoint."""

    target_class = "connections.auth.ClientAuthentication"
    name = "client"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "oauth2", "description": str(_("接入账号的访问令牌，只在发出它的网址有效")), "flows": flows()}


def list_scopes(result: dict[str, Any], **_rest: Any) -> dict[str, Any]:
    """Put every scope that an operation needs, in words, where the scheme lists its scopes (settings)."""
    found = {said["x-scope"] for methods in result["paths"].values() for said in methods.values() if "x-scope" in said}
    scheme = result.get("components", {}).get("securitySchemes", {}).get("client")
    if scheme is not None:
        scheme["flows"]["clientCredentials"]["scopes"] = {each: spoken(each) for each in sorted(found)}
    return result
