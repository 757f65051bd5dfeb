from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """Originals, derived copies, intake checks, the object store."""

    name = "evidence"
    verbose_name = _("证据")

    def ready(self) -> None:
        from evidence import doors, sealing, selectors  # noqa: F401 - sealing registers what verification asks
        from webui.nav import NavItem, register

        # Large uploads are spooled there; Django's own check refuses to start without it.
        settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
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
