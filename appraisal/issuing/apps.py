from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class IssuingConfig(AppConfig):
    """辨认意见书 on the brand's side: made, approved, signed, mailed, checked by anyone."""

    name = "appraisal.issuing"
    label = "issuing"
    verbose_name = _("出具意见书")

    def ready(self) -> None:
        import evidence.doors
        import evidence.hooks
        from appraisal.issuing import admit, presenters, recognised, services, sources
        from webui import slots
        from webui.nav import NavItem, register

        evidence.doors.register(admit.may_see)
        evidence.hooks.on_ready(services.photo_settled)
        evidence.hooks.on_refused(services.photo_settled)
        sources.register(recognised.matches)
        slots.register("desk:letters", presenters.on_task)
        register(
            NavItem(
                area="desk",
                url_name="issuing:letters",
                label=_("意见书"),
                icon="letter",
                order=12,
                count=_waiting,
            )
        )
        register(
            NavItem(area="entrance", url_name="check:page", label=_("核验辨认意见书"), icon="check-seal", order=200)
        )


def _waiting(request: HttpRequest) -> int:
    from appraisal.issuing import admit

    return admit.waiting(request)
