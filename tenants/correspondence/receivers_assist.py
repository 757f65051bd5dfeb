"""What arrives about assistance, hand-overs and what goes beside a letter. In the province's seat, in the delivery's
transaction. The requests, replies and hand-overs themselves come by `receivers.take_letters`.
"""

from __future__ import annotations

from federation.contracts.assistance import AssistanceClosedV1, AssistanceExtensionV1, AssistanceStepV1
from federation.contracts.beside import EvidenceBesideV1, FilingClaimV1, FilingClaimYieldedV1
from federation.contracts.case_transfer import CaseTransferFiledV1
from federation.letters.post import Envelope, receives
from tenants.correspondence.services import assisting, beside, claims, handing_over


@receives(AssistanceStepV1, at="province")
def on_assistance_step(message: AssistanceStepV1, envelope: Envelope) -> None:
    """Signed for, or two officers named."""
    assisting.step_came(message, envelope)


@receives(AssistanceExtensionV1, at="province")
def on_assistance_extension(message: AssistanceExtensionV1, envelope: Envelope) -> None:
    """It takes longer there."""
    assisting.extension_came(message, envelope)


@receives(AssistanceClosedV1, at="province")
def on_assistance_closed(message: AssistanceClosedV1, envelope: Envelope) -> None:
    """Who asked is done with it."""
    assisting.closed_came(message, envelope)


@receives(CaseTransferFiledV1, at="province")
def on_transfer_filed(message: CaseTransferFiledV1, envelope: Envelope) -> None:
    """A case of ours was filed there."""
    handing_over.filed_came(message, envelope)


@receives(EvidenceBesideV1, at="province")
def on_evidence_beside(message: EvidenceBesideV1, envelope: Envelope) -> None:
    """Evidence goes with a letter."""
    beside.came(message, envelope)


@receives(FilingClaimV1, at="province")
def on_filing_claim(message: FilingClaimV1, envelope: Envelope) -> None:
    """The other side says it filed."""
    claims.came(message, envelope)


@receives(FilingClaimYieldedV1, at="province")
def on_way_given(message: FilingClaimYieldedV1, envelope: Envelope) -> None:
    """The other side gives way."""
    claims.way_given(message, envelope)
