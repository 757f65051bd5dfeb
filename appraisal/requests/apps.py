from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    """The officer asks."""

    name = "appraisal.requests"
    label = "requests"
    verbose_name = "鉴定申请"

    def ready(self) -> None:
        from appraisal.requests import matching, matters, selectors, services, uploads, withdrawn
        from evidence import doors, hooks
        from evidence import matters as evidence_matters
        from webui import kept
        from webui.nav import NavItem, register

        kept.register(
            "requests:phone",
            instead_of=("/check/", "/items/"),
            files=("requests/phone.js", "requests/check.js", "requests/requests.css"),
        )
        doors.register(selectors.door_to_exhibit)
        evidence_matters.register(matters.Requests())
        evidence_matters.register(matters.Sites())
        matching.register_all()
        hooks.on_ready(services.photo_ready)
        hooks.on_refused(services.photo_refused)
        hooks.on_withdrawn(withdrawn.photo_withdrawn)
        hooks.on_uploaded("requests:photos", uploads.PHOTOS)
        for area, order, url_name, label, icon, allowed in (
            ("phone", 10, "requests:home", _("首页"), "home", selectors.asks_or_reads),
            ("phone", 20, "requests:list", _("申请"), "list", selectors.asks_or_reads),
            ("phone-more", 20, "requests:consultations", _("咨询"), "chat", selectors.asks_or_reads),
            ("bureau", 5, "requests:home", _("查真假"), "camera", selectors.asks),
            ("bureau", 20, "requests:list", _("申请"), "list", selectors.asks_or_reads),
        ):
            look = {"label": label, "icon": icon, "order": order}
            register(NavItem(area=area, url_name=url_name, allowed=allowed, **look))
