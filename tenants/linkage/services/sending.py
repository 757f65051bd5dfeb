"""Messages to platforms: written down with the step they tell of, sent in the order of their case, never half.

A message is built whole by the mapping in force before a byte leaves. Where the mapping cannot say it (a field was
lost, a value is too long, a code is missing) it is held with a report, and so is whatever follows it in its case.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads_of
from audit.move import move
from audit.trail import Actor, Person
from connections import selectors as connections
from connections import traffic
from gateway import outbound
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, Problem
from kernel.soon import soon
from notify.sealing import unseal
from notify.services import tell
from provinces.alone import alone
from tenants.cases import selectors as cases
from tenants.cases.models import Case
from tenants.linkage import selectors, sources, terms
from tenants.linkage.mapping import rules
from tenants.linkage.mapping.rules import Finding
from tenants.linkage.models import LinkageSetting, Outgoing, Referral

MACHINE = Actor(None, "系统")
BACK_OFF = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)]
_CLAIM_LOST_AFTER = timedelta(minutes=10)
_ESCALATE_TRIES = 5
Kind, State = Outgoing.Kind, Outgoing.State


def queue(
    kind: str,
    *,
    case: Case,
    by: Person,
    connection_id: UUID | None,
    referral: Referral | None = None,
    reason: str = "",
    withdraws: Outgoing | None = None,
) -> Outgoing | None:
    """Write a message down, in the caller's transaction. None where the matter goes by no platform."""
    if connection_id is None:
        return None
    message = Outgoing(
        case=case,
        referral=referral,
        connection_id=connection_id,
        kind=kind,
        withdraws=withdraws,
        by_id=by.pk,
        by_name=by.display_name,
    )
    if kind == Kind.WITHDRAWAL:
        message.due_at = terms.due("withdrawal", clock.now(), connection_id, terms.of_platforms())
    message.source = sources.record_of(message, reason=reason)
    message.save(force_insert=True)
    transaction.on_commit(lambda: enqueue(message.pk))
    return message


def take_back(message: Outgoing, *, by: Person, reason: str) -> Outgoing | None:
    """What went out is withdrawn by a message of its own; what has not gone stays. In the caller's transaction."""
    message.refresh_from_db(fields=["state"])
    if message.state in Outgoing.NOT_THERE:
        move(message, "cancel", by=by, why=reason)
        return None
    if message.state == State.CANCELLED or message.withdrawals.exclude(state=State.CANCELLED).exists():
        return None
    return queue(
        Kind.WITHDRAWAL,
        case=message.case,
        by=by,
        connection_id=message.connection_id,
        referral=message.referral,
        reason=reason,
        withdraws=message,
    )


def enqueue(message_id: UUID) -> None:
    """Hand it to a worker; the sweep finds it where no broker is."""
    from tenants.linkage.tasks import send_one

    soon(send_one, str(message_id))


def written(message: Outgoing) -> tuple[dict[str, Any], list[Finding], int | None]:
    """(what would be sent, what is wrong, version of the mapping)."""
    mapping = selectors.mapping_in_force(message.connection_id)
    if mapping is None:
        return {}, [Finding(code="mapping_missing")], None
    payload, found = rules.build(rules.kept(mapping.rows), message.source, message.kind)
    return payload, found, mapping.version


def ready(message: Outgoing) -> dict[str, Any] | None:
    """What is to be sent now; None while it has to wait for an earlier one, or is held with the reasons."""
    earlier = Outgoing.objects.filter(case=message.case, connection_id=message.connection_id, state__in=Outgoing.OPEN)
    if earlier.filter(pk__lt=message.pk).exists():
        return None
    payload, found, version = written(message)
    if found:
        _hold(message, found)
        return None
    if message.mapping_version != version:
        Outgoing.objects.filter(pk=message.pk).update(mapping_version=version)
        message.mapping_version = version
    return payload


