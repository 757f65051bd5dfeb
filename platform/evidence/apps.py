from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """Originals, derived copies, intake checks, the object store."""

    name = "evidence"
    verbose_name = _("证据")

    def ready(self) -> None:
        from evidence import doors, selectors
        from webui.nav import NavItem, register

        doors.register(selectors.was_assigned)
        register(
            NavItem(
                area="bureau",
                url_name="evidence:quarantine",
                label=_("待认领照片"),
                icon="image",
                order=70,
                allowed=selectors.may_assign,
            )
        )
