"""Give, add to, end and renew a share; take in what others give; tell the giver who looked."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.move import move, refusal
from audit.trail import Actor, Person
from evidence.store import store
from federation.contracts.addresses import Address
from federation.contracts.grants import (
    Content,
    GrantContentsV1,
    GrantEndedV1,
    GrantGivenV1,
    GrantUsedV1,
    Level,
    SharedItemV1,
    UseV1,
)
from federation.contracts.messages import Attachment
from federation.grants import guarded, selectors
from federation.grants.errors import (
    GrantEmpty,
    GrantItemOutside,
    GrantPurposeMissing,
    GrantTermWrong,
    GrantWhyMissing,
)
from federation.grants.masking import masked
from federation.grants.models import ContentWord, Grant, Item, LevelWord, Use
from federation.letters.addressees import refusal as addressee_refusal
from federation.letters.errors import AddresseeIsSender
from federation.letters.post import Envelope, post
from federation.letters.words import party_names
from federation.published.models import EndedGrant
from kernel import clock
from kernel.canonical import sha256_hex
from kernel.errors import NotFound404
from kernel.ids import uuid7
from notify.services import tell
from provinces.context import required

logger = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
MOST_DAYS = 732
USES_A_LETTER = 300
KEPT_BY_EYE = (LevelWord.MASKED, LevelWord.VIEW)
"""Levels whose words and files are taken away from the holder's side when the grant is over."""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Something to show: words or a file. A file lies in the giver's own store, masked by its maker where need be."""

    content: Content
    title: str
    text: str = ""
    file: Attachment | None = None


# The giver ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def give(
    *,
    to: Address,
    purpose: str,
    contents: Mapping[Content, Level],
    subject_kind: str,
    subject_id: UUID,
    expires_at: datetime,
    by: Person,
    subject_title: str = "",
    holder_unit: str = "",
    items: Sequence[Shared] = (),
    sender: Address | None = None,
    replaces: UUID | None = None,
) -> Grant:
    """Share: write the grant, tell its holder, and send what is to be shown. Who may is asked by the caller.

    contents: how far each kind of content goes; the others do not go. sender: which organisation, in the brands' seat.
    Raises GrantPurposeMissing, GrantEmpty, GrantTermWrong, GrantItemOutside, and what `post` raises.
    """
    giver, moment = _own(sender), clock.now()
    levels = {content: level for content, level in contents.items() if level != LevelWord.NONE}
    if not purpose.strip():
        raise GrantPurposeMissing()
    if not levels or not set(levels) <= set(ContentWord.values) or not set(levels.values()) <= set(LevelWord.values):
        raise GrantEmpty()
    if not moment < expires_at <= moment + timedelta(days=MOST_DAYS):
        raise GrantTermWrong(most_days=MOST_DAYS)
    if to == giver:
        raise AddresseeIsSender(addressee=str(to))
    grant = Grant.objects.create(
        side=Grant.Side.GIVEN,
        party=str(giver),
        giver=str(giver),
        holder=str(to),
        holder_unit=holder_unit,
        purpose=purpose.strip(),
        contents=levels,
        subject_kind=subject_kind,
        subject_id=subject_id,
        subject_title=subject_title,
        starts_at=moment,
        expires_at=expires_at,
        replaces=replaces,
        given_by=by.display_name,
        given_by_id=by.pk,
        given_at=moment,
    )
    message = GrantGivenV1(
        grant_id=grant.grant_id,
        purpose=grant.purpose,
        holder_unit=holder_unit,
        contents=levels,
        subject_kind=subject_kind,
        subject_id=subject_id,
        subject_title=subject_title,
        starts_at=moment,
        expires_at=expires_at,
        replaces=replaces,
        who=by.display_name[:40],
        at=moment,
    )
    post(message, to, thread=grant.grant_id, by=by, sender=sender, purpose=purpose.strip(), expires_at=expires_at)
    if items:
        add(grant, items, by=by)
    return grant


@transaction.atomic
def add(grant: Grant, items: Sequence[Shared], *, by: Person) -> list[Item]:
    """Show more under a grant of one's own that holds. Raises GrantOver, GrantItemOutside."""
    guarded.check(grant)
    sent = []
    for item in items:
        level = guarded.level_of(grant, item.content)
        if level == LevelWord.NONE:
            raise GrantItemOutside(content=ContentWord(item.content).label)
        text = masked(item.text, content=item.content) if level == LevelWord.MASKED else item.text
        sent.append((item, SharedItemV1(
            item_id=uuid7(), content=item.content, level=level, title=item.title, text=text,
            sha256=item.file.sha256 if item.file else "",
        )))  # fmt: skip
    moment = clock.now()
    letter = post(
        GrantContentsV1(grant_id=grant.grant_id, items=tuple(line for _item, line in sent), at=moment),
        Address.parse(grant.holder),
        thread=grant.grant_id,
        by=by,
        sender=_named(grant.party),
        attachments=[item.file for item, _line in sent if item.file],
        purpose=grant.purpose,
        expires_at=grant.expires_at,
    )
    return Item.objects.bulk_create(
        Item(
            grant=grant,
            item_id=line.item_id,
            content=line.content,
            level=line.level,
            title=line.title,
            sha256=line.sha256 or sha256_hex(line.text.encode()),
            size_bytes=item.file.size_bytes if item.file else len(line.text.encode()),
            media_type=item.file.media_type if item.file else "",
            letter_id=letter.pk,
            sent_at=moment,
        )
        for item, line in sent
    )