def _hold(message: Outgoing, found: list[Finding]) -> None:
    if message.state != State.WAITING:
        return
    problems = [each.as_json() for each in found]
    move(message, "hold", by=MACHINE, problems=problems, noted={"codes": [each.code for each in found][:10]})
    traffic.note(
        message.connection_id,
        direction="out",
        what=message.kind,
        ok=False,
        code=found[0].code,
        reference=str(message.pk),
    )
    _tell(message, _("有一件两法衔接报送没有送出：字段对照有误"), code="linkage_held")


def attempt(message_id: UUID) -> Outgoing:
    """Try one message once, by the way its platform takes. Safe to run twice, also at once."""
    message = Outgoing.objects.select_related("case__unit", "referral").get(pk=message_id)
    with alone(message.pk) as is_alone:
        if not is_alone or message.state != State.WAITING or message.next_try_at > clock.now():
            return message
        connection = connections.active(message.connection_id)
        if connection is None:
            return message
        payload = ready(message)
        setting = selectors.setting_of(message.connection_id)
        if payload is None or setting.channel != LinkageSetting.Channel.PUSH:
            return message
        return _push(message, setting, payload)


def _push(message: Outgoing, setting: LinkageSetting, payload: dict[str, Any]) -> Outgoing:
    """One call; the message's id goes along as the idempotency key, so that a platform tells a second try from a second
    message."""
    body = rules.as_bytes(payload, form=setting.body_format)
    headers = {
        "Content-Type": "application/xml" if setting.body_format == "xml" else "application/json",
        "Idempotency-Key": str(message.pk),
    }
    if setting.header_name and setting.sealed_header:
        headers[setting.header_name] = unseal(setting.sealed_header)
    message = move(message, "claim", by=MACHINE, tries=message.tries + 1, claimed_at=clock.now())
    begun, status, code, words = time.monotonic(), None, "", ""
    try:
        answer = outbound.send("POST", setting.endpoint, body=body, headers=headers)
        status = answer.status
        if not 200 <= status < 300:
            code, words = "not_taken", f"HTTP {status}"
    except Problem as problem:
        code, words = problem.code, problem.detail
    traffic.note(
        message.connection_id,
        direction="out",
        what=message.kind,
        ok=not code,
        status=status,
        ms=round((time.monotonic() - begun) * 1000),
        code=code,
        payload=payload if code else None,
        reference=str(message.pk),
    )
    if not code:
        return went(message, by=MACHINE, channel=LinkageSetting.Channel.PUSH)
    wait = BACK_OFF[min(message.tries, len(BACK_OFF)) - 1]
    return move(message, "retry", by=MACHINE, words=words[:500], next_try_at=clock.now() + wait, noted={"code": code})


def went(message: Outgoing, *, by: Person, channel: str, reference: str = "") -> Outgoing:
    """It is there. The next one of its case may go."""
    done = move(
        message,
        "deliver",
        by=by,
        sent_at=clock.now(),
        channel=channel,
        reference=reference[:120],
        problems=[],
        words="",
    )
    following = Outgoing.objects.filter(case=done.case, connection_id=done.connection_id, state=State.WAITING)
    for pk in following.order_by("pk").values_list("pk", flat=True)[:1]:
        transaction.on_commit(partial(enqueue, pk))
    return done


def refused(message: Outgoing, *, by: Person, words: str) -> Outgoing:
    """The other side sent back what had gone: people hear of it. In the caller's transaction. Raises MoveRefused."""
    row = move(message, "refuse", by=by, why=words, words=words[:500])
    _tell(row, _("对方退回了一件两法衔接报送"), code="linkage_refused", urgent=row.kind == Kind.WITHDRAWAL)
    return row


def taken_after_all(message: Outgoing, *, by: Person) -> Outgoing:
    """The other side has it, which had sent it back. Raises MoveRefused."""
    return move(message, "deliver", by=by, sent_at=clock.now(), words="")


def may_go_again(message: Outgoing) -> bool:
    """Whether a message that was sent back may go once more as it is; a referral is amended, and is then a new one."""
    return message.state == State.REFUSED and message.kind != Kind.REFERRAL


