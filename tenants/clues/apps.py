from collections.abc import Callable

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CluesConfig(AppConfig):
    """线索: intake, desk, units, feedback."""

    name = "tenants.clues"
    label = "clues"
    verbose_name = _("线索")

    def ready(self) -> None:
        from django.http import HttpRequest

        from accounts.models import Post
        from notify import words
        from tenants.clues import answers_ready, in_rooms, navigation, supervised_pages, wiring_intake
        from tenants.clues.ledger import wiring
        from webui import slots
        from webui.nav import NavItem, register

        role = Post.Role

        def holds(*roles: str) -> Callable[[HttpRequest], bool]:
            return lambda request: bool(request.user.is_authenticated and request.user.has_role(*roles))

        workers, keepers = (role.OFFICER, role.DISPATCHER, role.LEADER), (role.DISPATCHER, role.LEADER)
        for area in ("phone", "bureau"):
            register(
                NavItem(
                    area=area,
                    url_name="clue_ledger:list",
                    label=_("线索"),
                    icon="list",
                    order=20,
                    prefix="/clues/",
                    count=navigation.waiting,
                    allowed=holds(*workers),
                )
            )
        for order, url_name, label, icon, roles in (
            (21, "clues:assessments", _("研判台账"), "people", keepers),
            (22, "clues:supervised", _("督办"), "warning", keepers),
            (23, "clues:competence", _("管辖核对"), "place", (*keepers, role.BUREAU_ADMIN)),
        ):
            register(
                NavItem(area="bureau", url_name=url_name, label=label, icon=icon, order=order, allowed=holds(*roles))
            )
        wiring_intake.register_all()
        in_rooms.register_all()
        for code, sentence in navigation.SENTENCES.items():
            words.register(code, sentence)
        answers_ready.ready()
        supervised_pages.register_all()
        slots.register("workdays:table", navigation.on_workdays)
        wiring.register_all()
