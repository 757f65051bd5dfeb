from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People who sign in: users, units, posts, roles."""

    name = "accounts"
    verbose_name = "人员"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts import admission, rules, sudo
        from accounts.standing import stands
        from gateway import tokens
        from webui.nav import NavItem, register, works_at_desk

        admission.register("office", admission.holds_office_post)
        tokens.require_standing(stands)
        works_at_desk(rules.works_at_desk)
        user_logged_in.connect(sudo.on_logged_in, dispatch_uid="accounts.sudo")
        autodiscover_modules("credentials")
        for order, (url_name, label, icon) in enumerate(
            [
                ("accounts:units", _("机构"), "list"),
                ("accounts:officers", _("人员"), "people"),
                ("accounts:imports", _("导入"), "document"),
            ],
            start=60,
        ):
            register(
                NavItem(area="bureau", url_name=url_name, label=label, icon=icon, order=order, allowed=rules.is_admin)
            )
        for area in ("phone", "bureau", "desk", "platform", "office"):
            register(NavItem(area=area, url_name="accounts:me", label=_("我"), icon="person", order=90))
