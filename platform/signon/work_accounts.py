"""What WeCom and DingTalk have in common: an application of the bureau's own, its token, its list of people."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from signon import selectors
from signon.errors import ProviderSilent

STILL, GONE = "still", "gone"
TOKEN_SPARE_S = 300


class WorkAccount(ProviderAccount):
    """Somebody in the bureau's list there."""

    def to_str(self) -> str:
        account: SocialAccount = self.account
        return str(account.extra_data.get("name") or account.uid)


class WorkProvider(OAuth2Provider):
    """Several of a kind may be set up; each has addresses with its own slug."""

    account_class = WorkAccount

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        url = reverse(f"{self.id}_login", kwargs={"provider_id": self.app.provider_id})
        return f"{url}?{urlencode(kwargs)}" if kwargs else url

    def get_callback_url(self) -> str:
        return reverse(f"{self.id}_callback", kwargs={"provider_id": self.app.provider_id})

    def get_oauth2_adapter(self, request: HttpRequest) -> OAuth2Adapter:
        adapter: OAuth2Adapter = self.oauth2_adapter_class(request, self.app.provider_id)
        return adapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["userid"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"username": data.get("userid"), "name": data.get("name")}


class Directory(ABC):
    """The bureau's application there, asked by our server. endpoints: addresses of a private deployment."""

    endpoints: ClassVar[dict[str, str]] = {}

    def __init__(self, app: SocialApp) -> None:
        self.app = app

    def at(self, name: str, path: str = "") -> str:
        """An address: the usual one, or that of the private deployment."""
        chosen = (self.app.settings or {}).get("endpoints") or {}
        return str(chosen.get(name) or self.endpoints[name]).rstrip("/") + path

    def token(self, *, fresh: bool = False) -> str:
        """The application's own token, shared by all workers of this province until shortly before it ends."""
        key = f"signon.token:{self.app.provider}:{self.app.provider_id}:{self.app.client_id}"
        kept: str | None = None if fresh else cache.get(key)
        if kept is None:
            kept, lasts = self.new_token()
            cache.set(key, kept, max(60, lasts - TOKEN_SPARE_S))
        return kept

    @abstractmethod
    def new_token(self) -> tuple[str, int]:
        """A token and for how many seconds it is good. Raises ProviderSilent."""

    @abstractmethod
    def status(self, userid: str) -> str:
        """STILL or GONE. Raises ProviderSilent."""

    def refused(self, said: dict[str, Any]) -> ProviderSilent:
        """What the service said in place of an answer."""
        return ProviderSilent(why=f"{said.get('errcode', said.get('code', ''))} {said.get('errmsg', '')}"[:120].strip())


Page = Callable[..., HttpResponse]


def pages(adapter: type[OAuth2Adapter]) -> tuple[Page, Page]:
    """The two steps of signing in, by the slug of the provider: to the service, and back with a code."""

    def run(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            answer: HttpResponse = view.adapter_view(adapter(request, provider_id))(request)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        return answer

    @login_not_required
    def login(request: HttpRequest, provider_id: str) -> HttpResponse:
        if not selectors.may_start(request.user, provider_id):
            raise Http404
        return run(OAuth2LoginView, request, provider_id)

    @login_not_required
    def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
        return run(OAuth2CallbackView, request, provider_id)

    return login, callback
