"""Pages of the brands host: enrolment without an account, and what an organisation keeps of itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit import reads
from federation.parties import acting, files, forms, selectors, services
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import NotFound404, Problem

View = Callable[..., HttpResponse]
Role = Membership.Role


def member(view: View) -> View:
    """Let in whoever acts for an organisation; the view takes that seat as its second argument."""

    @wraps(view)
    @login_required
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, acting.acting_for(request), *args, **kwargs)

    return inner


def any_member(view: View) -> View:
    """`member`, for pages that people of e-commerce platforms have too."""

    @wraps(view)
    @login_required
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, acting.acting_for(request, platforms=True), *args, **kwargs)

    return inner


def done(request: HttpRequest, call: Callable[[], object], words: str) -> bool:
    """Do it and say so, or say why not. NotFound404 passes."""
    try:
        call()
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return False
    messages.success(request, words)
    return True


def uuid_of(text: str) -> UUID:
    """An id out of a form. Raises Http404."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _status(form: django_forms.BaseForm) -> int:
    return 400 if form.errors else 200


# Enrolment, without an account ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@never_cache
def enrol(request: HttpRequest) -> HttpResponse:
    """Begin an application, or come back to one by its code."""
    form = forms.EnrolmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        enrolment = forms.tried(form, lambda: services.write_enrolment(**form.fields_for_service()))
        if enrolment:
            messages.success(request, _("已保存。请记下查询码 {code}，再上传文件。").format(code=enrolment.code))
            return redirect("parties:enrolment", code=enrolment.code)
    return render(request, "parties/enrol.html", {"form": form, "code_form": forms.CodeForm()}, status=_status(form))


@require_POST
def find_enrolment(request: HttpRequest) -> HttpResponse:
    """To the page of an application, by its code; a wrong code is told from nothing else."""
    return redirect("parties:enrolment", code=selectors.enrolment_by_code(request.POST.get("code", "")).code)


@require_http_methods(["GET", "POST"])
@never_cache
def enrolment(request: HttpRequest, code: str) -> HttpResponse:
    """An application as its applicant sees it: state, papers, and the form while it may be changed."""
    found = selectors.enrolment_by_code(code)
    reads.note(found, by=reads.Link(code, gettext_lazy("申请单位"), request))
    is_open = found.state in found.MOVES["submit"][0]
    form = forms.EnrolmentForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        if forms.tried(form, lambda: services.write_enrolment(enrolment=found, **form.fields_for_service())):
            messages.success(request, _("已保存。"))
            return redirect("parties:enrolment", code=found.code)
        found = selectors.enrolment_by_code(code)
    return render(
        request,
        "parties/enrolment.html",
        {
            "enrolment": found,
            "documents": list(found.documents.all()),
            "form": form if is_open else None,
            "paper_form": forms.PaperForm(auto_id="paper_%s") if is_open else None,
        },
        status=_status(form),
    )


@require_POST
def enrolment_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """One of: document (add), remove, submit."""
    found = selectors.enrolment_by_code(code)
    if step == "document":
        form = forms.PaperForm(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data
            done(
                request,
                lambda: services.add_enrolment_document(enrolment=found, file=data["file"], title=data["title"]),
                _("文件已上传。"),
            )
        else:
            messages.error(request, _("请写明文件名称并选择一个文件。"))
    elif step == "remove":
        document_id = uuid_of(request.POST.get("document", ""))
        done(
            request,
            lambda: services.remove_enrolment_document(enrolment=found, document_id=document_id),
            _("文件已删去。"),
        )
    elif step == "submit":
        done(request, lambda: services.submit_enrolment(enrolment=found), _("已提交，等待省际协作办公室审核。"))
    else:
        raise Http404
    return redirect("parties:enrolment", code=found.code)


# For whom I act -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def seats(request: HttpRequest) -> HttpResponse:
    """Choose for whom to act. Each organisation's queue and references are its own."""
    if request.method == "POST":
        seat = acting.choose(request, request.POST.get("seat", ""))
        messages.success(request, _("现在为{name}办事。").format(name=seat.organisation))
        return redirect("/")
    return render(
        request,
        "parties/seats.html",
        {"acting": acting.acting_for(request, platforms=True), "choices": acting.choices(request)},
    )


# People ---------------------------------------------------------------------------------------------------------------


@any_member
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, seat: ActingFor) -> HttpResponse:
    """Members and their roles; invite one more."""
    form = forms.InviteForm(request.POST or None, organisation=seat.organisation)
    if (
        request.method == "POST"
        and form.is_valid()
        and forms.tried(form, lambda: services.invite(acting=seat, **form.cleaned_data))
    ):
        messages.success(request, _("已添加。第一次登录用手机验证码。"))
        return redirect("parties:team")
    may_manage = seat.has(selectors.admin_role(seat.organisation)) and seat.via is None
    context = {"members": selectors.members(seat.organisation), "form": form, "may_manage": may_manage}
    return render(request, "parties/team.html", context, status=_status(form))


