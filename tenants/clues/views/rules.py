"""管辖: the coverage check with its mends, the rules laid down, what desks' choices suggest, the bureau's own terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import holding, person_of
from accounts.models import Post
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Words
from tenants.clues import forms_work as forms
from tenants.clues import selectors
from tenants.clues.models import Competence
from tenants.clues.routing import coverage, learning
from tenants.clues.services import competence as services
from tenants.clues.services.steps import terms
from tenants.clues.views.work import form_page
from webui.pages import posted, turn_back, uuid_or_none

REFUSALS = (BadInput, Conflict, NotAllowed)
keeper = holding(Post.Role.BUREAU_ADMIN, Post.Role.DISPATCHER, Post.Role.LEADER)
MATTERS = dict(Competence.Matter.choices)


@keeper
@never_cache
@require_GET
def competence(request: HttpRequest) -> HttpResponse:
    """Gaps and doubles first, each with its mend; then suggestions, rules and terms."""
    person = person_of(request)
    found = coverage.check(request.host.division_code)  # type: ignore[attr-defined]
    today = clock.today()
    rules = selectors.competences(person)
    context = {
        "coverage": found,
        "stale": [each for each in found.findings if each.fault == coverage.Fault.STALE],
        "doubles": [_line(each) for each in found.findings if each.fault == coverage.Fault.DOUBLE],
        "gaps": [_line(each) for each in found.findings if each.fault == coverage.Fault.GAP],
        "units": list(selectors.open_units()),
        "suggestions": [each for each in selectors.suggestions(person) if each.state == "proposed"],
        "rules": [each for each in rules if each.valid_until is None or each.valid_until >= today],
        "matters": MATTERS,
        "terms": terms(),
        "here": reverse("clues:competence"),
        "back_url": "/",
    }
    return render(request, "clues/file/competence.html", context)


def _line(finding: coverage.Finding) -> dict[str, Any]:
    return {
        "finding": finding,
        "matters": [str(MATTERS.get(each, each)) for each in finding.matters],
        "matter_codes": ",".join(finding.matters),
    }


@keeper
@never_cache
@require_POST
def mend(request: HttpRequest) -> HttpResponse:
    """One click: this unit answers for these matters of this division."""
    matters = [each for each in request.POST.get("matters", "").split(",") if each]
    unit = uuid_or_none(request.POST.get("unit_id", ""))
    return _do(
        request,
        lambda: services.mend(
            by=person_of(request),
            division_code=request.POST.get("division_code", ""),
            matters=matters,
            unit_id=_given(unit),
        ),
        _("已补设。"),
    )


@keeper
@never_cache
@require_http_methods(["GET", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """Lay one rule down."""
    person = person_of(request)
    ruled = selectors.ruled_unit_ids(person)
    units = [(str(each.pk), each.name) for each in selectors.open_units() if ruled is None or each.pk in ruled]
    form = forms.RuleForm(
        posted(request),
        units=units,
        zones=selectors.zone_names(request.host.division_code),  # type: ignore[attr-defined]
        initial={"division_code": request.GET.get("division", ""), "matter": "all"},
    )

    def work(said: dict[str, Any]) -> None:
        said["unit_id"] = UUID(said["unit_id"])
        said["under_id"] = UUID(said["under_id"]) if said["under_id"] else None
        services.lay_down(by=person, **said)

    return form_page(
        request,
        form,
        title=_("设定管辖"),
        lead=_("填一个范围：区划、开发区，或某单位的辖区。范围小的、指明事项的优先。"),
        here=reverse("clues:competence"),
        work=work,
    )


@keeper
@never_cache
@require_POST
def rule_step(request: HttpRequest, competence_id: UUID, step: str) -> HttpResponse:
    """End a rule, or move it to the division that took the place of its own."""
    person = person_of(request)
    selectors.competence(person, competence_id)
    code = request.POST.get("division_code", "")
    steps: dict[str, tuple[Callable[[], Any], Words]] = {
        "end": (lambda: services.end_rule(by=person, rule_id=competence_id), _("已停用。")),
        "renew": (lambda: services.renew(by=person, rule_id=competence_id, division_code=code), _("已换到现行区划。")),
    }
    if step not in steps:
        raise NotFound404()
    return _do(request, *steps[step])


@keeper
@never_cache
@require_POST
def decide_suggestion(request: HttpRequest, suggestion_id: UUID) -> HttpResponse:
    """A suggestion becomes a rule, or does not."""
    person = person_of(request)
    selectors.suggestion(person, suggestion_id)
    accept = request.POST.get("accept") == "yes"
    reason = request.POST.get("reason", "")
    done: Words = _("已采纳为管辖规则。") if accept else _("已记录，不采纳。")
    return _do(
        request,
        lambda: learning.decide_suggestion(by=person, suggestion_id=suggestion_id, accept=accept, reason=reason),
        done,
    )


@keeper
@never_cache
@require_http_methods(["GET", "POST"])
def own_terms(request: HttpRequest) -> HttpResponse:
    """The bureau's own terms."""
    person, now = person_of(request), terms()
    initial = {name: getattr(now, name) for name in services.TERM_FIELDS}
    return form_page(
        request,
        forms.TermsForm(posted(request), initial=initial),
        title=_("本局期限"),
        lead=_("这些期限没有查到统一规定，由本局自定；核查 15 个工作日、延长 15 个工作日是法定的，不能改。"),
        here=reverse("clues:competence"),
        work=lambda said: services.set_terms(by=person, **said),
    )


def _given(unit: UUID | None) -> UUID:
    if unit is None:
        raise BadInput(_("请选择单位。"), code="unit_missing")
    return unit


def _do(request: HttpRequest, work: Callable[[], Any], words: Words) -> HttpResponse:
    here = reverse("clues:competence")
    try:
        work()
    except REFUSALS as problem:
        return turn_back(request, problem, here)
    messages.success(request, str(words))
    return redirect(here)
