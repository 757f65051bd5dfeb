"""At a province: the office asks whether it may be named to the other provinces of a series."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from federation.contracts.addresses import Address
from federation.contracts.matching import LiaisonV1, Said, SeriesAnsweredV1, SeriesProposedV1, SeriesToldV1
from federation.letters.post import post
from federation.matching import selectors
from federation.matching.models import SeriesAsk
from federation.matching.services.common import MACHINE
from federation.matching.services.ladder import liaison_of
from federation.transfers.selectors import receivers
from kernel import clock
from kernel.errors import Conflict
from notify.services import tell


def proposed(message: SeriesProposedV1) -> SeriesAsk:
    """The question arrives; asked again, the newer one counts as long as it was not answered."""
    facts = message.model_dump(mode="json", include={
        "number", "title", "why", "provinces", "value_kinds", "first_week", "last_week", "match_ids", "request_ids",
    })  # fmt: skip
    row, new = SeriesAsk.objects.get_or_create(pk=message.series_id, defaults={**facts, "asked_at": message.at})
    if not new:
        SeriesAsk.objects.filter(pk=row.pk).update(**facts)
    else:
        tell(
            to=receivers(), code="series_news", url=f"/series/{row.pk}/",
            title=_("有一个系列涉及本省，征询是否亮明"),
        )  # fmt: skip
    return row


def agree(*, series_id: UUID, by: User, name: str = "", phone: str = "") -> SeriesAsk:
    """Let ourselves be named to those that agree as well."""
    row = selectors.access_series_ask(by, series_id)
    liaison = liaison_of(by, name, phone)
    with transaction.atomic():
        row = move(row, "agree", by=by, answered_at=clock.now(), by_name=by.display_name, reason="")
        _answer(row, "said", by, liaison=liaison)
    return row


def decline(*, series_id: UUID, by: User, reason: str = "") -> SeriesAsk:
    """Not be named. The others learn only that fewer agreed than were asked."""
    row = selectors.access_series_ask(by, series_id)
    with transaction.atomic():
        row = move(row, "decline", by=by, answered_at=clock.now(), by_name=by.display_name, reason=reason.strip()[:500])
        _answer(row, "declined", by, reason=row.reason)
    return row


def withdraw(*, series_id: UUID, by: User) -> SeriesAsk:
    """Take the agreement back. Raises Conflict (`already_named`) once others were told."""
    row = selectors.access_series_ask(by, series_id)
    if row.members:
        raise Conflict(_("本省已向其他省份亮明，不能收回。"), code="already_named")
    with transaction.atomic():
        row = move(row, "withdraw", by=by, answered_at=clock.now(), by_name=by.display_name)
        _answer(row, "withdrawn", by)
    return row


def _answer(row: SeriesAsk, said: Said, by: User, *, liaison: LiaisonV1 | None = None, reason: str = "") -> None:
    message = SeriesAnsweredV1(series_id=row.pk, said=said, liaison=liaison, reason=reason, at=clock.now())
    post(message, Address.office(), thread=row.pk, by=by)


def told(message: SeriesToldV1) -> SeriesAsk | None:
    """How the series stands, and who agreed."""
    row = SeriesAsk.objects.filter(pk=message.series_id).first()
    if row is None:
        return None
    SeriesAsk.objects.filter(pk=row.pk).update(
        provinces=max(message.provinces, row.provinces), agreed=message.agreed, standing=message.standing,
        members=[each.model_dump(mode="json") for each in message.members] or row.members,
    )  # fmt: skip
    row.refresh_from_db()
    if message.standing == "closed" and row.state != SeriesAsk.State.CLOSED:
        row = move(row, "close", by=MACHINE, why=message.why)
    title = _("系列 {no} 有新进展").format(no=row.number)
    tell(to=receivers(), code="series_news", title=title, url=f"/series/{row.pk}/")
    return row
