from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JointcasesConfig(AppConfig):
    """联合办案: the room of a matter that several parties work on, each with a copy of its own."""

    name = "federation.jointcases"
    label = "jointcases"
    verbose_name = _("联合办案")

    def ready(self) -> None:
        from evidence import doors
        from federation.jointcases import access, from_series, nav, pieces
        from notify import words

        doors.register(access.opens_by_room)
        nav.register_all()
        pieces.register_all()
        from_series.register()
        words.register("joint_case", _("联合办案有新消息"))
