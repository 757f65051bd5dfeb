from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsageConfig(AppConfig):
    """用量: what was used, at price zero."""

    name = "billing_free.usage"
    label = "usage"
    verbose_name = _("用量")

    def ready(self) -> None:
        """Each app says in a module `metering.py` what of its own is counted."""
        from django.utils.module_loading import autodiscover_modules

        from billing_free.usage import keys, rules
        from federation.letters import words as letter_words
        from gateway.views import register_gate
        from webui.nav import NavItem, register

        autodiscover_modules("metering")
        register_gate(keys.noted)
        letter_words.KINDS |= {"usage.statement": _("用量结算单")}
        item = partial(NavItem, url_name="usage:home", label=_("用量和结算"), icon="list", allowed=rules.may_read)
        for area, order in (("bureau", 80), ("desk", 80), ("office", 60), ("admin", 80)):
            register(item(area=area, order=order))
