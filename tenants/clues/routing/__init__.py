"""Whose is it? From a place and a matter to a unit, a person, and the reason.

    proposal = propose(clue)
    proposal.unit, proposal.officer    # or None: then `proposal.zh` says what is missing
    proposal.runner_up                 # who else, and why not

What was laid down (`Competence`) goes before what follows from the tree of units; a development zone with its own
bureau goes before the county it lies in, whose code stays on the clue. Nobody is sent anything by a proposal.
"""

from tenants.clues.routing.deciding import Candidate, Ground, Rule, decide
from tenants.clues.routing.places import Where, where_of
from tenants.clues.routing.proposing import (
    LANGUAGES,
    Proposal,
    divisions_for,
    explain,
    keep,
    matters_of,
    officers_with_load,
    own_province,
    propose,
)

__all__ = [
    "LANGUAGES",
    "Candidate",
    "Ground",
    "Proposal",
    "Rule",
    "Where",
    "decide",
    "divisions_for",
    "explain",
    "keep",
    "matters_of",
    "officers_with_load",
    "own_province",
    "propose",
    "where_of",
]
