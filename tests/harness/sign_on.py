"""What tests of signing in share: a provider that is on, and a browser that goes there and back."""

from urllib.parse import urlsplit

import requests
from django.test import Client

from audit.trail import Actor
from signon.models import IdentityProvider
from signon.services import providers

MACHINE = Actor(None, "系统")
PASSWORD = "three green mangoes 9"


def set_up(kind: str, **said: object) -> IdentityProvider:
    """On, as after a trial."""
    row = providers.create(by=MACHINE, kind=kind, **said)
    IdentityProvider.objects.filter(pk=row.pk).update(state="on")
    row.refresh_from_db()
    return row


def follow(client: Client, location: str) -> str:
    """Go to the provider as a browser does, and back. Returns where the browser is sent in the end."""
    back = requests.get(location, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")["Location"]


def go_through(client: Client, slug: str = "oidc-1") -> str:
    """One tap on the sign-in page, and all that follows."""
    return follow(client, client.get(f"/sign-on/enter/{slug}/")["Location"])


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200
