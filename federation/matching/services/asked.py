"""At the brands host: the office asks whether a brand may be named; an organisation raises a series of its finds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from federation.contracts.addresses import Address
from federation.contracts.matching import (
    BrandAnsweredV1,
    BrandAskedV1,
    RaisedFindV1,
    RunSideV1,
    SameRunV1,
    SeriesRaisedV1,
    SeriesToldV1,
)
from federation.letters.post import Actor, Envelope, post
from federation.matching import selectors, sources
from federation.matching.models import BrandQuestion, RaisedSeries
from federation.parties.models import Membership
from kernel import clock
from kernel.errors import BadInput, NotFound404, Words
from kernel.ids import uuid7
from notify.services import tell

_MOST_FINDS = 200
_MOST_NAMES = 20
_TOLD = (Membership.Role.BRAND_ADMIN, Membership.Role.RIGHTS_STAFF)


def question_came(message: BrandAskedV1, envelope: Envelope) -> BrandQuestion:
    """Two provinces want to tell each other that it is about this brand."""
    owner = envelope.addressee.organisation_id
    row, new = BrandQuestion.objects.get_or_create(
        pk=message.ask_id,
        defaults={
            "organisation_id": owner, "kind": message.value_kind, "provinces": message.provinces,
            "asked_at": message.at, "due_at": envelope.due_at,
        },
    )  # fmt: skip
    if new:
        _notice(owner, _("有省份请求互告涉及贵方的品牌和产品"))
    return row


def answer(*, organisation_id: UUID, question_id: UUID, agreed: bool, by: User) -> BrandQuestion:
    """Let the brand and its goods be named between the two provinces, or not. Raises NotFound404, MoveRefused."""
    row = selectors.access_question(organisation_id, question_id)
    now = clock.now()
    with transaction.atomic():
        row = move(row, "agree" if agreed else "decline", by=by, answered_at=now, by_name=by.display_name)
        message = BrandAnsweredV1(ask_id=row.pk, agreed=agreed, who=by.display_name[:40], at=now)
        post(message, Address.office(), thread=row.pk, by=by, sender=Address.organisation(organisation_id))
    return row


def raise_series(
    *, organisation_id: UUID, title: str, why: str, request_ids: Collection[UUID], by: User
) -> RaisedSeries:
    """Tell the office that these of one's own finds are one series. Raises BadInput.

    (`series_title_missing`, `series_reason_missing`, `series_one_province`, `series_too_many`)
    """
    if not title.strip():
        raise BadInput(_("请给这个系列起个名称。"), code="series_title_missing")
    if len(why.strip()) < 4:
        raise BadInput(_("请写明为什么认为是一个系列，至少四个字。"), code="series_reason_missing")
    wanted = set(request_ids)
    if len(wanted) > _MOST_FINDS:
        raise BadInput(_("一个系列最多选 {most} 件。请减少后再提。"), code="series_too_many", most=_MOST_FINDS)
    chosen = {each.request_id: each for each in sources.finds_of(organisation_id) if each.request_id in wanted}
    if set(chosen) != wanted:
        raise NotFound404()
    provinces = {each.province_code for each in chosen.values()}
    if len(provinces) < 2:
        raise BadInput(_("请至少选两个省份的申请。"), code="series_one_province", provinces=len(provinces))
    now = clock.now()
    with transaction.atomic():
        row = RaisedSeries.objects.create(
            id=uuid7(), organisation_id=organisation_id, title=title.strip()[:80], why=why.strip()[:1000],
            finds=[_kept(each) for each in chosen.values()], provinces=len(provinces), by_name=by.display_name,
            raised_at=now,
        )  # fmt: skip
        trail.record(row, "raise", by=by, why=row.why)
        message = SeriesRaisedV1(
            series_id=row.pk, title=row.title, why=row.why,
            product_names=tuple(sorted({each.product_name for each in chosen.values()})[:_MOST_NAMES]),
            finds=tuple(
                RaisedFindV1(province_code=each.province_code, request_id=each.request_id, found_on=each.found_on)
                for each in chosen.values()
            ),
            who=by.display_name[:40], at=now,
        )  # fmt: skip
        post(message, Address.office(), thread=row.pk, by=by, sender=Address.organisation(organisation_id))
    return row


def _kept(each: sources.Raisable) -> dict[str, str]:
    return {
        "request_id": str(each.request_id), "request_no": each.request_no, "province_code": each.province_code,
        "product_name": each.product_name, "found_on": each.found_on.isoformat(),
    }  # fmt: skip


def series_told(message: SeriesToldV1, envelope: Envelope) -> None:
    """How a series that we raised stands."""
    owner = envelope.addressee.organisation_id
    row = RaisedSeries.objects.filter(pk=message.series_id, organisation_id=owner).first()
    if row is None:
        raise NotFound404()
    news = (row.standing, row.agreed) != (message.standing, message.agreed)
    RaisedSeries.objects.filter(pk=row.pk).update(
        number=message.number, provinces=message.provinces, agreed=message.agreed, standing=message.standing
    )
    if news:
        _notice(owner, _("贵方提出的系列有新进展"), url=f"/series/{row.pk}/")


def report_run(
    *, link_id: UUID, organisation_id: UUID, sides: Iterable[tuple[str, UUID]], stands: bool, by: Actor
) -> bool:
    """Tell the office that finds of two provinces are of one run, or are not any more. In the caller's transaction.

    sides: province and request of each. Returns whether there was anything to tell.
    """
    both = [RunSideV1(province_code=province, request_id=request_id) for province, request_id in sides]
    if len(both) != 2 or both[0].province_code == both[1].province_code:
        return False
    message = SameRunV1(
        link_id=link_id, standing="accepted" if stands else "fallen", sides=tuple(both), at=clock.now()
    )  # fmt: skip
    post(message, Address.office(), thread=link_id, by=by, sender=Address.organisation(organisation_id))
    return True


def _notice(organisation_id: UUID, title: Words, url: str = "/matches/") -> None:
    people = Membership.objects.filter(organisation=organisation_id, role__in=_TOLD).values_list("user_id", flat=True)
    tell(to=set(people), code="series_news", title=title, url=url)
