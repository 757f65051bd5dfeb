"""Whether other installations answer, and until when their keys are taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from federation.peers.models import Peer
from kernel import clock
from provinces.context import required
from watching.checks.certificates import Ends, running_out
from watching.health import Check, Finding, figure, good, register, worse

SILENT = figure("czj_peers_silent", "Other installations that did not answer for an hour")


def _peers() -> Finding:
    hour_ago = clock.now() - timedelta(hours=1)
    active = list(Peer.objects.filter(state=Peer.State.ACTIVE))
    silent = [each for each in active if each.failures and (each.heard_at is None or each.heard_at < hour_ago)]
    if silent:
        sentence = _("{silent} 个对等平台一小时没有应答，给它们的往来在等。请在“对等平台”里查看。")
        return worse(sentence, figures={SILENT: float(len(silent))}, silent=len(silent))
    return good(_("{active} 个对等平台"), figures={SILENT: 0.0}, active=len(active))


@running_out
def _keys() -> Iterable[Ends]:
    """A peer's only key that has an end: its successor has not been introduced."""
    if required().kind != "office":
        return
    for peer in Peer.objects.filter(state=Peer.State.ACTIVE).prefetch_related("keys"):
        ends = [key.until for key in peer.keys.all()]
        if ends and all(ends):
            yield Ends("peer", max(ends))


register(Check("peers", _("对等平台"), _peers, ("office",)))
