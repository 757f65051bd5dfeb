"""专项行动: clues by party, and targets made of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from kernel import clock
from kernel.errors import BadInput, NotAllowed
from tenants.campaigns import forms, presenters, selectors
from tenants.campaigns.models import JointAction
from tenants.campaigns.services import bundling
from tenants.campaigns.views.common import form_page, ids, try_it
from tenants.clues.selectors import clues_seen_by
from webui.pages import posted, uuid_or_none


@reader
@never_cache
@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """Campaigns of this person's units."""
    person = person_of(request)
    context = {"rows": selectors.campaigns_of(person), "may_open": selectors.may_run_campaigns(person)}
    return render(request, "campaigns/campaigns.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin one."""
    person = person_of(request)
    if not selectors.may_run_campaigns(person):
        raise NotAllowed()
    return form_page(
        request,
        forms.CampaignForm(posted(request), initial={"starts_on": clock.today()}),
        title=_("新建专项行动"),
        lead=_("把企业线索归到一起，成批列为统一行动的目标；每条线索办结都会反馈到专项办。"),
        here=reverse("campaigns:campaigns"),
        work=lambda said: reverse("campaigns:campaign", args=[bundling.open_campaign(by=person, **said).pk]),
    )


@reader
@never_cache
@require_GET
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The clues by party, with what became of each, and the actions made of them."""
    person = person_of(request)
    found = selectors.access_campaign(person, campaign_id)
    rows = list(selectors.clues_of(person, found))
    planned = [each for each in selectors.actions_of(person) if selectors.plans(person, each)]
    context = {
        "campaign": found,
        "parties": presenters.parties(rows),
        "figures": presenters.campaign_figures(found, rows),
        "actions": selectors.actions_of(person).filter(campaign=found),
        "may_bundle_into": [each for each in planned if each.state == JointAction.State.DRAFT and not each.origin],
        "form": forms.NumbersForm(),
        "back_url": reverse("campaigns:campaigns"),
    }
    return render(request, "campaigns/campaign.html", context)


@reader
@require_POST
def add(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Put clues in: ids from the ledger, or numbers copied from it."""
    person = person_of(request)
    selectors.access_campaign(person, campaign_id)

    def work() -> None:
        wanted = ids(request.POST.getlist("clue_ids"))
        numbers = [line.strip() for line in request.POST.get("numbers", "").splitlines() if line.strip()]
        if numbers:
            known = dict(clues_seen_by(person).filter(number__in=numbers).order_by().values_list("number", "pk"))
            missing = [number for number in numbers if number not in known]
            if missing:
                raise BadInput(
                    _("没有这些线索，或您无权查看：{numbers}。"), code="campaign_numbers_unknown", numbers=missing[:10]
                )
            wanted += [known[number] for number in numbers]
        bundling.add_clues(by=person, campaign_id=campaign_id, clue_ids=wanted)

    return try_it(request, reverse("campaigns:campaign", args=[campaign_id]), work, _("已归入专项行动。"))


@reader
@require_POST
def remove(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Take a clue out."""
    person = person_of(request)
    selectors.access_campaign(person, campaign_id)
    clue_id = uuid_or_none(request.POST.get("clue_id", ""))
    here = reverse("campaigns:campaign", args=[campaign_id])
    if clue_id is None:
        return try_it(request, here, lambda: None)
    return try_it(
        request, here, lambda: bundling.remove_clue(by=person, campaign_id=campaign_id, clue_id=clue_id), _("已移出。")
    )


@reader
@require_POST
def bundle(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Targets from the ticked clues, one a party, in an action that is being planned."""
    person = person_of(request)
    selectors.access_campaign(person, campaign_id)
    action_id = uuid_or_none(request.POST.get("action_id", ""))
    chosen = ids(request.POST.getlist("clue_ids"))

    def work() -> str:
        if action_id is None:
            raise BadInput(_("请选择要列入的统一行动；没有的话先新建一个。"), code="campaign_action_missing")
        made = bundling.bundle(by=person, action_id=action_id, clue_ids=chosen)
        words = ngettext("列了 %(n)d 个目标", "列了 %(n)d 个目标", len(made)) % {"n": len(made)}
        messages.success(request, words)
        return reverse("campaigns:action", args=[action_id])

    return try_it(request, reverse("campaigns:campaign", args=[campaign_id]), work)


@reader
@require_POST
def close(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """It is over."""
    person = person_of(request)
    return try_it(
        request,
        reverse("campaigns:campaign", args=[campaign_id]),
        lambda: bundling.close_campaign(by=person, campaign_id=campaign_id) and None,
        _("专项行动已结束。"),
    )
