from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuingConfig(AppConfig):
    """辨认意见书 on the brand's side: made, approved, signed, mailed, checked by anyone."""

    name = "appraisal.issuing"
    verbose_name = _("出具意见书")

    def ready(self) -> None:
        from webui.nav import NavItem, register

        register(
            NavItem(area="entrance", url_name="check:page", label=_("核验辨认意见书"), icon="check-seal", order=200)
        )
