"""省际经办: routes, looks into letters, disputes, orders from above. Each party has rows of its own."""

from federation.broker.models.disputes import Dispute, DisputeWord
from federation.broker.models.routes import Look, Route, UnitsTold
from federation.broker.models.supervision import ListedSupervision, SupervisionReport

__all__ = ["Dispute", "DisputeWord", "ListedSupervision", "Look", "Route", "SupervisionReport", "UnitsTold"]
