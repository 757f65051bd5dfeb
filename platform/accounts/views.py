"""Pages about people: one's own, and those of the bureau's administrators."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import admission, codes, forms, rules, selectors, services, sudo
from accounts.imports import jobs
from accounts.imports.columns import LABELS
from accounts.models import ImportJob, Post, Unit, User
from accounts.standing import in_good_standing
from accounts.tickets import BadTicket, read_upload_ticket
from audit import trail
from gateway import tokens
from kernel.errors import NotAllowed, Problem
from provinces.context import required

View = Callable[..., HttpResponse]
PER_PAGE = 50
CODE_COUNTS_S = 15 * 60


@never_cache
@require_GET
def standing(request: HttpRequest) -> JsonResponse:
    """Who is signed in, with a token for a page that was kept on the phone.

    Header Upload-Ticket: without a session, whether the person of that ticket may still act at all.
    """
    person = request.user
    if person.is_authenticated and in_good_standing(person.pk):
        return JsonResponse({"person": str(person.pk), "csrf": get_token(request), "suspended": False})
    try:
        said = read_upload_ticket(request.headers.get("Upload-Ticket", ""))
    except BadTicket:
        return JsonResponse({"person": "", "csrf": "", "suspended": False})
    return JsonResponse({"person": "", "csrf": "", "suspended": not in_good_standing(said.user_id)})


def administrator(view: View) -> View:
    """Let in the bureau's system and security administrators; anyone else is told so."""

    @wraps(view)
    @login_required
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.is_admin(request):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return inner


