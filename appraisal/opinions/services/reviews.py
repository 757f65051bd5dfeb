"""采信审查: opened with what the records say, answered by the reviewer, decided item by item."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.opinions import checks, selectors
from appraisal.opinions.models import HeldLetter, Review, ReviewItem
from appraisal.opinions.services import letters
from appraisal.opinions.services.steps import announce, need, page, tell_people
from audit import log as seal_log
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict

State = Review.State
ANSWERS = ("", "yes", "no", "na")
_NOTES_MOST = 500


class ReviewIncomplete(Conflict):
    """The letter cannot be accepted yet. Data: missing (sentences)."""

    code = "review_incomplete"
    sentence = _("现在还不能采信：{missing}")


@transaction.atomic
def open_review(*, by: User, held_id: UUID) -> Review:
    """Begin, or go on with the one that is open. Of a letter that fell there is nothing to review."""
    letter = selectors.access_letter(by, held_id, lock=True, head=True)
    known = letter.reviews.filter(state__in=(State.OPEN, State.ACCEPTED)).first()
    if known is not None:
        return known
    _stands(letter)
    review = Review.objects.create(letter=letter, opened_by=by, checks=checks.look(letter), opposite=_opposite(letter))
    ReviewItem.objects.bulk_create(
        ReviewItem(review=review, position=number, adopted=row["covered"], **row)
        for number, row in enumerate(checks.rows_of(letter), start=1)
    )
    trail.record(review, "open", by=by, to_state=review.state)
    announce(letter.request)
    return review


def _stands(letter: HeldLetter) -> None:
    if letter.state == HeldLetter.State.WITHDRAWN:
        raise Conflict(_("意见书已被出具单位撤回，不能采信。"), code="letter_withdrawn")
    if letter.state == HeldLetter.State.SUPERSEDED:
        raise Conflict(_("意见书已被新版替代，请审查新版。"), code="letter_superseded")


def _opposite(letter: HeldLetter) -> list[dict[str, str]]:
    return [
        {
            "held_id": str(each.letter_id),
            "opinion_no": each.letter.opinion_no,
            "organisation": each.letter.organisation_name,
            "role": each.letter.role,
            "name": each.product_name,
            "value": each.value,
        }
        for each in selectors.opposite_items(letter)
    ]


def refresh(review: Review) -> None:
    """What the records say now, beside what the reviewer wrote. Of an open review only."""
    if review.state != State.OPEN:
        return
    letter = review.letter
    now = checks.look(letter)
    merged = {
        code: {**said, "answer": review.checks.get(code, {}).get("answer", ""),
               "note": review.checks.get(code, {}).get("note", "")}
        for code, said in now.items()
    }  # fmt: skip
    opposite = _opposite(letter)
    if (merged, opposite) != (review.checks, review.opposite):
        review.checks, review.opposite = merged, opposite
        review.save(update_fields=["checks", "opposite"])


@transaction.atomic
def answer(*, by: User, review_id: UUID, answers: Mapping[str, str], notes: Mapping[str, str]) -> Review:
    """Write what the reviewer says of the checks. What the records contradict needs a note to be answered with yes."""
    review = selectors.access_review(by, review_id, lock=True)
    if review.state != State.OPEN:
        raise Conflict(_("审查已有结果，不能再改。"), code="review_decided")
    refresh(review)
    said = {code: dict(each) for code, each in review.checks.items()}
    for code, each in said.items():
        value, note = answers.get(code, each["answer"]), notes.get(code, each["note"]).strip()[:_NOTES_MOST]
        if value not in ANSWERS:
            raise BadInput(_("每一项请选择“符合”或“不符合”。"), code="answer_wrong")
        if value == "yes" and each["found"] == checks.NO and not note:
            raise BadInput(
                _("“{check}”与记录不符，认定符合的请写明依据。"),
                code="note_missing",
                check=Review.Check(code).label,
            )
        each["answer"], each["note"] = value, note
    review.checks = said
    review.save(update_fields=["checks"])
    trail.record(review, "answer", by=by, data={code: each["answer"] for code, each in said.items()})
    announce(review.letter.request)
    return review


def verdict_on(each: Mapping[str, str]) -> str:
    """What holds of one check: the reviewer's answer, else what the records say."""
    return each.get("answer") or ("yes" if each.get("found") == checks.YES else "")