def waiting_for(connection_id: UUID) -> list[tuple[Outgoing, dict[str, Any]]]:
    """What a platform may take now, each with what it says: the first of each case that is not held."""
    found = []
    for message in selectors.open_messages().filter(connection_id=connection_id, state=State.WAITING)[:200]:
        payload = ready(message)
        if payload is not None:
            found.append((message, payload))
    return found


def release(connection_id: UUID, *, by: Person) -> int:
    """What was held is tried again by the mapping that is in force now, in its order. Returns how many."""
    count = 0
    for message in selectors.open_messages().filter(connection_id=connection_id, state=State.HELD):
        # What it said stays as it was; only a field that did not exist then is added.
        whole = {**sources.record_of(message), **message.source}
        move(message, "release", by=by, problems=[], next_try_at=clock.now(), source=whole)
        transaction.on_commit(partial(enqueue, message.pk))
        count += 1
    return count


@transaction.atomic
def try_again(*, by: User, message: Outgoing) -> Outgoing:
    """Have one message tried now: what it says is read anew where the case was mended meanwhile."""
    _require_handler(by, message)
    _not_a_returned_referral(message)
    if message.state in (State.HELD, State.REFUSED):
        message = move(message, "release", by=by, problems=[])
    if message.state != State.WAITING:
        raise Conflict(_("这一件已经送达或不再送，不用重送。请刷新页面。"), code="message_not_waiting")
    reason = str(message.source.get("message.reason", ""))
    message.source = sources.record_of(message, reason=reason)
    message.next_try_at = clock.now()
    message.save(update_fields=["source", "next_try_at"])
    transaction.on_commit(lambda: enqueue(message.pk))
    return message


@transaction.atomic
def settle(*, by: User, message: Outgoing, words: str) -> Outgoing:
    """A person brought it there by another way, and says how."""
    _require_handler(by, message)
    if not words.strip():
        raise BadInput(_("请写明怎样送达的：何时、交给谁、凭据。"), code="words_missing")
    _not_a_returned_referral(message)
    return move(message, "settle", by=by, why=words.strip(), words=words.strip()[:500], sent_at=clock.now())


def _not_a_returned_referral(message: Outgoing) -> None:
    if message.state == State.REFUSED and not may_go_again(message):
        raise Conflict(_("移送已被退回。请在移送里修改后再次移送。"), code="referral_returned")


def _require_handler(by: User, message: Outgoing) -> None:
    if not (cases.handles(by, message.case) or cases.heads(by, message.case.unit_id)):
        raise NotAllowed()


def sweep() -> int:
    """Take up what waits, what a worker died with, and what is not there in its term. Returns how many were tried."""
    moment = clock.now()
    lost = Outgoing.objects.filter(state=State.SENDING, claimed_at__lt=moment - _CLAIM_LOST_AFTER)
    for message in lost[:50]:
        move(message, "retry", by=MACHINE, next_try_at=moment)
    waiting = selectors.to_push(moment)[:100]
    for message in waiting:
        attempt(message.pk)
    for message in selectors.open_messages().filter(escalated_at=None)[:500]:
        if (message.due_at is not None and message.due_at < moment) or message.tries >= _ESCALATE_TRIES:
            escalate(message)
    return len(waiting)


def escalate(message: Outgoing) -> None:
    """A machine has not managed: the head and the handlers are told, urgently, and one of them sees to it."""
    updated = Outgoing.objects.filter(pk=message.pk, escalated_at=None).update(escalated_at=clock.now())
    if updated:
        title = (
            _("撤回没有按期送达对方，请人工处理")
            if message.kind == Kind.WITHDRAWAL
            else _("两法衔接报送一直送不出，请人工处理")
        )
        _tell(message, title, code="linkage_escalated", urgent=True)


def _tell(message: Outgoing, title: Any, *, code: str, urgent: bool = False) -> None:
    people = set(message.case.handlers.values_list("user_id", flat=True))
    if urgent:
        people |= {head.pk for head in heads_of(message.case.unit)}
    url = f"/linkage/{message.referral_id}/" if message.referral_id else f"/cases/{message.case_id}/"
    tell(to=people, code=code, title=title, body=message.case.number, url=url, urgent=urgent)