@any_member
@require_http_methods(["GET", "POST"])
def team_member(request: HttpRequest, seat: ActingFor, user_id: UUID) -> HttpResponse:
    """One member's roles."""
    seat.require(selectors.admin_role(seat.organisation))
    found = selectors.access_member(seat.organisation, user_id)
    form = forms.RolesForm(
        request.POST if request.method == "POST" else None,
        initial={"roles": [row.role for row in found.active_roles]},
        organisation=seat.organisation,
    )
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data["roles"]

        def save() -> bool:
            services.set_roles(acting=seat, user_id=user_id, roles=roles)
            return True

        if forms.tried(form, save):
            messages.success(request, _("已保存，立即生效。"))
            return redirect("parties:team")
    return render(request, "parties/member.html", {"member": found, "form": form}, status=_status(form))


# Marks and authorisations ---------------------------------------------------------------------------------------------


@member
@require_GET
def authorisations(request: HttpRequest, seat: ActingFor) -> HttpResponse:
    """授权委托书 with what ends soon, and the marks they rest on."""
    today = clock.today()
    return render(
        request,
        "parties/authorisations.html",
        {
            "authorisations": selectors.authorisations_of(seat.organisation),
            "trademarks": selectors.trademarks_of(seat.organisation),
            "expiring": selectors.expiring(seat.organisation),
            "names": forms.province_names(),
            "today": today,
            "soon": today + timedelta(days=selectors.EXPIRY_WARNING_DAYS),
            "may_manage": seat.has(Role.BRAND_ADMIN) and seat.via is None,
        },
    )


@member
@require_http_methods(["GET", "POST"])
def new_authorisation(request: HttpRequest, seat: ActingFor) -> HttpResponse:
    """Register a 授权委托书."""
    seat.require(Role.BRAND_ADMIN)
    form = forms.AuthorisationForm(request.POST or None, request.FILES or None, organisation=seat.organisation)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        membership, marks = UUID(data.pop("membership")), [UUID(pk) for pk in data.pop("trademarks")]
        held = forms.tried(
            form, lambda: services.authorise(acting=seat, membership_id=membership, trademark_ids=marks, **data)
        )
        if held:
            messages.success(request, _("授权 {number} 已登记。").format(number=held.number))
            return redirect("parties:authorisations")
    context = {"form": form, "back": "parties:authorisations", "title": _("登记授权"), "button": _("登记")}
    return render(request, "parties/form.html", context, status=_status(form))


@member
@require_http_methods(["GET", "POST"])
def new_trademark(request: HttpRequest, seat: ActingFor) -> HttpResponse:
    """Register a mark or its renewal."""
    seat.require(Role.BRAND_ADMIN)
    form = forms.TrademarkForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and forms.tried(form, lambda: services.register_trademark(acting=seat, **form.cleaned_data))
    ):
        messages.success(request, _("商标已登记。"))
        return redirect("parties:authorisations")
    context = {"form": form, "back": "parties:authorisations", "title": _("登记商标"), "button": _("登记")}
    return render(request, "parties/form.html", context, status=_status(form))


@member
@require_http_methods(["GET", "POST"])
def withdraw_authorisation(request: HttpRequest, seat: ActingFor, authorisation_id: UUID) -> HttpResponse:
    """End an authorisation, with the reason."""
    held = selectors.access_authorisation(seat.organisation, authorisation_id)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        if forms.tried(form, lambda: services.withdraw_authorisation(acting=seat, authorisation_id=held.pk, why=why)):
            messages.success(request, _("授权 {number} 已撤回，立即失效。").format(number=held.number))
            return redirect("parties:authorisations")
    title = _("撤回授权 {number}").format(number=held.number)
    context = {"form": form, "back": "parties:authorisations", "title": title, "button": _("撤回")}
    return render(request, "parties/form.html", context, status=_status(form))


