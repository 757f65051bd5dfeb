"""Holds: placing, reviewing, lifting by a second person, and keeping up with what is linked later."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.rules import roles_of
from audit import trail
from audit.move import move
from audit.trail import Person
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from notify.services import tell
from provinces.context import required
from provinces.declarations import declared_insert_only
from retention.kinds import Subject, model_of, subjects
from retention.models import HeldThing, Hold
from retention.reach import spread

Role = Post.Role
PLACERS = (Role.OFFICER, Role.DISPATCHER, Role.LEADER, Role.SECURITY_ADMIN)
LIFTERS = (Role.LEADER, Role.SECURITY_ADMIN)
LONGEST_REVIEW_MONTHS = 24


class GoneAlready(Conflict):
    """The clock was there first."""

    code = "record_gone"
    sentence = _("这条记录保存期满，已经清理，不能再保留。清理凭证可以在“保存期限”页按编号查询。")


class HeldAlready(Conflict):
    """Data: hold."""

    code = "held_already"
    sentence = _("这条记录已经在法律保留中，不必重复。需要改原因时，请先解除再重新保留。")


def subject_of(kind: str) -> Subject:
    """What a hold can be put on. Raises NotFound404."""
    subject = subjects().get(kind)
    if subject is None:
        raise NotFound404()
    return subject


def find(person: User, kind: str, record_id: UUID) -> tuple[str, str]:
    """(title, url) of what this person may see and hold. Raises NotFound404; NotAllowed for who may hold nothing."""
    if not roles_of(person) & set(PLACERS):
        raise NotAllowed(_("法律保留由办案人员、线索管理员、局领导或安全管理员办理。请联系他们。"), code="not_placer")
    found = subject_of(kind).find(person, record_id)
    if found is None:
        raise NotFound404()
    return found


def place(kind: str, record_id: UUID, *, by: User, reason: str, ordered_by: str, review_months: int = 6) -> Hold:
    """Hold a record and all that is linked with it, from now on. Raises NotFound404, NotAllowed, BadInput, Conflict."""
    title, url = find(by, kind, record_id)
    if not reason.strip() or not ordered_by.strip():
        raise BadInput(_("请写明保留原因，以及由哪个机关或负责人决定。"), code="reason_missing")
    if not 1 <= review_months <= LONGEST_REVIEW_MONTHS:
        raise BadInput(
            _("复核周期填 1 至 {most} 个月。"), code="review_months_wrong", most=LONGEST_REVIEW_MONTHS
        )  # fmt: skip
    subject = subject_of(kind)
    with transaction.atomic():
        # Under the lock of the record, which the clock takes too: whoever commits first has won, and the other sees it.
        if not _lock(model_of(subject.model), [record_id]):
            raise GoneAlready()
        if Hold.objects.filter(
            seat=required().name, subject_kind=kind, subject_id=record_id, state__in=Hold.HOLDING
        ).exists():  # fmt: skip
            raise HeldAlready()
        hold = Hold.objects.create(
            seat=required().name, subject_kind=kind, subject_id=record_id, subject_title=title[:200],
            subject_url=url[:300], reason=reason.strip()[:400], ordered_by=ordered_by.strip()[:200],
            review_months=review_months, review_on=_months_on(clock.today(), review_months),
            placed_by_id=by.pk, placed_by_name=by.display_name, unit_id=by.unit_id,
        )  # fmt: skip
        _reach_out(hold, lock=True)
        trail.record(hold, "place", by=by, why=reason[:400], to_state=hold.state)
    return hold


def _lock(model: type[Model], keys: list[UUID]) -> list[UUID]:
    """Take the records' locks, in one order for everybody. Returns those that are there."""
    rows = model._base_manager.filter(pk__in=keys).order_by("pk")
    forbidden = {item.model for item in declared_insert_only() if not item.columns}
    if model._meta.label not in forbidden:  # no login that serves may lock those
        rows = rows.select_for_update(of=("self",))
    return list(rows.values_list("pk", flat=True))


