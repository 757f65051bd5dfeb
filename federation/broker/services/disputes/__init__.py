"""管辖争议: two provinces say that a matter is the other's, or both claim it.

They have seven working days; what they agree on ends it. Else it goes up to the superior (总局), which designates.
Each keeps a row of its own, in step by letters of one thread (the dispute's id). Letters cross: of two steps the higher
stands everywhere (`Dispute.MOVES`), so any order of arrival ends alike.

Source: 市场监督管理行政处罚程序规定 art. 11 to 15 for penalty cases; the days are not verified.
"""

from federation.broker.services.disputes.common import id_of
from federation.broker.services.disputes.deciding import decide, decided, decided_on_paper, noticed
from federation.broker.services.disputes.negotiating import open_proposal, say, word_came
from federation.broker.services.disputes.opening import open_dispute, opened
from federation.broker.services.disputes.raising import raise_overdue, raise_up, raised, went_up

__all__ = [
    "decide", "decided", "decided_on_paper", "id_of", "noticed", "open_dispute", "open_proposal", "opened",
    "raise_overdue", "raise_up", "raised", "say", "went_up", "word_came",
]  # fmt: skip
