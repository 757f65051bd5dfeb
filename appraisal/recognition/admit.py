"""Where the library hears of the desk, and who may see its pictures."""

from __future__ import annotations

from accounts.models import User
from appraisal.desk.models import DeskOpinion, DeskPhoto, DeskTask, DeskWithdrawal
from appraisal.desk.selectors import Desk
from appraisal.recognition import selectors
from audit.trail import Actor
from evidence.models import Exhibit
from federation.contracts.appraisal import VerdictValue
from federation.parties.selectors import acting_organisations
from provinces.context import required


def may_see(person: User, exhibit: Exhibit) -> bool:
    """A door of `evidence`: photos in the library of an organisation one acts for."""
    if required().kind != "brands":
        return False
    return any(
        selectors.may_see_exhibit(Desk(person, acting.organisation), exhibit.pk)
        for acting in acting_organisations(person)
    )


def photo_arrived(photo: DeskPhoto) -> None:
    from appraisal.recognition.services import asking

    asking.photo_arrived(photo)


def verdicts_given(opinion: DeskOpinion) -> None:
    """A new verdict of another kind takes the ground from under entries that rest on the old one."""
    from appraisal.recognition.services import entries

    for verdict in opinion.verdicts.select_related("item__task", "supersedes"):
        before = verdict.supersedes
        if before is not None and before.value in entries.FOUND_WANTING and verdict.value not in entries.FOUND_WANTING:
            entries.verdict_fell(verdict, by=opinion.given_by, why=str(VerdictValue(verdict.value)))


def verdict_withdrawn(withdrawal: DeskWithdrawal) -> None:
    """A verdict was taken back: its entries are suspended, and every hint on them is flagged."""
    from appraisal.recognition.services import entries

    entries.verdict_fell(withdrawal.verdict, by=withdrawal.withdrawn_by, why=withdrawal.reason)


def photo_hidden(task: DeskTask, exhibit: Exhibit) -> None:
    from appraisal.recognition.services import entries

    entries.picture_hidden(exhibit, by=Actor(None, task.officer_name))
