from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """Originals, derived copies, intake checks, the object store."""

    name = "evidence"
    verbose_name = _("证据")

    def ready(self) -> None:
        from evidence import (
            checks,  # noqa: F401 - registers what `check --deploy` asks
            doors,
            hooks,
            packages,  # noqa: F401 - registers what verification asks
            sealing,  # noqa: F401 - the same
            selectors,
            sheet_uploads,
            withdrawals,
        )
        from webui.nav import NavItem, register

        # Large uploads are spooled there; Django's own check refuses to start without it.
        settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        doors.register(selectors.was_assigned)
        doors.register(selectors.opens_by_matter)
        doors.register(selectors.opens_original, originals=True)
        hooks.on_uploaded("exhibits:sheet_files", sheet_uploads.FILES)
        hooks.on_uploaded("exhibits:documents", sheet_uploads.DOCUMENTS)
        register(
            NavItem(
                area="phone-more",
                url_name="exhibits:list",
                label=_("证据"),
                icon="box",
                order=30,
                allowed=selectors.keeps_evidence,
            )
        )
        register(
            NavItem(
                area="bureau",
                url_name="exhibits:withdrawals",
                label=_("撤回申请"),
                icon="lock",
                order=72,
                allowed=withdrawals.may_decide,
                count=withdrawals.waiting,
            )
        )
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