def missing(review: Review) -> list[str]:
    """Why the letter cannot be accepted now, in sentences."""
    letter = review.letter
    found = []
    if letter.state == HeldLetter.State.PRELIMINARY:
        found.append(str(_("意见书还是初步的，等正式意见书。")))
    elif letter.state != HeldLetter.State.FORMAL:
        found.append(str(_("意见书已撤回或被替代。")))
    if selectors.open_return(letter):
        found.append(str(_("原件或扫描件已退回，还没有收到合格的。")))
    for check in Review.Check:
        held, label = verdict_on(review.checks.get(check.value, {})), check.label
        if held == "no":
            found.append(str(_("“%(check)s”不符合。")) % {"check": label})
        elif held != "yes":
            found.append(str(_("“%(check)s”还没有回答。")) % {"check": label})
    if not letter.tellings.exists():
        found.append(str(_("还没有告知当事人。")))
    if letter.objections.filter(state__in=("received", "forwarded", "answered")).exists():
        found.append(str(_("当事人的异议还没有处理完。")))
    return found


@transaction.atomic
def accept(*, by: User, review_id: UUID, reason: str = "", left_out: Collection[int] = ()) -> Review:
    """采信, item by item: positions in left_out are not adopted; what the letter does not cover stays open.

    Raises ReviewIncomplete; BadInput when another letter says the contrary and no reason is given.
    """
    review = selectors.access_review(by, review_id, lock=True)
    letter = HeldLetter.objects.select_for_update(of=("self",)).get(pk=review.letter_id)
    review.letter = letter
    refresh(review)
    lacking = missing(review)
    if lacking:
        raise ReviewIncomplete(missing="".join(lacking), reasons=lacking)
    if review.opposite and not reason.strip():
        raise BadInput(_("另有一份意见书对同样的商品结论相反，采信这一份要写明理由。"), code="opposite_needs_reason")
    for item in review.items.all():
        item.adopted = item.covered and item.position not in left_out
        item.save(update_fields=["adopted"])
    if not review.items.filter(adopted=True).exists():
        raise BadInput(_("没有选择采信的项目。都不采信的，请选“不予采信”。"), code="nothing_adopted")
    return _decide(review, "accept", by=by, reason=reason)


@transaction.atomic
def refuse(*, by: User, review_id: UUID, reason: str) -> Review:
    """不予采信, with the reason."""
    review = selectors.access_review(by, review_id, lock=True)
    need(reason, _("请写明不予采信的理由。"), "reason_missing")
    review.items.update(adopted=False)
    return _decide(review, "refuse", by=by, reason=reason)


def _decide(review: Review, verb: str, *, by: User, reason: str) -> Review:
    why = reason.strip()[:1000]
    move(review, verb, by=by, why=why, reason=why, reviewer=by, decided_at=clock.now())
    letter = review.letter
    if verb == "accept":
        letters.note_reliance(letter)
    seal_log.append(
        "opinion.review",
        review.pk,
        {
            "letter": letter.letter_id,
            "facts_sha256": letter.facts_sha256,
            "state": review.state,
            "checks": {code: verdict_on(each) for code, each in review.checks.items()},
            "by": by.pk,
        },
    )
    if letter.request.officer_id != by.pk:
        title = _("{number} 的采信审查已有结果").format(number=letter.opinion_no or letter.organisation_name)
        tell_people([letter.request.officer_id], "review_decided", title, page("letter", letter.pk))
    announce(letter.request)
    return review
