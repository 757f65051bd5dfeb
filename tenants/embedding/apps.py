from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmbeddingConfig(AppConfig):
    """嵌入: opened from a case system with its case, and answering into it."""

    name = "tenants.embedding"
    label = "embedding"
    verbose_name = _("嵌入办案系统")

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in
        from allauth.usersessions.signals import on_user_logged_in

        from accounts.sessions import note_sign_in
        from appraisal.opinions import hooks as opinions
        from appraisal.requests import hooks as requests
        from connections import panels
        from evidence import doors, hooks
        from tenants.embedding import filling, framing, linking, news, selectors
        from webui import prefill
        from webui.nav import NavItem, register

        user_logged_in.disconnect(receiver=on_user_logged_in)
        user_logged_in.connect(receiver=note_sign_in)  # a case is opened twenty times a day: no look at each session
        linking.wire()
        news.register()
        requests.on_verdicts(linking.on_verdicts)
        requests.register_numbers(selectors.numbers_of_requests, selectors.requests_numbered)
        opinions.grounds(linking.ground_of)
        doors.register(selectors.door_to_exhibit)
        hooks.register_bare(framing.bare)
        prefill.register(filling.known)
        panels.register(
            panels.Panel(
                title=_("打开与公钥"),
                url_name="embedding:keys",
                kinds={"case_system", "department", "other"},
                text=_("从对方系统打开查真假：签名公钥、最近的打开记录"),
                order=20,
            )
        )
        for area, order in (("phone-more", 30), ("bureau", 26)):
            register(
                NavItem(
                    area=area, url_name="embedding:matters", label=_("对接案件"), icon="document", order=order,
                    allowed=selectors.works_with,
                )
            )  # fmt: skip
