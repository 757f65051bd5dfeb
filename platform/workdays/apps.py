from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkdaysConfig(AppConfig):
    """节假日表: the working days of the country, loaded year by year by the office, reckoned with by everybody.

    It lives in `public` alone.
    """

    name = "workdays"
    verbose_name = _("节假日表")

    def ready(self) -> None:
        """Have every term reckoned with the loaded table, and offer the page."""
        from connections.scopes import capability
        from kernel import clock
        from provinces.hosts import DIRECTORY
        from webui.nav import NavItem, register
        from workdays import rules, tables

        DIRECTORY.also(tables.read)
        clock.use_national(tables.national)
        capability("workdays", _("节假日表"), _("节假日和调休上班日"), ["workdays"])
        for area, order, allowed in (("bureau", 68, rules.keeps_people), ("office", 68, rules.loads)):
            register(
                NavItem(
                    area=area, url_name="workdays:table", label=_("节假日表"), icon="clock", order=order,
                    allowed=allowed,
                )
            )  # fmt: skip