def _reach_out(hold: Hold, *, lock: bool = False) -> int:
    """Write down what the hold reaches now; what was reached before stays. Returns how many are new."""
    subject, schema_name = subject_of(hold.subject_kind), required().schema_name
    reached = spread(model_of(subject.model), hold.subject_id, schema_name, far=subject.far)
    there = set(hold.things.values_list("record_id", flat=True))
    by_model: dict[type[Model], list[UUID]] = {}
    for model, key in reached:
        if isinstance(key, UUID) and key not in there:
            by_model.setdefault(model, []).append(key)
    new = 0
    for model in sorted(by_model, key=lambda each: each._meta.label):
        keys = _lock(model, by_model[model]) if lock else by_model[model]
        rows = [HeldThing(hold=hold, label=model._meta.label, record_id=key) for key in keys]
        new += len(HeldThing.objects.bulk_create(rows, ignore_conflicts=True))
    return new


def renew() -> int:
    """Let every hold reach what was linked since. The clock calls it before each pass. Returns how many records."""
    total = 0
    for hold in Hold.objects.filter(seat=required().name, state__in=Hold.HOLDING).order_by("id"):
        try:
            with transaction.atomic():
                total += _reach_out(hold, lock=True)
        except IntegrityError:  # lifted or renewed by somebody else in this moment
            continue
    return total


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, 28))


def _require_lifter(by: Person) -> None:
    if isinstance(by, User) and not roles_of(by) & set(LIFTERS):
        raise NotAllowed(_("解除法律保留由另一位局领导或安全管理员批准。请联系他们。"), code="not_lifter")


@transaction.atomic
def review(hold: Hold, *, by: User) -> Hold:
    """Say that it is still needed; the next review is due after its months."""
    find(by, hold.subject_kind, hold.subject_id)
    Hold.objects.filter(pk=hold.pk).update(review_on=_months_on(clock.today(), hold.review_months))
    hold.refresh_from_db()
    trail.record(hold, "review", by=by, data={"review_on": hold.review_on.isoformat()})
    return hold


@transaction.atomic
def ask_lift(hold: Hold, *, by: User, reason: str) -> Hold:
    """Propose to lift it, and say why. It goes on holding until somebody else agrees."""
    find(by, hold.subject_kind, hold.subject_id)
    if not reason.strip():
        raise BadInput(_("请写明为什么不再需要保留。"), code="reason_missing")
    return move(
        hold, "ask_lift", by=by, why=reason[:400], lift_reason=reason.strip()[:400],
        lift_asked_by_id=by.pk, lift_asked_by_name=by.display_name,
    )  # fmt: skip


@transaction.atomic
def lift(hold: Hold, *, by: User) -> Hold:
    """The second person agrees: neither who placed it nor who asked."""
    _require_lifter(by)
    if by.pk in {hold.lift_asked_by_id, hold.placed_by_id}:
        raise NotAllowed(
            _("解除要由经办人和申请人以外的人批准。请交另一位局领导或安全管理员。"), code="not_on_yourself"
        )
    return move(
        hold, "lift", by=by, lifted_by_id=by.pk, lifted_by_name=by.display_name, lifted_at=clock.now()
    )  # fmt: skip


@transaction.atomic
def keep_on(hold: Hold, *, by: User, reason: str) -> Hold:
    """The second person does not agree: it goes on."""
    _require_lifter(by)
    return move(hold, "keep_on", by=by, why=reason[:400])


def remind() -> int:
    """Tell who placed a hold that its review is due; once a month. Returns how many."""
    due = Hold.objects.filter(seat=required().name, state__in=Hold.HOLDING, review_on__lte=clock.today())
    told = 0
    for hold in due.exclude(placed_by_id=None):
        with transaction.atomic():
            tell(
                to=[hold.placed_by_id], code="hold_review",  # type: ignore[list-item] # the empty ones are left out
                title=str(_("法律保留到了复核日：{title}")).format(title=hold.subject_title),
                url=f"/retention/holds/{hold.pk}/",
            )  # fmt: skip
            Hold.objects.filter(pk=hold.pk).update(review_on=_months_on(clock.today(), 1))
        told += 1
    return told
