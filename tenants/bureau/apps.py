from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class BureauConfig(AppConfig):
    """The bureau's own pages."""

    name = "tenants.bureau"
    label = "bureau"
    verbose_name = "本省"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from accounts import rules
        from appraisal.requests.models import Opinion
        from runtime.door import guide
        from tenants.bureau import captions, showcase
        from webui.nav import NavItem, group, register

        guide.place("requests:detail", captions.of_request)
        guide.place("desk:queue", captions.of_desk)
        guide.place("desk:task", captions.of_desk)
        post_save.connect(showcase.opinion_arrived, sender=Opinion, dispatch_uid="bureau.showcase")

        for order, url_name, label, icon, allowed in (
            (10, "bureau:leader", _("今天"), "home", leads),
            (12, "bureau:home", _("管理"), "home", rules.is_admin),
            (60, "accounts:units", _("机构"), "list", rules.is_admin),
            (61, "accounts:officers", _("人员"), "people", rules.is_admin),
            (62, "accounts:imports", _("导入"), "document", rules.is_admin),
        ):
            register(NavItem(area="bureau", url_name=url_name, label=label, icon=icon, order=order, allowed=allowed))
        # What the day begins with stands first, in no group. Whatever app a page is of, its heading is declared here.
        group("bureau", _("线索"), "clue_ledger", "clues", "clue_intake", "clue_answers")
        group("bureau", _("办案"), "requests", "opinions", "inspections", "seizures", "cases", "campaigns",
              "exhibits", "catalogue")  # fmt: skip
        group("bureau", _("省际"), "correspondence", "jointcases", "agreements", "broker", "grants", "matching",
              "transfers", "letters")  # fmt: skip
        group("bureau", _("机关管理"), "accounts:units", "accounts:officers", "accounts:imports",
              "correspondence:seals", "evidence", "heads", "notify:robots", "letters:stuck",
              "letters:pace", "signon", "usage")  # fmt: skip
        group("bureau", _("我的"), "notify", "accounts")


def leads(request: HttpRequest) -> bool:
    """Whether the person is a leader of the bureau."""
    return request.user.is_authenticated and request.user.has_role("leader")
