"""The doors to notices, letters held and what hangs on them: who sees the request sees them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest

from accounts.models import Post, User
from accounts.selectors import heads as heads
from accounts.selectors import heads_of as heads_of
from accounts.selectors import issuing_unit as issuing_unit
from accounts.selectors import led_unit_ids, may_write, visible_unit_ids
from appraisal.catalogue.models import Product
from appraisal.opinions import hooks
from appraisal.opinions.models import (
    HeldItem,
    HeldLetter,
    Mailing,
    Notice,
    Objection,
    ObjectionFile,
    OpinionPolicy,
    ReuseOffer,
    Review,
    Sample,
    SamplePhoto,
    Telling,
    WithdrawalAlert,
)
from appraisal.requests import selectors as requests
from appraisal.requests.models import AppraisalRequest, RequestItem
from evidence.models import Exhibit
from federation.parties.models import Organisation, Trademark
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required


def _one(person: User, rows: QuerySet[Any], pk: UUID, *, lock: bool, unit: str, head: bool = False) -> Any:
    """One row by id. lock: its row is held, for who writes: an officer of the unit, or with `head` also its leader."""
    if lock:
        rows = rows.select_related(None).select_for_update(of=("self",))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound404()
    if lock:
        owner: Any = found
        for step in unit.split("__"):
            owner = getattr(owner, step)
        if not may_write(person, owner) and not (head and heads(person, owner)):
            raise NotAllowed()
    return found


# Notices --------------------------------------------------------------------------------------------------------------


def notices_of(person: User) -> QuerySet[Notice]:
    """Notices this person may see, newest first."""
    return Notice.objects.filter(unit_id__in=visible_unit_ids(person)).select_related(
        "unit", "request", "drafted_by", "checked_by", "issued_by"
    )


def access_notice(person: User, notice_id: UUID, *, lock: bool = False, head: bool = False) -> Notice:
    """One notice. Raises NotFound404; NotAllowed for who may only read it."""
    found: Notice = _one(person, notices_of(person), notice_id, lock=lock, unit="unit_id", head=head)
    return found


def whole_notice(person: User, notice_id: UUID) -> Notice:
    """One notice with all that its page and its paper show. Raises NotFound404."""
    rows = notices_of(person).prefetch_related("items", "clock_events", "letters", "samples")
    found = rows.filter(pk=notice_id).first()
    if found is None:
        raise NotFound404()
    return found


def batch_of(person: User, batch_id: UUID) -> QuerySet[Notice]:
    """The notices of one action, in the order they were drafted."""
    return notices_of(person).filter(batch_id=batch_id).order_by("pk")


def to_ask(person: User, request: AppraisalRequest) -> list[AppraisalRequest]:
    """Requests of the same visit whose right holders can get a notice now, this one first."""
    open_now = Notice.objects.filter(state__in=("draft", "checking", "to_issue", "issued")).values("request_id")
    rows = (
        requests.requests_of(person)
        .filter(site_id=request.site_id, unit_id=request.unit_id, sent_at__isnull=False, organisation_id__isnull=False)
        .exclude(state=AppraisalRequest.State.CANCELLED)
        .exclude(pk__in=open_now)
        .order_by("pk")
    )
    return sorted(rows, key=lambda each: each.pk != request.pk)


def policy() -> OpinionPolicy | None:
    """What the bureau decided for all notices; None: the defaults."""
    return OpinionPolicy.objects.select_related("changed_by").first()


def due_notices(person: User) -> QuerySet[Notice]:
    """Issued notices that wait for an answer, the most urgent first."""
    return notices_of(person).filter(state__in=Notice.WAITING).order_by("reply_due_at")


def colleagues(person: User) -> QuerySet[User]:
    """Active officers of the person's unit besides them."""
    rows = User.people.filter(is_active=True, posts__role=Post.Role.OFFICER, unit_id=person.unit_id)
    return rows.exclude(pk=person.pk).distinct()


