"""What people and partners are told: messages of notices, webhooks."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, Count, Min, Q, When
from django.utils.translation import gettext_lazy as _

from kernel import clock
from notify.models import Outbound
from provinces.context import required
from watching.health import Check, Finding, figure, good, register, worse
from webhooks.models import Delivery, Endpoint

OUTBOX_AGE = figure("czj_outbox_age_seconds", "Age of the oldest message of a notice that is not sent")
OUTBOX = figure("czj_outbox_waiting", "Messages of notices that are not sent")
OUTBOX_LOST = figure("czj_outbox_given_up", "Messages of notices given up within a day")
WEBHOOKS = figure("czj_webhooks_waiting", "Webhooks that wait")
WEBHOOKS_DEAD = figure("czj_webhooks_dead", "Webhooks that were not taken in two days")
OUTBOX_LATE_S = 900
AS_IT_SHOULD = ("not_needed", "no_address", "no_gateway")
"""Endings that no gateway is to blame for: read meanwhile, nobody's address, a channel that is not set up."""


def _messages() -> Finding:
    """A gateway that is down: notices stand on the page; nothing counts as served by a message alone."""
    now = clock.now()
    waiting = Q(sent_at=None, given_up_at=None)
    due = waiting & (Q(tries__gt=0) | Q(next_try_at=None) | Q(next_try_at__lte=now))  # others wait for the morning
    since = Case(When(tries=0, next_try_at__isnull=False, then="next_try_at"), default="created_at")
    found = Outbound.objects.aggregate(
        number=Count("id", filter=waiting),
        since=Min(since, filter=due),
        lost=Count("id", filter=Q(given_up_at__gt=now - timedelta(days=1)) & ~Q(detail__in=AS_IT_SHOULD)),
    )
    age_s = max(0.0, (now - found["since"]).total_seconds()) if found["since"] else 0.0
    figures = {OUTBOX_AGE: age_s, OUTBOX: float(found["number"]), OUTBOX_LOST: float(found["lost"])}
    if age_s > OUTBOX_LATE_S or found["lost"]:
        sentence = _("短信、邮件等有 {number} 条没有发出，一天内放弃 {lost} 条：站内通知不受影响。请运维查看消息网关。")
        return worse(sentence, figures=figures, number=found["number"], lost=found["lost"])
    return good(figures=figures)


def _webhooks() -> Finding:
    seat = required().name
    found = Delivery.objects.filter(endpoint__seat=seat, endpoint__state=Endpoint.State.ON).aggregate(
        waiting=Count("id", filter=Q(state=Delivery.State.WAITING)),
        dead=Count("id", filter=Q(state=Delivery.State.DEAD)),
    )
    figures = {WEBHOOKS: float(found["waiting"]), WEBHOOKS_DEAD: float(found["dead"])}
    if found["dead"]:
        sentence = _("对接系统有 {dead} 条回调两天没有送达。请在“对接”里查看并重发。")
        return worse(sentence, figures=figures, dead=found["dead"])
    return good(_("待发 {waiting} 条"), figures=figures, waiting=found["waiting"])


register(Check("messages", _("短信与邮件"), _messages))
register(Check("webhooks", _("对接回调"), _webhooks))
