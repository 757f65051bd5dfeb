from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ScimConfig(AppConfig):
    """人员同步: people and units kept by another system, by SCIM 2.0."""

    name = "scim"
    label = "scim"
    verbose_name = _("人员同步")

    def ready(self) -> None:
        from accounts import rules
        from connections import panels, scopes, traffic
        from notify import words
        from scim import selectors
        from webui.nav import NavItem, register

        scopes.name("people", _("人员同步"))
        traffic.register_waiting(_("人员同步待处理"), selectors.waiting_of)
        panels.register(
            panels.Panel(
                title=_("人员同步"),
                url_name="scim:sync",
                kinds={"directory"},
                text=_("来了多少人，拦下了谁，谁对不上"),
                count=selectors.waiting_of,
            )
        )
        words.register("people_sync_held", _("人员同步有待决定的停用"))
        register(
            NavItem(
                area="bureau",
                url_name="scim:syncs",
                label=_("人员同步"),
                icon="people",
                order=63,
                allowed=rules.is_admin,
                count=_waiting,
                waits=_("人员同步拦下的停用和变更"),
            )
        )


def _waiting(request: HttpRequest) -> int:
    from scim.models import Mismatch, Removal

    return (
        Removal.objects.filter(state=Removal.State.HELD).count()
        + Mismatch.objects.filter(state=Mismatch.State.OPEN).count()
    )