def officers_by_id(ids: Collection[UUID]) -> list[User]:
    """Active officers with these ids."""
    return list(User.people.filter(pk__in=ids, is_active=True, posts__role=Post.Role.OFFICER).distinct())


def organisation(organisation_id: UUID) -> Organisation | None:
    """A party, whatever became of it."""
    return Organisation.objects.filter(pk=organisation_id).first()


def trademarks(organisation_id: UUID) -> list[Trademark]:
    """Marks of a party as the published register has them."""
    return list(Trademark.objects.filter(organisation_id=organisation_id).order_by("reg_no"))


def nice_classes(items: Collection[RequestItem]) -> dict[UUID, int]:
    """Class of the goods of each item that names a product."""
    products = dict(
        Product.objects.filter(pk__in=[each.product_id for each in items if each.product_id]).values_list(
            "pk", "nice_class"
        )
    )
    return {each.pk: products[each.product_id] for each in items if each.product_id in products}


def specs(items: Collection[RequestItem]) -> dict[UUID, str]:
    """Spec of the product of each item that names one."""
    products = dict(
        Product.objects.filter(pk__in=[each.product_id for each in items if each.product_id]).values_list("pk", "spec")
    )
    return {each.pk: products.get(each.product_id, "") for each in items}


# Letters held ---------------------------------------------------------------------------------------------------------


def letters_of(person: User) -> QuerySet[HeldLetter]:
    """Opinion letters of requests this person may see, newest first."""
    return HeldLetter.objects.filter(request__unit_id__in=visible_unit_ids(person)).select_related(
        "request__unit", "request__officer", "notice"
    )


def access_letter(person: User, held_id: UUID, *, lock: bool = False, head: bool = False) -> HeldLetter:
    """One letter as it is held for one request. Raises NotFound404, NotAllowed."""
    found: HeldLetter = _one(person, letters_of(person), held_id, lock=lock, unit="request__unit_id", head=head)
    return found


def whole_letter(person: User, held_id: UUID) -> HeldLetter:
    """One letter with all that its page shows. Raises NotFound404."""
    rows = letters_of(person).prefetch_related(
        "items__item", "mailings__returns", "returns__by", "reliances", "alerts", "tellings__by", "offers",
        Prefetch("reviews", queryset=Review.objects.select_related("reviewer", "opened_by").prefetch_related("items")),
        Prefetch("objections", queryset=Objection.objects.select_related("handled_by").prefetch_related("files")),
    )  # fmt: skip
    found = rows.select_related("pdf", "annex", "scan").filter(pk=held_id).first()
    if found is None:
        raise NotFound404()
    return found


def access_mailing(person: User, mailing_id: UUID, *, lock: bool = False) -> Mailing:
    """One mailing of an original. Raises NotFound404, NotAllowed."""
    rows = Mailing.objects.filter(letter__request__unit_id__in=visible_unit_ids(person)).select_related("letter")
    found: Mailing = _one(person, rows, mailing_id, lock=lock, unit="letter__request__unit_id")
    return found


def held_everywhere(letter_id: UUID, organisation_id: UUID) -> QuerySet[HeldLetter]:
    """Every holding of one of a brand's letters, for receivers."""
    return HeldLetter.objects.filter(letter_id=letter_id, organisation_id=organisation_id)


def standing_letters(request_ids: Collection[UUID]) -> QuerySet[HeldLetter]:
    """Letters of these requests that neither fell nor were replaced."""
    return HeldLetter.objects.filter(request_id__in=request_ids, state__in=HeldLetter.STANDING)


INFRINGING = frozenset({"counterfeit", "refilled_or_reassembled"})
RIGHTFUL = frozenset({"genuine", "licensed_or_authorised", "grey_market"})


