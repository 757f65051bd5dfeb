"""What letters carry across a border, kind by kind: the place in the body, and whose words may stand there.

The canary sweep (G1) fails when a letter carries words of a province or a house that are not named here. Whoever adds a
kind says so here, and thinks once more whether the addressee needs it.
"""

CARRIED: dict[tuple[str, str], set[str]] = {
    ("agreement.proposed", "who"): {"accounts.User.title"},
    ("appraisal.chat", "who"): {"accounts.User.title"},
    ("appraisal.commission", "officer_name"): {"accounts.User.name"},
    ("appraisal.commission", "officer_title"): {"accounts.User.title"},
    ("appraisal.commission", "unit_name"): {"accounts.Unit.name"},
    ("appraisal.fast_answer", "appraiser_name"): {"accounts.User.name"},
    ("appraisal.onsite", "who"): {"accounts.User.title"},
    ("appraisal.opinion", "appraiser_name"): {"accounts.User.name"},
    ("appraisal.progress", "who"): {"accounts.User.title"},
    ("appraisal.supplement", "who"): {"accounts.User.title"},
    ("assistance.task", "officer_name"): {"accounts.User.name"},
    ("assistance.task", "unit_name"): {"accounts.Unit.name"},
    ("consultation.line", "unit_name"): {"accounts.Unit.name"},
    ("consultation.line", "who"): {"accounts.User.title"},
    ("grant.given", "who"): {"accounts.User.title"},
    ("joint.people_asked", "unit_name"): {"accounts.Unit.name"},
    ("joint_case.invitation", "entries.said.lead.name"): {"accounts.Unit.name"},
    ("recognition.code_alert", "others.unit_name"): {"accounts.Unit.name"},
    ("recognition.hint", "seen.unit_name"): {"accounts.Unit.name"},
    ("recognition.look_back", "seen.unit_name"): {"accounts.Unit.name"},
}
"""(kind, place in its body): columns of the sender whose words are taken there."""

ENVELOPE = {"document_no", "purpose"}
"""What of an envelope people write; the office reads it too."""

TOLD = {"webhooks.Event.payload", "accounts.Unit.agency_word"}
"""Columns of its own that a party's programs are told in a webhook: what an event keeps, the word in a number of a
document, and no words of a record."""