@member
@require_GET
def document(request: HttpRequest, seat: ActingFor, document_id: UUID) -> HttpResponse:
    """A paper of the organisation, as a file."""
    return files.download(selectors.access_document(seat.organisation, document_id))


# Mandates -------------------------------------------------------------------------------------------------------------


@member
@require_http_methods(["GET", "POST"])
def mandates(request: HttpRequest, seat: ActingFor) -> HttpResponse:
    """Who acts for us, and for whom we act."""
    form = forms.MandateForm(request.POST or None, request.FILES or None, organisation=seat.organisation)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        agent_id = UUID(data.pop("agent"))
        if forms.tried(form, lambda: services.give_mandate(acting=seat, agent_id=agent_id, **data)):
            messages.success(request, _("已发出，待对方确认。"))
            return redirect("parties:mandates")
    context = {
        "mandates": selectors.mandates_of(seat.organisation),
        "form": form,
        "organisation": seat.organisation,
        "may_manage": seat.has(Role.BRAND_ADMIN) and seat.via is None,
    }
    return render(request, "parties/mandates.html", context, status=_status(form))


@member
@require_POST
def mandate_step(request: HttpRequest, seat: ActingFor, mandate_id: UUID, step: str) -> HttpResponse:
    """One of: accept, end."""
    if step == "accept":
        done(request, lambda: services.accept_mandate(acting=seat, mandate_id=mandate_id), _("已确认。"))
    elif step == "end":
        done(request, lambda: services.end_mandate(acting=seat, mandate_id=mandate_id), _("已终止。"))
    else:
        raise Http404
    return redirect("parties:mandates")


# The roster -----------------------------------------------------------------------------------------------------------


@member
@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest, seat: ActingFor) -> HttpResponse:
    """The week, who is on duty now, who is away."""
    organisation, which = seat.organisation, request.POST.get("what", "")
    slot_form = forms.SlotForm(request.POST if which == "slot" else None, organisation=organisation, auto_id="slot_%s")
    absence_form = forms.AbsenceForm(
        request.POST if which == "absence" else None, organisation=organisation, auto_id="absence_%s"
    )
    if which == "slot" and slot_form.is_valid():
        data = dict(slot_form.cleaned_data)
        membership = UUID(data.pop("membership"))
        if forms.tried(slot_form, lambda: services.add_slot(acting=seat, membership_id=membership, **data)):
            messages.success(request, _("已排班。"))
            return redirect("parties:roster")
    if which == "absence" and absence_form.is_valid():
        data = absence_form.cleaned_data
        substitute = UUID(data["substitute"]) if data["substitute"] else None
        if forms.tried(
            absence_form,
            lambda: services.add_absence(
                acting=seat,
                membership_id=UUID(data["who"]),
                from_at=data["from_at"],
                until_at=data["until_at"],
                substitute_id=substitute,
            ),
        ):
            messages.success(request, _("已登记。"))
            return redirect("parties:roster")
    now = clock.now()
    slots = list(selectors.slots_of(organisation))
    context = {
        "week": [(name, [slot for slot in slots if slot.weekday == day]) for day, name in forms.WEEKDAYS],
        "has_slots": bool(slots),
        "on_duty": selectors.on_duty(organisation, now),
        "next_on_duty": selectors.next_on_duty(organisation, now),
        "absences": selectors.absences_of(organisation),
        "slot_form": slot_form,
        "absence_form": absence_form,
        "may_manage": seat.has(Role.BRAND_ADMIN) and seat.via is None,
    }
    failed = slot_form.errors or absence_form.errors
    return render(request, "parties/roster.html", context, status=400 if failed else 200)


@member
@require_POST
def roster_remove(request: HttpRequest, seat: ActingFor, what: str, row_id: UUID) -> HttpResponse:
    """Take a slot or an absence off."""
    if what == "slot":
        done(request, lambda: services.remove_slot(acting=seat, slot_id=row_id), _("已删去这一班。"))
    elif what == "absence":
        done(request, lambda: services.remove_absence(acting=seat, absence_id=row_id), _("已取消。"))
    else:
        raise Http404
    return redirect("parties:roster")