def opposite_items(letter: HeldLetter) -> list[HeldItem]:
    """Conclusions of other standing letters on the same goods that say the contrary."""
    mine = [each for each in letter.items.all() if each.item_id is not None]
    found = []
    for own in mine:
        assert own.item_id is not None
        contrary = RIGHTFUL if own.value in INFRINGING else INFRINGING if own.value in RIGHTFUL else frozenset()
        rows = HeldItem.objects.filter(
            item_id__in=hooks.same_as([own.item_id]), value__in=contrary, letter__state__in=HeldLetter.STANDING
        )
        found += list(rows.exclude(letter__letter_id=letter.letter_id).select_related("letter"))
    return list({each.pk: each for each in found}.values())


def open_return(letter: HeldLetter) -> bool:
    """Whether what came last went back and nothing good has come since."""
    last = letter.returns.order_by("-at", "-pk").first()
    if last is None:
        return False
    good = letter.mailings.filter(state=Mailing.State.RECEIVED, received_on__gt=last.at).exists()
    return not good and not (letter.scanned_at and letter.scanned_at > last.at and letter.scan_code_ok)


# Reviews, objections, samples, reuse ----------------------------------------------------------------------------------


def access_review(person: User, review_id: UUID, *, lock: bool = False) -> Review:
    """One review. Raises NotFound404; NotAllowed for who neither works in the unit nor leads it."""
    rows = Review.objects.filter(letter__request__unit_id__in=visible_unit_ids(person)).select_related(
        "letter__request", "reviewer", "opened_by"
    )
    found: Review = _one(person, rows, review_id, lock=lock, unit="letter__request__unit_id", head=True)
    return found


def objections_of(person: User) -> QuerySet[Objection]:
    """Objections this person may see, newest first."""
    return Objection.objects.filter(letter__request__unit_id__in=visible_unit_ids(person)).select_related(
        "letter__request", "telling", "handled_by"
    )


def access_objection(person: User, objection_id: UUID, *, lock: bool = False, head: bool = False) -> Objection:
    """One objection. Raises NotFound404, NotAllowed."""
    found: Objection = _one(
        person, objections_of(person), objection_id, lock=lock, unit="letter__request__unit_id", head=head
    )
    return found


