"""Pages of the appraiser. Rows come through `selectors`, writing is done by `services`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.catalogue import selectors as catalogue
from appraisal.desk import presence, selectors, services, workbench
from appraisal.desk.admit import desk_of, may_claim
from appraisal.desk.forms import ItemAnswerForm, MailedForm, OnsiteForm, RetakeForm, SayForm, TemplateForm
from appraisal.desk.models import DeskAssistance, DeskTask, ReplyTemplate
from appraisal.desk.selectors import Desk
from appraisal.desk.words import (
    ASSISTANCE_LOOKS,
    RETAKE_REASONS,
    STATE_LOOKS,
    VERDICT_LABELS,
    VERDICTS,
)
from evidence.models import Exhibit
from evidence.services import own_prefix, receive
from kernel import clock
from kernel.errors import NotFound404, Problem
from kernel.ids import uuid7

State = DeskTask.State
PER_PAGE = 40
PARTS = {"head", "shots", "talk", "trail"}
View = Callable[..., HttpResponse]


def at_desk(view: View) -> View:
    """Hand the view the desk of the person who asks, for the organisation they have chosen."""

    @wraps(view)
    def seated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, desk_of(request), *args, **kwargs)

    return never_cache(login_required(seated))


def on_task(act: Callable[[HttpRequest, Desk, UUID], Any]) -> View:
    """A step on a task: done or refused in plain words, then back to the task."""

    @at_desk
    @require_POST
    @wraps(act)
    def view(request: HttpRequest, desk: Desk, task_id: UUID, **kwargs: Any) -> HttpResponse:
        try:
            done = act(request, desk, task_id, **kwargs)
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
            done = None
        return done if isinstance(done, HttpResponse) else redirect("desk:task", task_id=task_id)

    return view


def _key(request: HttpRequest) -> UUID | None:
    """The id that the form chose for what it makes, so that a second arrival makes nothing."""
    try:
        return UUID(request.POST.get("idempotency_key", ""))
    except ValueError:
        return None


# Queue ------------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The brands host opens on the queue."""
    return redirect("desk:queue")


def _filter(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "").strip() for name in ("state", "province", "product", "q", "mine")}
    if asked["state"] not in {*State.values, "all", "overdue"}:
        asked["state"] = ""
    try:
        asked["product"] = str(UUID(asked["product"])) if asked["product"] else ""
    except ValueError:
        asked["product"] = ""
    return {name: value for name, value in asked.items() if value}


@at_desk
@require_GET
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All open tasks of all provinces; the address says how they are filtered."""
    asked = _filter(request)
    rows = selectors.queue(
        desk,
        state=asked.get("state", "open"),
        province=asked.get("province", ""),
        product=asked.get("product", ""),
        text=asked.get("q", ""),
        mine="mine" in asked,
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    provinces = selectors.province_names()
    tasks = list(page.object_list)
    context = {
        "page": page,
        "rows": workbench.queue_rows(
            tasks,
            watching=presence.watching(desk),
            provinces=provinces,
            counties=selectors.county_names({task.county_code for task in tasks}),
        ),
        "asked": asked,
        "query": urlencode(asked),
        "may_claim": may_claim(request),
        "views": _views(desk, asked),
    }
    if request.headers.get("X-Live"):
        return render(request, "desk/queue.html#rows", context)
    context |= {
        "provinces": [(code, provinces.get(code, code)) for code in selectors.queue_provinces(desk)],
        "products": [(str(pk), name) for pk, name in selectors.queue_products(desk)],
        "saved": selectors.saved_filters(desk),
    }
    return render(request, "desk/queue.html", context)


def _views(desk: Desk, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The views offered above the list, with counts where a count says something."""
    count = selectors.counts(desk)
    offered: list[tuple[dict[str, str], str, int | None]] = [
        ({}, _("未答复"), sum(count[state.value] for state in selectors.OPEN_STATES)),
        ({"state": "waiting"}, _("待接单"), count["waiting"]),
        ({"mine": "1"}, _("我接的"), count["mine"]),
        ({"state": "supplement"}, _("等补拍"), count["supplement"]),
        ({"state": "overdue"}, _("已超时"), count["overdue"]),
        ({"state": "answered"}, _("已答复"), None),
        ({"state": "all"}, _("全部"), None),
    ]
    chosen = {name: value for name, value in asked.items() if name in ("state", "mine")}
    kept = {name: value for name, value in asked.items() if name not in ("state", "mine")}
    return [
        {
            "query": urlencode(query | kept),
            "label": label,
            "count": number,
            "current": query == chosen,
            "late": query.get("state") == "overdue" and bool(number),
        }
        for query, label, number in offered
    ]


