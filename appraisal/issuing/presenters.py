"""What pages show of letters: rows turned into what a template needs, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from appraisal.desk import selectors as desks
from appraisal.desk.models import DeskItem, DeskTask
from appraisal.desk.words import VERDICT_LABELS
from appraisal.issuing import gate, selectors, services
from appraisal.issuing.models import Mailing, Notice, Objection, OpinionLetter, ReuseOffer, Sample
from appraisal.issuing.words import LIMITS
from federation.contracts.appraisal import CONCLUSIVE, VerdictValue
from federation.parties.acting import acting_for
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor
from webui.slots import Piece

State = OpinionLetter.State
LETTERS: dict[str, tuple[str, str]] = {
    State.DRAFT: ("neutral", "ring"),
    State.AWAITING: ("wait", "half"),
    State.PRELIMINARY: ("wait", "half"),
    State.FORMAL: ("good", "check-seal"),
    State.WITHDRAWN: ("seal", "cross"),
    State.SUPERSEDED: ("neutral", "cross"),
    State.DROPPED: ("neutral", "cross"),
}
NOTICES = {
    Notice.State.RECEIVED: ("accent", "ring"),
    Notice.State.WORKING: ("accent", "half"),
    Notice.State.ANSWERED: ("good", "tick"),
    Notice.State.RETURNED: ("neutral", "cross"),
}
SAMPLES = {
    Sample.State.SENT: ("wait", "ring"),
    Sample.State.RECEIVED: ("accent", "half"),
    Sample.State.OPENED: ("accent", "half"),
    Sample.State.RETURNED: ("wait", "half"),
    Sample.State.BACK: ("good", "tick"),
}
OBJECTIONS = {Objection.State.WAITING: ("seal", "warning"), Objection.State.ANSWERED: ("good", "tick")}
OFFERS = {
    ReuseOffer.State.PROPOSED: ("accent", "ring"),
    ReuseOffer.State.CONFIRMED: ("wait", "half"),
    ReuseOffer.State.ACCEPTED: ("good", "tick"),
}
MAILINGS = {
    Mailing.State.SENT: ("wait", "half"),
    Mailing.State.RECEIVED: ("good", "tick"),
    Mailing.State.FAILED: ("seal", "cross"),
    Mailing.State.RETURNED: ("seal", "warning"),
}
_OTHER = ("neutral", "cross")


@dataclass(frozen=True)
class Line:
    """One row of a list with its look."""

    row: Any
    tone: str
    shape: str
    province: str = ""
    open: bool = False


def lines(rows: Any, looks: dict[Any, tuple[str, str]], *, open_in: tuple[str, ...] = ()) -> list[Line]:
    """Rows of a list. open_in: states in which a clock runs."""
    provinces = desks.province_names()
    found = []
    for row in rows:
        tone, shape = looks.get(row.state, _OTHER)
        code = getattr(row, "province_code", "") or getattr(getattr(row, "task", None), "province_code", "")
        found.append(Line(row, tone, shape, provinces.get(code, code), row.state in open_in))
    return found


def letter_context(acting: ActingFor, letter: OpinionLetter) -> dict[str, Any]:
    """Everything the page of a letter shows, but its forms."""
    tone, shape = LETTERS[State(letter.state)]
    looked = gate.look(letter) if letter.state in OpinionLetter.OPEN else []
    waiting = services.open_kinds(letter) if letter.state == State.AWAITING else []
    certificate = selectors.certificate_in_use(acting.person, letter.agent or letter.organisation)
    appraiser = acting.has(Membership.Role.APPRAISER)
    mine = letter.appraiser_id == acting.person.pk
    files = {file.kind: file for file in letter.files.all()}
    mailings = list(letter.mailings.all())
    return {
        "letter": letter,
        "tone": tone,
        "shape": shape,
        "items": [_item(row) for row in letter.items.all()],
        "stops": [each for each in looked if each.stops],
        "notes": [each for each in looked if not each.stops],
        "undecided": [each for each in looked if each.mark_id and each.stops],
        "waiting": waiting,
        "waits_for_labels": [dict(letter.approvals.model.Kind.choices)[kind] for kind in waiting],
        "may_approve": _may_approve(acting, letter, waiting),
        "may_write": appraiser and letter.state == State.DRAFT,
        "may_submit": appraiser and letter.state == State.DRAFT,
        "may_take_over": appraiser and letter.state == State.DRAFT and not mine,
        "may_sign": appraiser and mine and letter.state == State.PRELIMINARY and letter.waits_for != "time_stamp",
        "may_revise": appraiser and letter.state == State.PRELIMINARY and letter.waits_for != "time_stamp",
        "may_withdraw": letter.state in OpinionLetter.MOVES["withdraw"][0]
        and acting.has(Membership.Role.APPRAISER, Membership.Role.BRAND_ADMIN),
        "may_renew": appraiser and letter.state in (State.FORMAL, State.WITHDRAWN),
        "may_mail": letter.state == State.FORMAL and all(row.state != Mailing.State.SENT for row in mailings),
        "certificate": certificate,
        "asks_passphrase": certificate is not None and not certificate.is_demo,
        "files": files,
        "mailings": lines(mailings, MAILINGS),
        "objections": lines(letter.objections.all(), OBJECTIONS, open_in=(Objection.State.WAITING,)),
        "holders": _holders(letter),
        "approvals": list(letter.approvals.all()),
        "successor": next((each for each in letter.successors.all() if each.state != State.DROPPED), None),
        "province": desks.province_names().get(letter.task.province_code, letter.task.province_code),
        "limits": list(LIMITS.values()),
    }


def _item(row: Any) -> dict[str, Any]:
    grades: dict[str, list[Any]] = {"printed": [], "annex": [], "kept": []}
    for each in row.findings.all():
        grades[each.grade].append(each)
    return {
        "row": row,
        "label": VERDICT_LABELS[row.verdict.value],
        "value": row.verdict.value,
        "photos": len(gate.living_photos(row.item)),
        **grades,
    }


def _holders(letter: OpinionLetter) -> list[dict[str, Any]]:
    provinces = desks.province_names()
    return [
        {"row": row, "province": provinces.get(row.province_code, row.province_code)} for row in letter.holders.all()
    ]


def _may_approve(acting: ActingFor, letter: OpinionLetter, waiting: list[str]) -> str:
    """The kind of approval that this person may give now; "" for none."""
    if letter.author_id == acting.person.pk or acting.via is not None:
        return ""
    role = Membership.Role
    may = {"legal": (role.RIGHTS_STAFF, role.BRAND_ADMIN), "seal": (role.BRAND_ADMIN,)}
    return next((kind for kind in waiting if acting.has(*may[kind])), "")


def on_task(request: HttpRequest, *, task: DeskTask) -> Piece | None:
    """For the workbench: letters made of this task, offers to reuse one, and the tap that makes one."""
    acting = acting_for(request)
    letters = list(selectors.letters_of_task(task))
    offers = lines(selectors.offers_of_task(task), OFFERS)
    ready = [item for item in task.items.all() if _conclusive(item)]
    notices = selectors.notices_of(acting).filter(task=task).exclude(state=Notice.State.RETURNED)
    if not (letters or offers or ready or notices):
        return None
    standing = [letter for letter in letters if letter.state not in (State.WITHDRAWN, State.SUPERSEDED)]
    covered = {row.item_id for letter in standing for row in letter.items.all()}
    return Piece(
        "issuing/_on_task.html",
        {
            "task": task,
            "letters": lines(letters, LETTERS),
            "offers": [each for each in offers if each.row.state != ReuseOffer.State.LAPSED],
            "notices": lines(notices, NOTICES),
            "left": len([item for item in ready if item.pk not in covered]),
            "may_make": acting.has(Membership.Role.APPRAISER),
            "make_url": reverse("issuing:make", args=[task.pk]),
        },
    )


def _conclusive(item: DeskItem) -> bool:
    standing = desks.standing_verdict(item)
    return standing is not None and VerdictValue(standing.value) in CONCLUSIVE