def access_telling(person: User, telling_id: UUID) -> Telling:
    """One record of telling the party. Raises NotFound404."""
    found = (
        Telling.objects.filter(pk=telling_id, letter__request__unit_id__in=visible_unit_ids(person))
        .select_related("letter__request__unit", "by")
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def objection_code(telling_id: UUID) -> str:
    """What opens the party's page: 20 letters that follow from the record, and only our key makes them.

    One that was given out under a key that has been changed since stays.
    """
    codes = [_objection_code(telling_id, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if len(codes) == 1:
        return codes[0]
    kept = Telling.objects.filter(pk=telling_id).values_list("code_sha256", flat=True).first()
    return next((code for code in codes if code_digest(code) == kept), codes[0])


def _objection_code(telling_id: UUID, key: str) -> str:
    said = f"objection {required().name} {telling_id}".encode()
    letters = base64.b32encode(hmac.digest(key.encode(), said, "sha256")).decode()[:20]
    return letters.translate(str.maketrans("OI", "89")).lower()


def code_digest(code: str) -> str:
    """Of a code as somebody typed it."""
    return hashlib.sha256("".join(each for each in code.lower() if each.isalnum()).encode()).hexdigest()


def telling_by_code(code: str) -> Telling:
    """For the party, who has no account: what the code opens. Raises NotFound404."""
    rows = Telling.objects.select_related("letter__request__unit").prefetch_related("letter__items")
    found = rows.filter(code_sha256=code_digest(code)).first()
    if found is None:
        raise NotFound404()
    return found


def samples_of(person: User) -> QuerySet[Sample]:
    """Sealed samples this person may see, newest first."""
    return Sample.objects.filter(request__unit_id__in=visible_unit_ids(person)).select_related(
        "request__unit", "notice", "sent_by"
    )


def access_sample(person: User, sample_id: UUID, *, lock: bool = False) -> Sample:
    """One sample. Raises NotFound404, NotAllowed."""
    found: Sample = _one(person, samples_of(person), sample_id, lock=lock, unit="request__unit_id")
    return found


def offers_of(person: User) -> QuerySet[ReuseOffer]:
    """Offers to rely on an opinion that exists, newest first."""
    return ReuseOffer.objects.filter(request__unit_id__in=visible_unit_ids(person)).select_related(
        "request__unit", "held", "decided_by"
    )


def access_offer(person: User, offer_id: UUID, *, lock: bool = False) -> ReuseOffer:
    """One offer. Raises NotFound404, NotAllowed."""
    found: ReuseOffer = _one(person, offers_of(person), offer_id, lock=lock, unit="request__unit_id")
    return found


def alerts_of(person: User) -> QuerySet[WithdrawalAlert]:
    """Matters whose opinion fell, of requests this person may see."""
    return WithdrawalAlert.objects.filter(letter__request__unit_id__in=visible_unit_ids(person)).select_related(
        "letter__request", "handled_by"
    )


def access_alert(person: User, alert_id: UUID, *, lock: bool = False) -> WithdrawalAlert:
    """One alert. Raises NotFound404, NotAllowed."""
    found: WithdrawalAlert = _one(
        person, alerts_of(person), alert_id, lock=lock, unit="letter__request__unit_id", head=True
    )
    return found


def blocking(request_ids: Collection[UUID]) -> list[Objection]:
    """Objections that keep what rests on these requests from being closed: all that nobody has decided on."""
    rows = Objection.objects.filter(letter__request_id__in=request_ids, state__in=Objection.OPEN)
    return list(rows.select_related("letter").order_by("received_at"))


def open_alerts(request_ids: Collection[UUID]) -> list[WithdrawalAlert]:
    """Alerts of letters of these requests that nobody has handled."""
    rows = WithdrawalAlert.objects.filter(letter__request_id__in=request_ids, state=WithdrawalAlert.State.OPEN)
    return list(rows.select_related("letter"))


def leader_notices(person: User) -> QuerySet[Notice]:
    """Notices that wait for this person to issue them."""
    return notices_of(person).filter(state=Notice.State.TO_ISSUE, unit_id__in=led_unit_ids(person))


def waiting_for(person: User) -> int:
    """How many things of this part wait for this person: notices to check or to issue, objections, offers, alerts."""
    units = visible_unit_ids(person)
    count = Objection.objects.filter(letter__request__unit_id__in=units, state__in=("received", "answered")).count()
    count += WithdrawalAlert.objects.filter(letter__request__unit_id__in=units, state="open").count()
    count += ReuseOffer.objects.filter(request__unit_id__in=units, state="confirmed").count()
    count += notices_of(person).filter(state=Notice.State.CHECKING).exclude(drafted_by=person).count()
    return count + leader_notices(person).count()


def door_to_exhibit(person: User, exhibit: Exhibit) -> bool:
    """The door `evidence` asks: papers of objections and photos of samples, for who sees the request."""
    if required().kind != "province" or not person.has_role(Post.Role.OFFICER, Post.Role.LEADER, Post.Role.DISPATCHER):
        return False
    units = visible_unit_ids(person)
    return (
        ObjectionFile.objects.filter(exhibit=exhibit, objection__letter__request__unit_id__in=units).exists()
        or SamplePhoto.objects.filter(exhibit=exhibit, sample__request__unit_id__in=units).exists()
        or HeldLetter.objects.filter(
            Q(pdf=exhibit) | Q(annex=exhibit) | Q(scan=exhibit), request__unit_id__in=units
        ).exists()
    )


def reads(request: HttpRequest) -> bool:
    """Whether the pages of notices and letters are this person's."""
    person = request.user
    return person.is_authenticated and person.has_role(Post.Role.OFFICER, Post.Role.LEADER, Post.Role.DISPATCHER)


def now_open(telling: Telling) -> bool:
    """Whether the party is still in time."""
    return clock.now() <= telling.objection_until
