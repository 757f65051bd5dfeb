from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpinionsConfig(AppConfig):
    """辨认意见书 on the bureau's side: asked for, kept, reviewed, put to the party, relied on elsewhere."""

    name = "appraisal.opinions"
    label = "opinions"
    verbose_name = _("辨认意见")

    def ready(self) -> None:
        from appraisal.opinions import pages, papers, selectors
        from evidence import doors
        from notify import words
        from webui import slots
        from webui.nav import NavItem, register

        papers.register_all()
        doors.register(selectors.door_to_exhibit)
        slots.register("requests:now", pages.of_request, css=("opinions/opinions.css",), order=50)
        slots.register("inspections:now", pages.of_inspection, css=("opinions/opinions.css",), order=50)
        slots.register("cases:now", pages.of_case, css=("opinions/opinions.css",), order=50)
        for code, sentence in (
            ("notice_to_check", _("有一份通知书待审核")),
            ("notice_to_issue", _("有一份通知书待签发")),
            ("notice_sent_back", _("有一份通知书被退回")),
            ("notice_issued", _("有一份通知书已签发")),
            ("notice_returned", _("有一份通知书被权利人退回")),
            ("notice_overdue", _("有一份通知书已过答复期限")),
            ("certificate_arrived", _("有一份辨认意见书已到")),
            ("letter_fell", _("有一份辨认意见书已撤回或换发")),
            ("review_decided", _("有一份采信审查已有结果")),
            ("objection_lodged", _("当事人提出了异议")),
            ("objection_answered", _("权利人已答复异议")),
            ("sample_broken", _("封样签收时有异常")),
            ("sample_on_way", _("封样已寄回")),
            ("reuse_offered", _("有可以互认的意见书")),
            ("reuse_confirmed", _("有一份互认待审查")),
            ("reuse_declined", _("有一份互认不成立")),
        ):
            words.register(code, sentence)
        look = {"label": _("意见书"), "icon": "document", "prefix": "/opinions/", "allowed": selectors.reads}
        for area, order in (("phone-more", 25), ("bureau", 25)):
            register(NavItem(area=area, url_name="opinions:home", order=order, count=pages.count, **look))  # type: ignore[arg-type]
