from functools import partial

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _waiting(_request: HttpRequest) -> int:
    from federation.parties import selectors
    from federation.parties.models import Enrolment

    return selectors.enrolments(Enrolment.State.SUBMITTED).count()


class OfficeConfig(AppConfig):
    """The pages of the office (省际协作办公室), and of letters that wait for a person."""

    name = "federation.office"
    label = "office"
    verbose_name = "省际协作办公室"

    def ready(self) -> None:
        """Offer the pages; those of stuck letters at every host."""
        from federation.office.letter_views import may_mend
        from webui.nav import NavItem, register

        register(NavItem(area="office", url_name="office:home", label=_("首页"), icon="home", order=1))
        register(
            NavItem(
                area="office",
                url_name="office:enrolments",
                label=_("入驻申请"),
                icon="document",
                order=10,
                count=_waiting,
            )
        )
        register(NavItem(area="office", url_name="office:organisations", label=_("入驻单位"), icon="people", order=12))
        register(NavItem(area="office", url_name="office:wanted", label=_("邀请名单"), icon="plus", order=14))
        stuck = partial(NavItem, url_name="letters:stuck", label=_("滞留件"), icon="warning", allowed=may_mend)
        for area, order in (("bureau", 80), ("desk", 80), ("office", 25)):
            register(stuck(area=area, order=order))
        register(NavItem(area="office", url_name="letters:in_flight", label=_("在途往来"), icon="letter", order=20))
        register(NavItem(area="office", url_name="letters:ledgers", label=_("发件台账"), icon="list", order=26))