@at_desk
@require_GET
def open_next(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits for this person, then the oldest that waits for anybody."""
    found = selectors.next_task(desk)
    return redirect("desk:task", task_id=found.pk) if found else redirect("desk:queue")


@at_desk
@require_POST
def keep_filter(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the present view under a name."""
    query = request.POST.get("query", "")
    try:
        services.keep_filter(desk=desk, name=request.POST.get("name", ""), query=query)
    except Problem as problem:
        messages.error(request, problem.detail)
    return _to_queue(query)


@at_desk
@require_POST
def drop_filter(request: HttpRequest, desk: Desk, filter_id: UUID) -> HttpResponse:
    """Forget a view."""
    services.drop_filter(desk=desk, filter_id=filter_id)
    return _to_queue("")


def _to_queue(query: str) -> HttpResponse:
    response = redirect("desk:queue")
    if query:
        response["Location"] += f"?{query}"
    return response


# Workbench --------------------------------------------------------------------------------------------------------


@at_desk
@require_GET
def task(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """The workbench. Looking at a waiting task tells the officer that it was opened."""
    services.open_task(desk=desk, task_id=task_id)
    context = _bench_context(request, desk, task_id)
    if any(message.level >= messages.ERROR for message in list(messages.get_messages(request))):
        context["page_kind"] = "error"  # what was typed has not been accepted: the browser keeps it
    return render(request, "desk/task.html", context)


@at_desk
@require_GET
def task_part(request: HttpRequest, desk: Desk, task_id: UUID, name: str) -> HttpResponse:
    """One part of the workbench, for a page that hears that something changed."""
    if name not in PARTS:
        raise NotFound404()
    return render(request, f"desk/task.html#{name}", _bench_context(request, desk, task_id, forms=False))


def _bench_context(
    request: HttpRequest,
    desk: Desk,
    task_id: UUID,
    *,
    bound: dict[UUID, ItemAnswerForm] | None = None,
    forms: bool = True,
) -> dict[str, Any]:
    row = workbench.task_for_page(desk, task_id)
    held = row.state in DeskTask._HELD and row.claimed_by_id == desk.person.pk
    correcting = row.state == State.ANSWERED and bool(bound or request.GET.get("correct"))
    benches = workbench.benches(desk, row)
    if forms and (held or correcting):
        for bench in benches:
            bench.form = (bound or {}).get(bench.item.pk) or _form(bench)
    provinces = selectors.province_names()
    canned: dict[str, list[str]] = {use: [] for use in ReplyTemplate.Use.values}
    for template in selectors.all_templates(desk):
        canned[template.use].append(template.text)
    first = next((photo for bench in benches if (photo := bench.first_photo)), None)
    opinion = row.opinions.order_by("given_at").last()
    return {
        "task": row,
        "benches": benches,
        "several": len(benches) > 1,
        "held": held,
        "correcting": correcting,
        "can_claim": row.state == State.WAITING,
        "may_claim": may_claim(request),
        "can_correct": row.state == State.ANSWERED and not correcting,
        "taken_by": row.claimed_by if row.claimed_by_id and not held and row.state in DeskTask._HELD else None,
        "over": row.state in (State.ANSWERED, State.CANCELLED),
        "tone": STATE_LOOKS[row.state][0],
        "shape": STATE_LOOKS[row.state][1],
        "province": provinces.get(row.province_code, row.province_code),
        "county": selectors.county_names([row.county_code]).get(row.county_code, ""),
        "watching": presence.watching(desk).get(row.pk, []),
        "verdicts": VERDICTS,
        "retake_reasons": [*canned["retake"], *RETAKE_REASONS],
        "phrases": canned["chat"],
        "reason_phrases": canned["reasons"],
        "messages_in_chat": workbench.talk(row, desk),
        "events": workbench.trail(row),
        "appointments": workbench.appointments(row),
        "onsite_form": OnsiteForm(initial={"contact": " ".join(filter(None, [desk.person.name, desk.person.phone]))}),
        "mailed_form": MailedForm(initial={"opinion": opinion.pk, "sent_on": clock.today()}) if opinion else None,
        "boxes": workbench.boxes(benches),
        "first_photo": first,
        "key": uuid7(),
        "talk_key": uuid7(),
        "onsite_key": uuid7(),
    }


def _form(bench: workbench.Bench, data: Any = None) -> ItemAnswerForm:
    checkpoints = catalogue.checkpoints(bench.item.product_id)
    return ItemAnswerForm(
        data,
        prefix=bench.prefix,
        initial=workbench.initial_answer(bench, checkpoints),
        checkpoints=checkpoints,
        photo_ids={photo.photo_id for photo in bench.item.photos.all()},
    )


@at_desk
@require_POST
def here(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """The page of a task is open."""
    presence.here(desk, selectors.access_task(desk, task_id).pk)
    return HttpResponse(status=204)


@at_desk
@require_POST
def gone(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """The page of a task was closed."""
    presence.gone(desk, selectors.access_task(desk, task_id).pk)
    return HttpResponse(status=204)


@on_task
def claim(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """Take a task."""
    services.claim(desk=desk, task_id=task_id)
    return None


@on_task
def release(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """Give a task back."""
    services.release(desk=desk, task_id=task_id, reason=request.POST.get("reason", "").strip()[:500])
    messages.success(request, _("已退回待接单，值班同事会收到通知。"))
    return redirect("desk:queue")


@on_task
def ask_again(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """Ask for one shot again."""
    form = RetakeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有读懂要补拍哪一张，请刷新页面后再试。"))
        return None
    data = form.cleaned_data
    supplement = services.ask_again(
        desk=desk,
        task_id=task_id,
        item_id=data["item"],
        shot_code=data["shot_code"],
        reason=data["reason"] or data["own_reason"],
    )
    messages.success(request, _("已请执法人员补拍：{reason}").format(reason=supplement.reason))
    return None


@on_task
def enough(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """The photos suffice."""
    services.say_enough(desk=desk, task_id=task_id)
    messages.success(request, _("已告诉执法人员：照片够了。"))
    return None


@on_task
def say(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """A line of talk, with a photo if there is one."""
    form = SayForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "　".join(words for each in form.errors.values() for words in each))
        return None
    selectors.access_task(desk, task_id)
    file = form.cleaned_data["file"]
    exhibits = [_received(desk, file)] if file else []
    services.say(
        desk=desk,
        task_id=task_id,
        text=form.cleaned_data["text"],
        exhibits=exhibits,
        line_id=form.cleaned_data["idempotency_key"],
    )
    return _back(task_id, "talk")


def _received(desk: Desk, file: Any) -> Exhibit:
    # Not sealed at a shutter: the digest is the server's own, made of what arrived.
    digest = hashlib.file_digest(file.file, "sha256").hexdigest()
    return receive(
        file,
        declared_sha256=digest,
        captured_at=None,
        source=Exhibit.Source.CHAT,
        by=desk.person,
        owner_prefix=own_prefix(desk.organisation.pk),
    )


def _back(task_id: UUID, anchor: str) -> HttpResponse:
    response = redirect("desk:task", task_id=task_id)
    response["Location"] += f"#{anchor}"
    return response


@at_desk
@require_POST
def answer(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """Verdicts on one item or on all of them; then the next task opens by itself."""
    row = workbench.task_for_page(desk, task_id)
    benches = workbench.benches(desk, row)
    only = request.POST.get("only", "")
    chosen = [bench for bench in benches if not only or str(bench.item.pk) == only]
    if not chosen:
        raise NotFound404()
    bound = {bench.item.pk: _form(bench, request.POST) for bench in benches}
    asked = [bound[bench.item.pk] for bench in chosen]
    if not all([form.is_valid() for form in asked]):
        return _answer_again(request, desk, task_id, bound, chosen, status=400)
    try:
        services.answer(
            desk=desk,
            task_id=task_id,
            answers=[bound[bench.item.pk].to_answer(bench.item.pk) for bench in chosen],
            on_site=bool(request.POST.get("on_site")),
            opinion_id=_key(request),
        )
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return _answer_again(request, desk, task_id, bound, chosen, status=problem.status)
    labels = "、".join(str(VERDICT_LABELS[form.cleaned_data["value"]]) for form in asked)
    messages.success(request, _("{no} 的结论已发出：{labels}").format(no=row.request_no, labels=labels))
    now = selectors.access_task(desk, task_id)
    if now.state != State.ANSWERED:
        return redirect("desk:task", task_id=task_id)
    found = selectors.next_task(desk, after=now)
    return redirect("desk:task", task_id=found.pk) if found else redirect("desk:queue")


def _answer_again(
    request: HttpRequest,
    desk: Desk,
    task_id: UUID,
    bound: dict[UUID, ItemAnswerForm],
    chosen: list[workbench.Bench],
    *,
    status: int,
) -> HttpResponse:
    """The page with all that was typed. Items that were not to be sent keep their text and show no errors."""
    sent = {bench.item.pk for bench in chosen}
    for item_id, form in bound.items():
        if item_id not in sent:
            form._errors = ErrorDict()
    context = _bench_context(request, desk, task_id, bound=bound)
    context["lost"] = [form["reasons"].value() for form in bound.values() if form["reasons"].value()]
    context["page_kind"] = "error"
    return render(request, "desk/task.html", context, status=status)


@on_task
def withdraw(request: HttpRequest, desk: Desk, task_id: UUID, *, verdict_id: UUID) -> HttpResponse | None:
    """Take a verdict back."""
    verdict = selectors.access_verdict(desk, verdict_id)
    if verdict.opinion.task_id != task_id:
        raise NotFound404()
    services.withdraw(desk=desk, verdict_id=verdict_id, reason=request.POST.get("reason", "")[:1000])
    messages.success(request, _("结论已撤回，执法人员会看到原因。"))
    return None


@on_task
def mailed(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """The signed original is on its way."""
    form = MailedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填快递公司、运单号和寄出日期。"))
        return None
    data = form.cleaned_data
    opinion = selectors.access_opinion(desk, data["opinion"])
    if opinion.task_id != task_id:
        raise NotFound404()
    services.mailed(
        desk=desk,
        opinion_id=opinion.pk,
        courier=data["courier"],
        waybill_no=data["waybill_no"],
        sent_on=clock.at_start(data["sent_on"]),
    )
    messages.success(request, _("已告诉执法人员：辨认意见书已寄出。"))
    return None


@on_task
def offer_onsite(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """Offer to come to the place."""
    form = OnsiteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("到场时间没有读懂，请重新选择。"))
        return None
    services.offer_onsite(desk=desk, task_id=task_id, appointment_id=_key(request), **_onsite(form))
    messages.success(request, _("已向执法人员提出到场协助。"))
    return None


@on_task
def answer_onsite(request: HttpRequest, desk: Desk, task_id: UUID, *, appointment_id: UUID) -> HttpResponse | None:
    """Agree, decline or finish."""
    if selectors.access_appointment(desk, appointment_id).task_id != task_id:
        raise NotFound404()
    form, verb = OnsiteForm(request.POST), request.POST.get("verb", "")
    if not form.is_valid() or verb not in {"agree", "decline", "finish"}:
        messages.error(request, _("到场时间没有读懂，请重新选择。"))
        return None
    services.answer_onsite(desk=desk, appointment_id=appointment_id, verb=verb, **_onsite(form))
    return None


def _onsite(form: OnsiteForm) -> dict[str, Any]:
    meet_at: datetime | None = form.cleaned_data["meet_at"]
    return {"meet_at": meet_at, "contact": form.cleaned_data["contact"], "note": form.cleaned_data["note"]}


# Consultations, assistance, figures, words ------------------------------------------------------------------------


@at_desk
@require_GET
def consultations(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Questions of officers outside any request."""
    page = Paginator(selectors.consultations_of(desk), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/consultations.html", {"page": page, "provinces": selectors.province_names()})


@at_desk
@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, desk: Desk, consultation_id: UUID) -> HttpResponse:
    """One consultation, and a line said in it."""
    row = selectors.access_consultation(desk, consultation_id)
    if request.method == "POST":
        try:
            services.say_in_consultation(
                desk=desk,
                consultation_id=row.pk,
                text=request.POST.get("text", "")[:2000],
                line_id=_key(request),
            )
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
        return redirect("desk:consultation", consultation_id=row.pk)
    context = {
        "row": row,
        "province": selectors.province_names().get(row.province_code, row.province_code),
        "messages_in_chat": [
            {
                "id": line.pk,
                "at": line.at,
                "by": line.who,
                "mine": line.side == "brand" and line.who == desk.person.display_name,
                "text": line.text,
            }
            for line in row.lines.all()
        ],
        "phrases": [template.text for template in selectors.templates(desk, "chat")],
        "key": uuid7(),
    }
    return render(request, "desk/consultation.html" + ("#talk" if request.headers.get("X-Live") else ""), context)


def _assistance_row(row: DeskAssistance, provinces: dict[str, str], counties: dict[str, str]) -> dict[str, Any]:
    tone, shape = ASSISTANCE_LOOKS[row.state]
    return {
        "row": row,
        "tone": tone,
        "shape": shape,
        "province": provinces.get(row.province_code, row.province_code),
        "county": counties.get(row.county_code, ""),
        "open": row.state in DeskAssistance.MOVES["finish"][0],
    }


@at_desk
@require_GET
def assistance(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What bureaux ask of the enterprise by a day, the open ones first."""
    page = Paginator(selectors.assistance_of(desk), PER_PAGE).get_page(request.GET.get("page"))
    tasks = list(page.object_list)
    provinces, counties = selectors.province_names(), selectors.county_names({row.county_code for row in tasks})
    rows = [_assistance_row(row, provinces, counties) for row in tasks]
    template = "desk/assistance.html" + ("#rows" if request.headers.get("X-Live") else "")
    return render(request, template, {"page": page, "rows": sorted(rows, key=lambda each: not each["open"])})


@at_desk
@require_http_methods(["GET", "POST"])
def assistance_task(request: HttpRequest, desk: Desk, assistance_id: UUID) -> HttpResponse:
    """One task: take it on, decline it with the reason, or report it done."""
    row = selectors.access_assistance(desk, assistance_id)
    if request.method == "POST":
        verb, text = request.POST.get("verb", ""), request.POST.get("text", "").strip()[:4000]
        if verb not in DeskAssistance.MOVES:
            raise NotFound404()
        try:
            services.answer_assistance(desk=desk, assistance_id=row.pk, verb=verb, text=text)
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
            context = _assistance_row(row, selectors.province_names(), selectors.county_names([row.county_code]))
            return render(
                request,
                "desk/assistance_task.html",
                context | {"text": text, "page_kind": "error"},
                status=problem.status,
            )
        messages.success(request, _("已答复{unit}。").format(unit=row.unit_name))
        return redirect("desk:assistance_task", assistance_id=row.pk)
    context = _assistance_row(row, selectors.province_names(), selectors.county_names([row.county_code]))
    return render(request, "desk/assistance_task.html", context)


SPANS = (7, 30, 90)


@at_desk
@require_GET
def figures(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How fast answers are, and what they say."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else 30
    found = selectors.figures(desk, days=days)
    provinces = selectors.province_names()
    total = sum(found.verdicts.values())
    context = {
        "figures": found,
        "days": days,
        "spans": SPANS,
        "by_province": [row._replace(name=provinces.get(row.name, row.name)) for row in found.by_province],
        "retake_percent": None if found.retake_rate is None else round(100 * found.retake_rate),
        "shares": [
            {
                "value": each.value,
                "label": each.label,
                "count": count,
                "share": round(100 * count / total),
            }
            for each in VERDICTS
            if (count := found.verdicts.get(each.value, 0))
        ],
    }
    return render(request, "desk/figures.html", context)


@at_desk
@require_http_methods(["GET", "POST"])
def templates(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Canned sentences of the organisation."""
    form = TemplateForm(request.POST or None, initial={"use": "retake"})
    if request.method == "POST" and form.is_valid():
        services.keep_template(desk=desk, **form.cleaned_data)
        return redirect("desk:templates")
    rows = list(selectors.all_templates(desk))
    groups = [(label, [row for row in rows if row.use == use]) for use, label in ReplyTemplate.Use.choices]
    return render(
        request,
        "desk/templates.html",
        {"form": form, "groups": groups, "page_kind": "error" if form.errors else "page"},
        status=400 if form.errors else 200,
    )


@at_desk
@require_POST
def drop_template(request: HttpRequest, desk: Desk, template_id: UUID) -> HttpResponse:
    """Forget a canned sentence."""
    services.drop_template(desk=desk, template_id=template_id)
    return redirect("desk:templates")
