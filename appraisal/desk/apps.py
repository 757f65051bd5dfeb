from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "appraisal.desk"
    label = "desk"
    verbose_name = _("鉴定工作台")

    def ready(self) -> None:
        import evidence.doors
        import evidence.hooks
        from appraisal.desk import admit, services
        from notify import live
        from webui.nav import NavItem, group, register

        evidence.doors.register(admit.may_see)
        evidence.hooks.on_ready(services.photo_settled)
        evidence.hooks.on_refused(services.photo_settled)
        live.register_parties(admit.parties_heard)
        for order, (url_name, label, icon) in enumerate(
            (
                ("desk:queue", _("待办"), "inbox"),
                ("desk:consultations", _("咨询"), "chat"),
                ("desk:assistance", _("执法协助"), "people"),
                ("desk:postings", _("派员"), "place"),
                ("desk:figures", _("数据"), "list"),
                ("desk:templates", _("常用语"), "message"),
            )
        ):
            register(
                NavItem(
                    area="desk",
                    url_name=url_name,
                    label=label,
                    icon=icon,
                    order=10 + order,
                    count=_waiting if url_name == "desk:queue" else None,
                )
            )
        # What waits for an answer stands first, in no group. The headings of all apps are declared here.
        group("desk", _("资料"), "desk:figures", "desk:templates", "recognition", "catalogue")
        group("desk", _("跨省协作"), "jointcases", "matching", "grants")
        group("desk", _("人员和授权"), "parties", "platforms:terms", "usage")
        group("desk", _("我的"), "notify", "letters", "accounts")


def _waiting(request: HttpRequest) -> int:
    from appraisal.desk import admit

    return admit.waiting(request)