@transaction.atomic
def end(grant: Grant, by: Person, why: str) -> Grant:
    """End a share now, everywhere: the row that every holder's door reads is written with this commit.

    The letter that tells of it follows. What was given as a copy stays with the holder: `selectors.delivered` lists it.
    Raises GrantWhyMissing, MoveRefused.
    """
    if not why.strip():
        raise GrantWhyMissing()
    if grant.side != Grant.Side.GIVEN:
        raise NotFound404()
    if grant.state == Grant.State.ENDED:
        raise refusal(grant, "end")
    holder, giver = Address.parse(grant.holder), Address.parse(grant.giver)
    moment = clock.now()
    row = EndedGrant(
        grant_id=grant.grant_id,
        giver=grant.giver,
        giver_seat=giver.seat.name,
        seats=sorted({giver.seat.name, holder.seat.name}),
        ended_at=moment,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # somebody ended it at the same moment
        grant.refresh_from_db()
        raise refusal(grant, "end") from error
    grant = move(
        grant, "end", by=by, why=why, ended_at=moment, ended_by=by.display_name[:80], ended_why=why.strip()[:500]
    )
    guarded.close_stream(grant.grant_id)
    if addressee_refusal(holder) is None:  # one that receives nothing now reads the row all the same
        post(
            GrantEndedV1(grant_id=grant.grant_id, why=grant.ended_why, who=by.display_name[:40], at=moment),
            holder,
            thread=grant.grant_id,
            by=by,
            sender=_named(grant.party),
        )
    return grant


def end_given(grant_id: UUID, *, party: str, by: Person, why: str) -> Grant | None:
    """`end` by the grant's id, for apps that keep only that. None where it was ended or ran out before."""
    found = Grant.objects.filter(
        grant_id=grant_id, side=Grant.Side.GIVEN, party=party, state=Grant.State.ACTIVE
    ).first()
    return end(found, by, why) if found is not None else None


@transaction.atomic
def renew(grant: Grant, *, expires_at: datetime, by: Person, purpose: str = "") -> Grant:
    """Go on beyond the end: a new grant of the same contents. The holder sees what it had under the new one.

    Raises GrantOver for one that was ended, GrantTermWrong.
    """
    if grant.side != Grant.Side.GIVEN:
        raise NotFound404()
    if grant.state == Grant.State.ENDED:
        guarded.check(grant)
    made = give(
        to=Address.parse(grant.holder),
        purpose=purpose or grant.purpose,
        contents=grant.contents,
        subject_kind=grant.subject_kind,
        subject_id=grant.subject_id,
        expires_at=expires_at,
        by=by,
        subject_title=grant.subject_title,
        holder_unit=grant.holder_unit,
        sender=_named(grant.party),
        replaces=grant.grant_id,
    )
    _carry_over(grant, made)
    return made


def _carry_over(old: Grant, new: Grant) -> None:
    for item in old.items.filter(purged_at=None):
        item.pk, item.grant = uuid7(), new
        item._state.adding = True
        item.save(force_insert=True)


def _own(sender: Address | None) -> Address:
    seat = required()
    if seat.kind == "province":
        return Address.province(seat.name)
    if seat.kind == "office":
        return Address.office()
    if sender is None or sender.kind != "organisation":
        raise ValueError("at the brands host a grant needs to be told which organisation gives it")
    return sender


def _named(party: str) -> Address | None:
    """`sender` for the post office: the organisation, where one speaks."""
    address = Address.parse(party)
    return address if address.kind == "organisation" else None


# The holder -----------------------------------------------------------------------------------------------------------


def given(message: GrantGivenV1, envelope: Envelope) -> Grant:
    """Keep our copy of a grant that somebody gave us. In the receiver's transaction."""
    party, giver = str(envelope.addressee), str(envelope.sender)
    grant, made = Grant.objects.get_or_create(
        grant_id=message.grant_id,
        side=Grant.Side.HELD,
        party=party,
        defaults={
            "giver": giver,
            "holder": party,
            "holder_unit": message.holder_unit,
            "purpose": message.purpose,
            "contents": dict(message.contents),
            "subject_kind": message.subject_kind,
            "subject_id": message.subject_id,
            "subject_title": message.subject_title,
            "starts_at": message.starts_at,
            "expires_at": message.expires_at,
            "replaces": message.replaces,
            "given_by": message.who,
            "given_at": message.at,
        },
    )
    if not made:
        return grant
    if message.replaces:
        before = Grant.objects.filter(
            grant_id=message.replaces, side=Grant.Side.HELD, party=party, giver=giver
        ).first()  # fmt: skip
        if before is not None:
            _carry_over(before, grant)
    tell(
        to=selectors.overseers(party),
        code="grant_given",
        title=_("{name} 向本单位共享：{what}").format(
            name=party_names([giver])[giver], what=message.subject_title or message.purpose
        ),
        url=f"/grants/{grant.grant_id}/",
    )
    return grant


def contents_came(message: GrantContentsV1, envelope: Envelope) -> None:
    """Keep what is shown under a grant. Nothing is kept of one that is over, and nothing beyond what it covers."""
    grant = Grant.objects.filter(
        grant_id=message.grant_id, side=Grant.Side.HELD, party=str(envelope.addressee), giver=str(envelope.sender)
    ).first()
    if grant is None:
        raise NotFound404()
    over = bool(guarded.ended_at([grant]))
    for line in message.items:
        if guarded.level_of(grant, line.content) != line.level:
            logger.warning("letter %s shows more or less than grant %s covers", envelope.letter_id, grant.grant_id)
            continue
        gone = over and line.level in KEPT_BY_EYE
        file = envelope.attachment(line.sha256) if line.sha256 else None
        Item.objects.get_or_create(
            grant=grant,
            item_id=line.item_id,
            defaults={
                "content": line.content,
                "level": line.level,
                "title": line.title,
                "text": "" if gone else line.text,
                "sha256": line.sha256 or sha256_hex(line.text.encode()),
                "size_bytes": file.size_bytes if file else len(line.text.encode()),
                "media_type": file.media_type if file else "",
                "object_key": file.object_key if file and not gone else "",
                "letter_id": envelope.letter_id,
                "sent_at": message.at,
                "purged_at": clock.now() if gone else None,
            },
        )


def ended(message: GrantEndedV1, envelope: Envelope) -> None:
    """The giver has ended it: note why, and take away what was only to be looked at."""
    grant = Grant.objects.filter(
        grant_id=message.grant_id, side=Grant.Side.HELD, party=str(envelope.addressee), giver=str(envelope.sender)
    ).first()
    if grant is None:
        raise NotFound404()
    if grant.state == Grant.State.ENDED:
        return
    name = party_names([grant.giver])[grant.giver]
    move(
        grant, "end", by=Actor(None, message.who), why=message.why, ended_at=message.at,
        ended_by=f"{name} {message.who}"[:80], ended_why=message.why,
    )  # fmt: skip
    purge(grant)
    tell(
        to=selectors.overseers(grant.party),
        code="grant_ended",
        title=_("{name} 终止了共享：{what}").format(name=name, what=str(grant)),
        url=f"/grants/{grant.grant_id}/",
    )


def purge(grant: Grant) -> int:
    """Take away here what was only to be looked at; copies stay. Returns how many items. Safe to run again."""
    moment, keys, count = clock.now(), [], 0
    for item in grant.items.filter(purged_at=None, level__in=KEPT_BY_EYE):
        if grant.side == Grant.Side.HELD and item.object_key:
            elsewhere = Item.objects.filter(object_key=item.object_key, purged_at=None).exclude(pk=item.pk)
            keys += [] if elsewhere.exists() else [item.object_key]
        Item.objects.filter(pk=item.pk).update(text="", object_key="", purged_at=moment)
        count += 1
    Grant.objects.filter(pk=grant.pk).update(purged_at=moment)
    transaction.on_commit(lambda: [store().discard(key) for key in keys])
    return count


# Uses -----------------------------------------------------------------------------------------------------------------


def opened(item: Item) -> None:
    """The first look at an item."""
    Item.objects.filter(pk=item.pk, opened_at=None).update(opened_at=clock.now())


@transaction.atomic
def tell_uses() -> int:
    """Tell each giver by letter who looked at what it gave. Returns how many looks were told."""
    waiting = list(
        Use.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(told_at=None, grant__side=Grant.Side.HELD)
        .select_related("grant")
        .order_by("at")[:USES_A_LETTER]
    )
    by_grant: dict[Grant, list[Use]] = {}
    for use in waiting:
        by_grant.setdefault(use.grant, []).append(use)
    told = 0
    for grant, uses in by_grant.items():
        giver = Address.parse(grant.giver)
        if addressee_refusal(giver) is not None:
            continue
        lines = tuple(
            UseV1(use_id=use.use_id, at=use.at, who=use.who, content=use.content, what=use.what, way=use.way)
            for use in uses
        )
        message = GrantUsedV1(grant_id=grant.grant_id, uses=lines)
        post(message, giver, thread=grant.grant_id, by=MACHINE, sender=_named(grant.party))
        Use.objects.filter(pk__in=[use.pk for use in uses]).update(told_at=clock.now())
        told += len(uses)
    return told


def used(message: GrantUsedV1, envelope: Envelope) -> None:
    """Keep what the holder tells of its looks."""
    grant = Grant.objects.filter(
        grant_id=message.grant_id, side=Grant.Side.GIVEN, party=str(envelope.addressee), holder=str(envelope.sender)
    ).first()
    if grant is None:
        raise NotFound404()
    Use.objects.bulk_create(
        (
            Use(
                grant=grant, use_id=line.use_id, at=line.at, who=line.who, content=line.content, what=line.what,
                way=line.way, told_at=clock.now(),
            )
            for line in message.uses
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    for line in message.uses:
        if line.way != "refused":
            grant.items.filter(content=line.content, title=line.what, opened_at=None).update(opened_at=line.at)


# Every day ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def mind() -> int:
    """Warn of what runs out within a week, and take away what has run out. Returns how many grants were touched."""
    now, count = clock.now(), 0
    soon = Grant.objects.filter(
        state=Grant.State.ACTIVE, warned_at=None, expires_at__gt=now,
        expires_at__lte=now + timedelta(days=selectors.SOON_DAYS),
    )  # fmt: skip
    for grant in soon:
        tell(
            to=selectors.overseers(grant.party),
            code="grant_ending",
            title=_("共享即将到期：{what}").format(what=str(grant)),
            url=f"/grants/{grant.grant_id}/",
        )
        Grant.objects.filter(pk=grant.pk).update(warned_at=now)
        count += 1
    for grant in Grant.objects.filter(side=Grant.Side.HELD, purged_at=None, expires_at__lte=now):
        purge(grant)
        count += 1
    return count
