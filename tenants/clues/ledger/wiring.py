"""What this part hangs on others' pages and hooks, once, when the app is ready."""

from importlib import import_module

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.has_role("dispatcher", "leader")


def register_all() -> None:
    """Slots of the clue's and the leader's page, entries of the rail, hooks, background tasks."""
    from django.db.models.signals import post_save

    from tenants.clues import hooks, matching
    from tenants.clues.models import ClueFile
    from tenants.clues.services import links
    from tenants.clues.views import merging, today
    from webui import slots
    from webui.nav import NavItem, register

    slots.register("clues:side", merging.side, css=("clues/ledger.css",), order=50)
    slots.register("bureau:leader", today.on_leaders_page, css=("clues/ledger.css",), order=20)
    hooks.on_change(links.on_change)
    matching.register_all()
    post_save.connect(links.on_file, sender=ClueFile, dispatch_uid="clues.links")
    import_module("tenants.clues.ledger_tasks")
    for order, url_name, label, icon in (
        (14, "clue_ledger:today", _("今日线索"), "home"),
        (21, "clue_ledger:open", _("未办结"), "clock"),
        (25, "clue_ledger:targets", _("目标卡"), "link"),
    ):
        register(NavItem(area="bureau", url_name=url_name, label=label, icon=icon, order=order, allowed=_reads))
