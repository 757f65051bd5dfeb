from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    """证据移转: originals between provinces. Its rows are `evidence.Transfer`."""

    name = "federation.transfers"
    label = "transfers"
    verbose_name = _("证据移转")

    def ready(self) -> None:
        from evidence import matters
        from federation.transfers.matters import Transfers
        from federation.transfers.selectors import may_receive
        from notify import words
        from webui.nav import NavItem, register

        matters.register(Transfers())
        words.register("evidence_transfer", _("有证据移转的消息"))
        register(
            NavItem(
                area="bureau",
                url_name="transfers:list",
                label=_("证据移转"),
                icon="send",
                order=74,
                allowed=may_receive,
            )
        )
