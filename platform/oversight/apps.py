from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """审计: what the audit administrator reads."""

    name = "oversight"
    label = "oversight"
    verbose_name = _("审计")

    def ready(self) -> None:
        from audit import reads
        from evidence.store import on_differs
        from gateway.views import register_gate
        from oversight import alarms, middleware, rules
        from webui.nav import NavItem, register

        reads.on_unwritable(alarms.unwritable)
        on_differs(alarms.changed)
        alarms.words()
        register_gate(middleware.gate)
        for area, order in (("bureau", 68), ("desk", 86), ("platform", 68), ("office", 68)):
            register(
                NavItem(
                    area=area,
                    url_name="oversight:lines",
                    label=_("审计"),
                    icon="search",
                    order=order,
                    allowed=rules.sees,
                )
            )
        register(
            NavItem(
                area="bureau",
                url_name="oversight:questions",
                label=_("审计查询次数"),
                icon="search",
                order=69,
                allowed=rules.sees_counts,
            )
        )
