from functools import partial

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    name = "federation.letters"
    label = "letters"
    verbose_name = "函件"

    def ready(self) -> None:
        """Read `receivers.py` of every app, so that each kind of letter finds who takes it."""
        from federation.letters.views import may_mend
        from webui.nav import NavItem, register

        autodiscover_modules("receivers")
        stuck = partial(NavItem, url_name="letters:stuck", label=_("滞留件"), icon="warning", allowed=may_mend)
        for area, order in (("bureau", 80), ("desk", 80), ("office", 25)):
            register(stuck(area=area, order=order))
        register(NavItem(area="office", url_name="letters:in_flight", label=_("在途往来"), icon="letter", order=20))
        register(NavItem(area="office", url_name="letters:ledgers", label=_("发件台账"), icon="list", order=26))
