"""Sample connections of the sandbox, with keys that anybody may read: the same after every reset.

They are derived from the installation's master key, so those of one installation open no other's sandbox.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from allauth.idp.oidc.models import Client as OidcClient
from django.conf import settings

from accounts.models import Post, User
from connections import scopes, services
from connections.models import Client, Connection, Secret

ORIGINS = ("http://localhost:9000", "http://127.0.0.1:9000", "http://localhost:5173")
"""Where an integrator's own system usually runs while it is being written."""


@dataclass(frozen=True)
class Sample:
    """One connection. wanted: prefixes of scopes, () for all that a client may have."""

    code: str
    kind: str
    name: str
    wanted: tuple[str, ...]


SAMPLES = (
    Sample("case", Connection.Kind.CASE_SYSTEM, "示例办案系统", ()),
    Sample("people", Connection.Kind.DIRECTORY, "示例统一身份目录", ("people:",)),
    Sample("linkage", Connection.Kind.LINKAGE, "示例两法衔接平台", ()),
)


def client_id(code: str, seat: str = "sandbox") -> str:
    """What a sample's program calls itself."""
    return f"czj-{seat}-{_derived(f'id {code}')[:20]}"


def secret(code: str, seat: str = "sandbox") -> str:
    """Its secret, for everybody to read."""
    return f"czjs_{seat}_{_derived(f'secret {code}')[:43]}"


def _derived(what: str) -> str:
    return hmac.digest(settings.MASTER_KEY.encode(), f"sandbox {what}".encode(), sha256).hex()


def fill(stage: Any) -> None:
    """Make the sample connections, switched on. Leaves `stage.made["connections"]`: code to connection."""
    with stage.enter(stage.code):
        urlconf = str(settings.URLCONFS["province"])
        everything = sorted(scopes.known(urlconf))
        made: dict[str, Connection] = {}
        for sample in SAMPLES:
            connection = Connection.objects.create(
                pk=uuid5(NAMESPACE_URL, f"sandbox {sample.code}"),
                seat=stage.code,
                kind=sample.kind,
                name=sample.name,
                state=Connection.State.ON,
                allowed_origins=list(ORIGINS),
                contact="沙箱",
            )
            granted = [each for each in everything if not sample.wanted or each.startswith(sample.wanted)]
            account = User.objects.create_user(
                f"svc-{sample.code}",
                name=sample.name,
                title=f"{sample.name}（系统）",
                unit=stage.made["units"]["sb-2"],
                is_service=True,
            )
            Post.objects.create(user=account, unit=account.unit, role=Post.Role.OFFICER)
            oidc = OidcClient(
                id=client_id(sample.code, stage.code),
                name=sample.name,
                secret="!",
                type=OidcClient.Type.CONFIDENTIAL,
                grant_types=OidcClient.GrantType.CLIENT_CREDENTIALS,
                response_types="",
            )
            oidc.set_scopes(granted)
            oidc.set_default_scopes(granted)
            oidc.save()
            client = Client.objects.create(
                connection=connection, oidc=oidc, user=account, name=sample.name, state=Client.State.ON
            )
            Secret.objects.create(client=client, digest=services.digest_of(secret(sample.code, stage.code)))
            made[sample.code] = connection
        stage.made["connections"] = made