# One's own page -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here, how I sign in, what I prefer."""
    user = selectors.person(request.user.pk)
    form = forms.PreferencesForm(
        request.POST or None, instance=user, initial={"language": user.language or request.LANGUAGE_CODE}
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        services.save_preferences(user=user, **chosen)
        messages.success(request, _("已保存。"))
        response = redirect("accounts:me")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen["language"], max_age=365 * 86400, samesite="Lax")
        return response
    factors = selectors.factors_of(user)
    return render(
        request,
        "accounts/me.html",
        {
            "frame": "webui/phone.html" if required().kind == "province" else "webui/desk.html",
            "person": user,
            "is_admin": required().kind == "province" and rules.is_admin(request),
            "roles": [*(post.get_role_display() for post in selectors.posts_of(user)), *admission.roles_of(user)],
            "form": form,
            "passkeys": factors.count(Authenticator.Type.WEBAUTHN),
            "has_totp": Authenticator.Type.TOTP in factors,
            "has_recovery_codes": Authenticator.Type.RECOVERY_CODES in factors,
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
@sudo.required_to_post
def my_tokens(request: HttpRequest) -> HttpResponse:
    """One's own keys for programs on this host; a new one is shown this once."""
    form = forms.TokenForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        scopes = tokens.SCOPES if said["may_write"] else (tokens.READ,)

        def make() -> str:
            return tokens.make_token(
                user=request.user, seat=required().name, name=said["name"], scopes=scopes, days=int(said["days"])
            )[1]

        shown = _done(request, form, make, "") or ""
        if shown:
            form = forms.TokenForm()
    return render(
        request,
        "accounts/tokens.html",
        {
            "frame": "webui/phone.html" if required().kind == "province" else "webui/desk.html",
            "form": form,
            "token": shown,
            "tokens": tokens.tokens_of(request.user, required().name),
        },
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End one of one's own keys at once."""
    tokens.revoke(user=request.user, token_id=token_id, seat=required().name)
    messages.success(request, _("密钥已停用，立即失效。"))
    return redirect("accounts:tokens")


@login_required
@require_POST
def forget_password(request: HttpRequest) -> HttpResponse:
    """Let somebody who has just proved the phone set a new password without the old one."""
    proved = [each["at"] for each in get_authentication_records(request, request.user) if each["method"] == "code"]
    if not proved or time.time() - max(proved) > CODE_COUNTS_S:
        messages.error(request, _("请先退出，用手机验证码登录，再在一刻钟内设新密码。"))
        return redirect("accounts:me")
    user = services.forget_password(user=request.user)
    update_session_auth_hash(request, user)
    return redirect("account_set_password")


@require_GET
@never_cache
def shown_codes(request: HttpRequest) -> HttpResponse:
    """The last sign-in codes of this host; in demonstration mode only."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/shown_codes.html", {"codes": codes.last_codes()})


# Units ----------------------------------------------------------------------------------------------------------------


@administrator
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """The bureau's tree."""
    with_closed = "closed" in request.GET
    return render(
        request,
        "accounts/units.html",
        {"tree": selectors.unit_tree(with_closed=with_closed), "with_closed": with_closed},
    )


@administrator
@require_http_methods(["GET", "POST"])
def unit(request: HttpRequest, unit_id: UUID | None = None) -> HttpResponse:
    """A unit: new or edited; a changed parent moves it."""
    there = selectors.unit(unit_id) if unit_id else None
    form = forms.UnitForm(request.POST or None, instance=selectors.unit(unit_id) if unit_id else None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        parent = data.pop("parent")

        def save() -> Unit:
            if there is None:
                return services.create_unit(by=request.user, parent=parent, **data)
            data.pop("code")
            services.edit_unit(unit=there, by=request.user, **data)
            if there.parent_id != (parent.pk if parent else None):
                services.move_unit(unit=there, parent=parent, by=request.user)
            return there

        if _done(request, form, save, _("已保存。")):
            return redirect("accounts:units")
    return render(
        request,
        "accounts/unit.html",
        {"form": form, "unit": there, "trail": trail.of(there).reverse()[:20] if there else []},
        status=400 if form.errors else 200,
    )


@administrator
@require_POST
def close_unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Take a unit out of use."""
    found = selectors.unit(unit_id)
    if _try(request, lambda: services.close_unit(unit=found, by=request.user), _("单位已停用。")):
        return redirect("accounts:units")
    return redirect("accounts:unit", unit_id=found.pk)


# Officers -------------------------------------------------------------------------------------------------------------


@administrator
@require_GET
def officers(request: HttpRequest) -> HttpResponse:
    """Everyone of the bureau, searched and filtered."""
    form = forms.OfficerFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = selectors.officers(
        text=wanted.get("q", ""),
        unit_id=str(wanted["unit"].pk) if wanted.get("unit") else "",
        role=wanted.get("role", ""),
        state=wanted.get("state", ""),
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "accounts/officers.html", {"form": form if form.is_bound else forms.OfficerFilter(), "page": page}
    )


@administrator
@require_http_methods(["GET", "POST"])
def new_officer(request: HttpRequest) -> HttpResponse:
    """Add one person by hand."""
    form = forms.NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def save() -> User:
            return services.create_person(by=request.user, roles=(Post.Role.OFFICER,), **_emptied(form.cleaned_data))

        person = _done(request, form, save, _("已添加。第一次登录用手机验证码。"))
        if person:
            return redirect("accounts:officer", user_id=person.pk)
    return render(request, "accounts/new_officer.html", {"form": form}, status=400 if form.errors else 200)


@administrator
@require_http_methods(["GET", "POST"])
def officer(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One person: what is kept, posts, suspension, what was done."""
    person = selectors.person(user_id)
    form = forms.PersonForm(request.POST or None, instance=selectors.person(user_id))
    if request.method == "POST" and form.is_valid():

        def save() -> User:
            return services.edit_person(user=person, by=request.user, **_emptied(form.cleaned_data))

        if _done(request, form, save, _("已保存。")):
            return redirect("accounts:officer", user_id=person.pk)
    return render(
        request,
        "accounts/officer.html",
        {
            "person": person,
            "form": form,
            "posts": selectors.posts_of(person),
            "appoint_form": forms.AppointForm(own_roles=rules.roles_of(request.user)),
            "move_form": forms.MoveForm(auto_id="move_%s"),
            "suspend_form": forms.ReasonForm(auto_id="suspend_%s"),
            "reset_form": forms.ReasonForm(auto_id="reset_%s"),
            "factors": len(selectors.factors_of(person)),
            "trail": trail.of(person).reverse()[:20],
            "is_self": person.pk == request.user.pk,
        },
        status=400 if form.errors else 200,
    )


@administrator
@require_POST
@sudo.required_for("appoint", "withdraw", "reset")
def officer_step(request: HttpRequest, user_id: UUID, step: str) -> HttpResponse:
    """One of: suspend, restore, reset, move, appoint, withdraw."""
    person = selectors.person(user_id)
    by, data = request.user, request.POST

    def do() -> object:
        why = data.get("why", "")
        match step:
            case "suspend":
                return services.suspend(user=person, by=by, why=why)
            case "restore":
                return services.restore(user=person, by=by, why=why)
            case "reset":
                return services.reset_second_factor(user=person, by=by, why=why)
            case "move":
                return services.move_person(user=person, unit=selectors.unit(data.get("unit", "")), by=by, why=why)
            case "appoint":
                if data.get("role") not in Post.Role.values:
                    raise Http404
                return services.appoint(user=person, role=data["role"], unit=person.unit, by=by)
            case "withdraw":
                return services.withdraw(post=selectors.post(person, data.get("post", "")), by=by, why=why)
        raise Http404

    done = {
        "suspend": _("已停用，登录已全部结束。"),
        "restore": _("已恢复。"),
        "reset": _("第二验证方式已清除，请本人重新设置。"),
        "move": _("已调动。未办结的申请留在原单位。"),
        "appoint": _("已任命。"),
        "withdraw": _("已免去。"),
    }
    _try(request, do, done.get(step, ""))
    return redirect("accounts:officer", user_id=person.pk)


# Import ---------------------------------------------------------------------------------------------------------------


@administrator
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Upload a list; earlier imports below."""
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]

        def save() -> ImportJob:
            if upload.size > settings.ACCOUNTS_IMPORT_MAX_BYTES:
                raise jobs.too_large()
            return jobs.upload(
                content=upload.read(),
                file_name=upload.name,
                is_complete=form.cleaned_data["is_complete"],
                by=request.user,
            )

        job = _done(request, form, save, "")
        if job:
            return redirect("accounts:import", job_id=job.pk)
    return render(
        request,
        "accounts/imports.html",
        {"form": form, "page": Paginator(selectors.import_jobs(), PER_PAGE).get_page(request.GET.get("page"))},
        status=400 if form.errors else 200,
    )


@administrator
@require_GET
@never_cache
def import_job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One import: preview, progress or report, as it stands. `?part=progress` is the piece that the page polls."""
    job = selectors.import_job(job_id)
    context = {
        "job": job,
        "numbers": job.result or job.expected,
        "columns": [LABELS[field] for field in job.expected["columns"]],
        "bad_rows": job.bad_rows.all()[:200],
        "needs_agreement": jobs.needs_agreement(job),
        "may_agree": job.by_id != request.user.pk,
        "is_moving": job.state in (ImportJob.State.CONFIRMED, ImportJob.State.RUNNING),
    }
    name = "accounts/import_job.html#progress" if request.GET.get("part") == "progress" else "accounts/import_job.html"
    response = render(request, name, context)
    if name.endswith("#progress") and not context["is_moving"]:
        response["HX-Refresh"] = "true"
    return response


@administrator
@require_POST
@sudo.required_for("confirm", "agree")
def import_step(request: HttpRequest, job_id: UUID, step: str) -> HttpResponse:
    """One of: confirm, agree, drop, start (again)."""
    job = selectors.import_job(job_id)

    def do() -> object:
        match step:
            case "confirm":
                return jobs.confirm(job=job, by=request.user)
            case "agree":
                return jobs.agree(job=job, by=request.user)
            case "drop":
                return jobs.drop(job=job, by=request.user)
            case "start":
                return jobs.start_again(job=job, by=request.user)
        raise Http404

    _try(request, do, "")
    return redirect("accounts:import", job_id=job.pk)


@administrator
@require_GET
def import_report(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """The rows left out, as CSV."""
    job = selectors.import_job(job_id)
    return _csv("".join(jobs.report(job)), f"import-{job.created_at:%Y%m%d-%H%M}-bad-rows.csv")


@administrator
@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """A file with every header and one made-up line."""
    return _csv(jobs.template(), "officers-template.csv")


# Helpers --------------------------------------------------------------------------------------------------------------


def _csv(text: str, file_name: str) -> HttpResponse:
    # Made whole before it is sent: a streamed body would run after the seat has been left.
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


def _emptied(data: dict[str, Any]) -> dict[str, Any]:
    return {key: (value or None) if key in ("phone", "officer_cert_no") else value for key, value in data.items()}


def _done(request: HttpRequest, form: Any, save: Callable[[], Any], said: str) -> Any:
    """Run `save`; a refusal becomes the form's error. Returns what was saved, or None."""
    try:
        saved = save()
    except Problem as problem:
        form.add_error(None, problem.detail)
        return None
    if said:
        messages.success(request, said)
    return saved


def _try(request: HttpRequest, do: Callable[[], object], said: str) -> bool:
    """Run `do`; say what came of it above the next page."""
    try:
        do()
    except Problem as problem:
        messages.error(request, problem.detail)
        return False
    if said:
        messages.success(request, said)
    return True
