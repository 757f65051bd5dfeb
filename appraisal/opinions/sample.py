"""A notice of the sample story that waits for its answer, in 南宁. Found by name, see `runtime.seed`.

陈队长 drafted it an hour after a request was answered with 假冒, 小宁 checked it, 韦处 issued it, so the right holder's
clock runs and 核查期限 stands still. The formal letter that has come was verified, the party was told of it, and 小宁
adopted it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models import F

from accounts.models import Unit, User
from appraisal.opinions.models import HeldLetter, Notice
from appraisal.opinions.services import letters, notices, objections, reviews
from appraisal.requests.models import AppraisalRequest
from federation.contracts.addresses import Address
from federation.letters import ledger
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from notify.models import Notice as Notification

WORDS = ("通知书和采信审查", "a notice to a right holder and a review")
AFTER = "appraisal.issuing"
NOTICE_ID = uuid5(NAMESPACE_URL, "sample assist notice")
SETTLED = timedelta(hours=2, minutes=30)
"""How long ago the request was answered at least."""


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    with stage.enter("gx"):
        if Notice.objects.filter(pk=NOTICE_ID).exists():
            return
        people = {each.username: each for each in User.objects.filter(username__in=("chen", "ning", "wei"))}
        request = _request(stage, people.get("chen"))
        if len(people) < 3 or request is None:
            return
        Unit.objects.filter(code="gx-qx", agency_word="").update(agency_word="南青市监")
        chen, ning, wei = (people[name] for name in ("chen", "ning", "wei"))
        assert request.answered_at is not None
        with clock.frozen(request.answered_at + timedelta(hours=1)) as tick:
            notices.draft(
                by=chen, request_id=request.pk, officer_ids=[ning.pk], phone="0771-5550101", notice_id=NOTICE_ID
            )
            notices.submit(by=chen, notice_id=NOTICE_ID)
            tick(timedelta(minutes=40))
            notices.check(by=ning, notice_id=NOTICE_ID)
            tick(timedelta(hours=1))
            notices.issue(by=wei, notice_id=NOTICE_ID)
        _adopt(chen, ning, at=stage.now - timedelta(minutes=10))
        codes = ("notice_to_check", "notice_to_issue", "notice_issued", "review_decided", "certificate_arrived")
        Notification.objects.filter(code__in=codes, read_at=None).update(read_at=F("created_at"))
    deliver_everywhere()
    with stage.enter("gx"):
        while ledger.append(Address.province("gx"), limit=5000):
            pass


def _request(stage: Any, chen: User | None) -> AppraisalRequest | None:
    """The last request of 陈队长 that was answered with 假冒 some hours ago."""
    if chen is None:
        return None
    rows = (
        AppraisalRequest.objects.filter(
            officer=chen,
            unit_id=chen.unit_id,
            state=AppraisalRequest.State.ANSWERED,
            organisation_id__isnull=False,
            answered_at__lt=stage.now - SETTLED,
            items__verdicts__value="counterfeit",
            opinion_letters__isnull=True,
        )
        .distinct()
        .order_by("-answered_at")
    )
    return rows.filter(items__photos__exhibit__state="ready").first() or rows.first()


def _adopt(chen: User, ning: User, *, at: datetime) -> None:
    """The letter that came is verified, told to the party, and adopted."""
    rows = HeldLetter.objects.filter(state=HeldLetter.State.FORMAL, request__unit_id=chen.unit_id, tellings=None)
    held = rows.exclude(pdf=None).first()
    if held is None:
        return
    with clock.frozen(at):
        letters.verify(by=chen, held_id=held.pk)
        objections.tell_party(
            by=chen,
            held_id=held.pk,
            way="in_person",
            told_at=clock.now(),
            party_name="样某某",
            note="当面告知，已交告知书",
        )
        review = reviews.open_review(by=ning, held_id=held.pk)
        open_codes = [code for code, each in review.checks.items() if each["found"] != "yes"]
        review = reviews.answer(
            by=ning,
            review_id=review.pk,
            answers=dict.fromkeys(open_codes, "yes"),
            notes=dict.fromkeys(open_codes, "现场笔录和进货台账印证；演示证书，仅供演示"),
        )
        if not reviews.missing(review):
            reviews.accept(by=ning, review_id=review.pk, reason="与现场笔录相互印证")
