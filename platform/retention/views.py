"""Pages: periods by two administrators, proofs for whoever checks, holds on what a person may see."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import sudo
from accounts.models import Post, User
from accounts.rules import roles_of
from kernel.errors import NotAllowed, Problem
from retention import forms, rules, selectors, services
from retention import proofs as proving
from retention.kinds import kinds
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 50


def _only(allowed: Callable[[Any], bool], words: Promise) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        @never_cache
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allowed(request.user):
                raise NotAllowed(words, code="not_keeper")
            return view(request, *args, **kwargs)

        return inner

    return decorate


keeper = _only(
    selectors.keeps, gettext_lazy("保存期限由系统管理员、安全管理员和审计管理员办理。请联系本单位管理员。")
)  # fmt: skip
holder = _only(selectors.sees_holds, gettext_lazy("法律保留由办案人员、局领导和管理员办理。请联系他们。"))


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _may(request: HttpRequest) -> dict[str, bool]:
    held = roles_of(_person(request))
    return {
        "may_ask": Post.Role.BUREAU_ADMIN in held,
        "may_decide": Post.Role.SECURITY_ADMIN in held,
        "may_check": bool(held & set(selectors.ADMINISTRATORS)),
    }


@keeper
@require_GET
def periods(request: HttpRequest) -> HttpResponse:
    """Every kind, what is in force, what goes in the next 90 days, and how far the clock is."""
    lines = selectors.periods(request.user)
    return render(
        request,
        "retention/periods.html",
        {
            "lines": lines,
            "asked": sum(1 for line in lines if line.asked),
            "runs": [(run, _progress(run)) for run in selectors.runs(request.user)[:5]],
            "holds": len(selectors.holds_of(request.user)),
            **_may(request),
        },
    )


def _progress(run: Any) -> list[tuple[str, dict[str, Any]]]:
    known = kinds()
    return [
        (str(known[code].title) if code in known else code, said)
        for code, said in run.progress.items()
        if said.get("gone") or said.get("held") or said.get("used")
    ]


@keeper
@require_http_methods(["GET", "POST"])
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """One kind: what was decided, and the form for another period."""
    found = rules.kind_here(code)
    form = forms.RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rules.ask(code, by=_person(request), **form.cleaned_data)
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, _("已提交，等安全管理员批准。批准前按原来的期限。"))
            return redirect("retention:kind", code)
    line = next(line for line in selectors.periods(request.user) if line.kind.code == code)
    return render(
        request,
        "retention/kind.html",
        {
            "kind": found,
            "line": line,
            "form": form,
            "rules": selectors.rules_of(request.user, code)[:50],
            **_may(request),
        },
        status=400 if form.errors else 200,
    )


@keeper
@sudo.required_for("agree")
@require_POST
def rule_step(request: HttpRequest, period_id: UUID, step: str) -> HttpResponse:
    """One of: agree, refuse, withdraw."""
    rule = selectors.rule_for(request.user, period_id)
    by, answer = _person(request), request.POST.get("answer", "")
    try:
        if step == "agree":
            rules.agree(rule, by=by, answer=answer)
            messages.success(request, _("已批准，从生效日起按新的期限。"))
        elif step == "refuse":
            rules.refuse(rule, by=by, answer=answer)
        elif step == "withdraw":
            rules.withdraw(rule, by=by)
        else:
            raise Http404
    except Problem as problem:
        messages.error(request, problem.detail)
    return redirect("retention:kind", rule.kind)


@keeper
@require_GET
def proofs(request: HttpRequest) -> HttpResponse:
    """What went; and the answer to "was this record deleted?"."""
    form = forms.AskForm(request.GET or None)
    answer = proving.asked(form.cleaned_data["id"]) if request.GET.get("id") and form.is_valid() else None
    page = paged(selectors.proofs(request.user), request, PER_PAGE)
    known = kinds()
    return render(
        request,
        "retention/proofs.html",
        {
            "rows": [(row, known[row.kind].title if row.kind in known else row.kind) for row in page],
            "page": page,
            "form": form,
            "asked": form.cleaned_data.get("id") if form.is_bound and form.is_valid() else None,
            "answer": answer,
            "answer_kind": known[answer.portion.kind].title if answer and answer.portion.kind in known else "",
        },
    )


@keeper
@require_GET
def proof(request: HttpRequest, portion_id: UUID) -> HttpResponse:
    """One proof, for people."""
    row = selectors.proof_for(request.user, portion_id)
    known = kinds()
    return render(
        request,
        "retention/proof.html",
        {
            "row": row,
            "title": known[row.kind].title if row.kind in known else row.kind,
            "said": json.loads(row.document) if row.document else {},
            "whole": bool(row.document) and proving.holds(row),
            "waiting": list(selectors.files_waiting(request.user, row)[:50]),
            "rows": sorted(row.counts.items(), key=lambda each: -each[1]),
        },
    )


@keeper
@require_GET
def proof_file(request: HttpRequest, portion_id: UUID) -> HttpResponse:
    """The signed document as a file: what was signed, byte for byte, with signature and key beside it."""
    row = selectors.proof_for(request.user, portion_id)
    body = {"document": row.document, "sha256": row.sha256, "signature": row.signature, "public_key": row.public_key}
    answer = HttpResponse(json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="retention-{row.pk}.json"'
    return answer


# Holds ----------------------------------------------------------------------------------------------------------------


@holder
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """What is held, the next review first; with `ended` what was."""
    ended = request.GET.get("show") == "ended"
    rows = selectors.holds_of(request.user, ended=ended)
    return render(
        request,
        "retention/holds.html",
        {"rows": sorted(rows, key=lambda hold: hold.review_on), "ended": ended, **_may(request)},
    )


@holder
@require_http_methods(["GET", "POST"])
def hold_new(request: HttpRequest) -> HttpResponse:
    """The form for a hold on what `kind` and `id` name."""
    subject_kind = request.GET.get("kind", "")
    try:
        record_id = UUID(request.GET.get("id", ""))
    except ValueError as error:
        raise Http404 from error
    subject = services.subject_of(subject_kind)
    title, url = services.find(_person(request), subject_kind, record_id)
    form = forms.HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold = services.place(subject_kind, record_id, by=_person(request), **form.cleaned_data)
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, _("已保留。它和与它相关的记录都不会清理，直到解除。"))
            return redirect("retention:hold", hold.pk)
    return render(
        request,
        "retention/hold_new.html",
        {"form": form, "subject": subject, "title": title, "url": url},
        status=400 if form.errors else 200,
    )


@holder
@require_GET
def hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """One hold: why, by whose order, how far it reaches, and its steps."""
    row = selectors.hold_for(request.user, hold_id)
    subject = services.subject_of(row.subject_kind)
    return render(
        request,
        "retention/hold.html",
        {
            "row": row,
            "subject": subject,
            "may_open": bool(row.subject_url) and subject.find(_person(request), row.subject_id) is not None,
            "reached": selectors.reached(request.user, row),
            "may_lift": bool(roles_of(_person(request)) & set(services.LIFTERS)),
            "may_place": bool(roles_of(_person(request)) & set(services.PLACERS)),
        },
    )


@holder
@sudo.required_for("lift")
@require_POST
def hold_step(request: HttpRequest, hold_id: UUID, step: str) -> HttpResponse:
    """One of: review, ask-lift, lift, keep-on."""
    row, by = selectors.hold_for(request.user, hold_id), _person(request)
    reason = request.POST.get("reason", "")
    try:
        if step == "review":
            services.review(row, by=by)
            messages.success(request, _("已复核，继续保留。"))
        elif step == "ask-lift":
            services.ask_lift(row, by=by, reason=reason)
            messages.success(request, _("已申请解除，批准前继续保留。"))
        elif step == "lift":
            services.lift(row, by=by)
            messages.success(request, _("已解除。到期的记录从下一次清理起会清理。"))
        elif step == "keep-on":
            services.keep_on(row, by=by, reason=reason)
        else:
            raise Http404
    except Problem as problem:
        messages.error(request, problem.detail)
    return redirect("retention:hold", row.pk)
