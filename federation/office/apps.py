from __future__ import annotations

from datetime import datetime
from functools import partial

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _waiting(_request: HttpRequest) -> int:
    from federation.parties import selectors
    from federation.parties.models import Enrolment

    return selectors.enrolments(Enrolment.State.SUBMITTED).count()


def _waiting_since(_request: HttpRequest) -> datetime | None:
    from federation.parties import selectors
    from federation.parties.models import Enrolment

    found = selectors.enrolments(Enrolment.State.SUBMITTED).order_by("submitted_at").first()
    return found.submitted_at if found else None


def _stuck(request: HttpRequest) -> int:
    from federation.letters import selectors
    from federation.office.letter_views import own_parties

    return selectors.stuck(own_parties(request)).count()


def _stuck_since(request: HttpRequest) -> datetime | None:
    from federation.letters import selectors
    from federation.office.letter_views import own_parties

    found = selectors.stuck(own_parties(request)).first()
    return found.dead_at if found else None


def _overdue(_request: HttpRequest) -> int:
    from federation.office.selectors import flight

    return flight.overdue_count()


def _overdue_since(_request: HttpRequest) -> datetime | None:
    from federation.office.selectors import flight

    return flight.overdue_since()


def _chased(request: HttpRequest) -> int:
    from federation.office.letter_views import own_parties
    from federation.office.selectors import reminders

    return reminders.open_count(own_parties(request))


class OfficeConfig(AppConfig):
    """The pages of the office (省际协作办公室), and of letters that wait for a person."""

    name = "federation.office"
    label = "office"
    verbose_name = "省际协作办公室"

    def ready(self) -> None:
        """Offer the pages; those of stuck letters and of reminders at every host."""
        from federation.office.letter_views import may_mend
        from notify.words import register as sentence
        from webui.nav import NavItem, group, register

        office = partial(NavItem, area="office")
        register(office(url_name="office:home", label=_("首页"), icon="home", order=1))
        register(
            office(
                url_name="letters:official", label=_("函件进度"), icon="letter", order=18, count=_overdue,
                waits=_("超期未办的函件"), oldest=_overdue_since,
            )
        )  # fmt: skip
        register(office(url_name="letters:map", label=_("函件流向"), icon="place", order=19))
        register(office(url_name="letters:in_flight", label=_("在途往来"), icon="send", order=20))
        register(office(url_name="letters:pace", label=_("办理时效"), icon="clock", order=27))
        register(office(url_name="letters:ledgers", label=_("发件台账"), icon="list", order=26))
        register(
            office(
                url_name="office:enrolments", label=_("入驻申请"), icon="document", order=10, count=_waiting,
                waits=_("待审核的入驻申请"), oldest=_waiting_since,
            )
        )  # fmt: skip
        register(office(url_name="office:organisations", label=_("入驻单位"), icon="people", order=12))
        register(office(url_name="office:wanted", label=_("邀请名单"), icon="plus", order=14))
        stuck = partial(
            NavItem, url_name="letters:stuck", label=_("滞留件"), icon="warning", allowed=may_mend, count=_stuck,
            oldest=_stuck_since,
        )  # fmt: skip
        chased = partial(
            NavItem, url_name="letters:reminders", label=_("催办"), icon="clock", allowed=may_mend, count=_chased,
            waits=_("被催办的来函"),
        )  # fmt: skip
        for area, order in (("bureau", 80), ("desk", 80), ("office", 25)):
            register(stuck(area=area, order=order))
            register(chased(area=area, order=order + 1))
        register(
            NavItem(
                area="bureau", url_name="letters:pace", label=_("办理时效"), icon="list", order=82, allowed=may_mend
            )
        )
        group("office", _("往来"), "letters")
        group("office", _("协作"), "broker", "agreements", "grants", "matching", "jointcases")
        group(
            "office",
            _("单位"),
            "office:enrolments",
            "office:organisations",
            "office:wanted",
            "platforms_office",
            "peers",
        )
        group("office", _("核验"), "letters:ledgers", "heads", "usage")
        group("office", _("我的"), "notify", "accounts")
        sentence("letter_chased", _("有来函已过期限，请办理"))
        sentence("answer_rated", _("对方评价了贵单位的答复"))
