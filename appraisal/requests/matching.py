"""What requests hold that other provinces may hold too: waybills, and batches of goods that were found counterfeit.

A batch of genuine goods is everywhere, so it says something only on fakes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests.models import AppraisalRequest, Opinion, RequestItem, Verdict
from appraisal.requests.selectors import requests_of
from federation.contracts.appraisal import VerdictValue
from federation.matching import sources
from federation.matching.sources import Described, Held
from kernel import clock

NAME = "request"
_URLS = settings.URLCONFS["province"]
_FAKE = (VerdictValue.COUNTERFEIT, VerdictValue.REFILLED_OR_REASSEMBLED)


def rows(ids: Collection[UUID] | None) -> Iterator[Held]:
    """What requests hold."""
    items = RequestItem.objects.exclude(request__state=AppraisalRequest.State.DRAFT).order_by()
    items = items if ids is None else items.filter(request__in=ids)
    for request_id, waybill in items.exclude(waybill_no="").values_list("request_id", "waybill_no").iterator():
        yield Held(request_id, "waybill", waybill)
    batched = items.exclude(batch_no="").filter(product_id__isnull=False)
    fake = Verdict.objects.filter(item__in=batched.values("pk"), value__in=_FAKE).values("item")
    found = list(batched.filter(pk__in=fake).values_list("request_id", "product_id", "batch_no"))
    brands = catalogue.brands_of_products({product_id for _request, product_id, _batch in found})
    for request_id, product_id, batch in found:
        if product_id in brands:
            yield Held(request_id, "batch", batch, scope=str(brands[product_id][0]))


def describe(ids: Collection[UUID]) -> dict[UUID, Described]:
    """Requests in words."""
    requests = list(AppraisalRequest.objects.filter(pk__in=ids).prefetch_related("items"))
    brands = catalogue.brands_of_products({
        item.product_id for each in requests for item in each.items.all() if item.product_id
    })  # fmt: skip
    found = {}
    for each in requests:
        goods = list(each.items.all())
        owners = {brands[item.product_id][1] for item in goods if item.product_id in brands}
        found[each.pk] = Described(
            number=each.number,
            url=reverse("requests:detail", args=[each.pk], urlconf=_URLS),
            title="、".join(item.product_name for item in goods)[:200],
            found_on=clock.local_date(each.sent_at or each.created_at),
            organisation_ids=tuple(pk for pk in owners if pk),
            brand_names=tuple({item.claimed_brand for item in goods if item.claimed_brand}),
            product_names=tuple({item.product_name for item in goods}),
            facts="\n".join(
                " ".join(filter(None, (item.claimed_brand, item.product_name, item.batch_no))) for item in goods
            ),
        )
    return found


def open_to(person: User) -> QuerySet[Any, UUID]:
    """Ids of the requests that a person sees."""
    return requests_of(person).select_related(None).order_by().values_list("pk", flat=True)


def on_verdicts(request: AppraisalRequest, opinion: Opinion) -> None:
    """Goods were found counterfeit, or not any more."""
    sources.changed(NAME, [request.pk])


def register_all() -> None:
    """Once, when the app is ready."""
    from appraisal.requests import hooks

    sources.register(sources.Source(NAME, _("鉴定申请"), rows=rows, describe=describe, open_to=open_to))
    hooks.on_verdicts(on_verdicts)
