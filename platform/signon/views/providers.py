"""Pages where administrators set up ways to sign in, and settle refused sign-ins."""

from __future__ import annotations

from uuid import UUID

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess, ProviderException
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import sudo
from accounts.models import User
from audit import trail
from kernel.errors import BadInput
from signon import refusals as settling
from signon import rules, selectors, trials
from signon.errors import REASONS
from signon.forms import KindForm, LinkForm, ProviderForm, ReasonForm
from signon.models import IdentityProvider
from signon.services import providers as services
from signon.views.common import administrator, powers, saved, tried
from signon.views.public import send

PATHS = {"oidc": "openid_connect_callback", "wecom": "wecom_callback", "dingtalk": "dingtalk_callback"}


@administrator
@require_GET
def providers(request: HttpRequest) -> HttpResponse:
    """All ways to sign in, refused sign-ins, and systems that sign in with us."""
    context = {
        "providers": selectors.providers(request.user),
        "refused": selectors.refusals(request.user).count(),
        "clients": selectors.clients(request.user).count(),
        **powers(request),
    }
    return render(request, "signon/providers.html", context)


@administrator
@require_http_methods(["GET", "POST"])
@sudo.required
def new_provider(request: HttpRequest) -> HttpResponse:
    """Choose a kind, then fill in."""
    kind = request.GET.get("kind", "")
    if kind not in IdentityProvider.Kind.values:
        return render(request, "signon/new_provider.html", {"form": KindForm()})
    form = ProviderForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        row = saved(form, lambda: services.create(by=_person(request), kind=kind, **form.said()))
        if row:
            return redirect("signon:provider", sign_on_id=row.pk)
    context = {"form": form, "kind": IdentityProvider.Kind(kind).label, "row": None, **powers(request)}
    return render(request, "signon/provider.html", context, status=400 if form.errors else 200)


@administrator
@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def provider(request: HttpRequest, sign_on_id: UUID) -> HttpResponse:
    """One: its settings, its addresses for the other side, trial, switch, what was done."""
    row = selectors.provider(request.user, sign_on_id)
    form = ProviderForm(request.POST or None, kind=row.kind, row=row)
    if request.method == "POST" and form.is_valid():
        if saved(form, lambda: services.edit(row, by=_person(request), **form.said())):
            return redirect("signon:provider", sign_on_id=row.pk)
        row = selectors.provider(request.user, sign_on_id)
    context = {
        "row": row,
        "kind": row.get_kind_display(),
        "form": form,
        "reason_form": ReasonForm(),
        "addresses": _addresses(request, row),
        "trail": trail.of(row).reverse()[:15],
        "tried": _tried(row),
        **powers(request),
    }
    return render(request, "signon/provider.html", context, status=400 if form.errors else 200)


@administrator
@require_POST
@sudo.required_for("switch-on", "drop")
def provider_step(request: HttpRequest, sign_on_id: UUID, step: str) -> HttpResponse:
    """One of: switch-on, switch-off, drop."""
    row, by, data = selectors.provider(request.user, sign_on_id), _person(request), request.POST
    match step:
        case "switch-on":
            tried(request, lambda: services.switch_on(row, by=by), _("已启用，登录页已显示。"))
        case "switch-off":
            ends = data.get("end_sessions") == "on"
            tried(
                request,
                lambda: services.switch_off(row, by=by, why=data.get("why", ""), end_sessions=ends),
                _("已停用，登录页不再显示。"),
            )
        case "drop":
            if tried(request, lambda: services.drop(row, by=by), _("已删除。")):
                return redirect("signon:providers")
        case _:
            raise Http404
    return redirect("signon:provider", sign_on_id=row.pk)


@administrator
@require_POST
def try_now(request: HttpRequest, sign_on_id: UUID) -> HttpResponse:
    """Sign in there for real, in a window of its own; what was said is shown instead of letting anybody in."""
    row = selectors.provider(request.user, sign_on_id)
    rules.require_either(_person(request))
    onward = reverse("signon:tried", kwargs={"sign_on_id": row.pk})
    try:
        answer = send(request, row, AuthProcess.LOGIN, next_url=onward, data={"trial": True})
    except (ProviderException, SocialApp.DoesNotExist) as error:
        trials.failed(row, by=_person(request), why=str(error))
        return redirect(onward)
    # A form's policy covers where it is sent on: a page that only leads there does not depend on the provider's host.
    return render(request, "signon/going.html", {"row": row, "url": answer["Location"]})


@administrator
@never_cache
@require_GET
def tried_now(request: HttpRequest, sign_on_id: UUID) -> HttpResponse:
    """What the last trial showed."""
    row = selectors.provider(request.user, sign_on_id)
    return render(request, "signon/tried.html", {"row": row, "tried": _tried(row), **powers(request)})


# Refused sign-ins -----------------------------------------------------------------------------------------------------


@administrator
@never_cache
@require_GET
def refusals(request: HttpRequest) -> HttpResponse:
    """Whom we did not let in, with the people they probably are."""
    settled = "settled" in request.GET
    rows = list(selectors.refusals(request.user, settled=settled)[:100])
    shown = [
        {
            "row": row,
            "reason": str(REASONS[row.code][0]) if row.code in REASONS else row.code,
            "likely": [] if settled else selectors.likely(row),
            "linkable": row.code in settling.LINKABLE,
        }
        for row in rows
    ]
    context = {"shown": shown, "settled": settled, "form": LinkForm(auto_id=False), **powers(request)}
    return render(request, "signon/refusals.html", context)


@administrator
@require_POST
@sudo.required_for("link")
def refusal_step(request: HttpRequest, refusal_id: UUID, step: str) -> HttpResponse:
    """One of: link, dismiss, unlink."""
    row, by = selectors.refusal(request.user, refusal_id), _person(request)
    match step:
        case "link":
            user = selectors.person_by(request.POST.get("who", ""))
            if user is None:
                tried(request, _nobody, "")
            else:
                done = _("已关联到{name}，请对方重新登录。").format(name=user.display_name)
                tried(request, lambda: settling.link(row, user=user, by=by), done)
        case "dismiss":
            tried(request, lambda: settling.dismiss(row, by=by), _("已从列表移走。"))
        case "unlink":
            tried(request, lambda: settling.unlink(row, by=by), _("已解除关联，由此登录的会话已结束。"))
        case _:
            raise Http404
    return redirect("signon:refusals")


def _nobody() -> None:
    raise BadInput(
        _("没有找到这名在用人员。请填写完整的账号、执法证号或手机号；名单里还没有的，请先添加人员。"),
        code="person_not_found",
    )


def _addresses(request: HttpRequest, row: IdentityProvider) -> list[tuple[str, str]]:
    """What the other side has to enter."""
    found = [(_("登录回调地址"), reverse(PATHS[row.kind], kwargs={"provider_id": row.slug}))]
    if row.kind == IdentityProvider.Kind.OIDC:
        found.append((_("服务器间退出通知"), reverse("signon:back_channel", kwargs={"slug": row.slug})))
        if row.front_channel:
            found.append((_("浏览器端退出通知"), reverse("signon:front_channel", kwargs={"slug": row.slug})))
    found.append((_("一键登录入口"), reverse("signon:enter", kwargs={"slug": row.slug})))
    return [(label, request.build_absolute_uri(path)) for label, path in found]


def _tried(row: IdentityProvider) -> dict[str, object]:
    said = dict(row.tried)
    if said.get("code"):
        title, text = (str(words).format(provider=row.name) for words in REASONS[str(said["code"])])
        said |= {"title": title, "text": text}
    return said


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
