"""A parcel that goes out: asked for, built, numbered, signed, fetched, swept."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from connections import selectors as connections
from connections import traffic
from evidence import made
from evidence.made import MACHINE, MOST_TRIES
from evidence.store import make_key, store, work_dir
from gateway import pacing
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed
from kernel.soon import soon
from notify.services import tell
from provinces.alone import alone
from provinces.context import required
from tenants.bundles.archive import Archive
from tenants.parcels import kinds as registry
from tenants.parcels import packing, selectors, sheets
from tenants.parcels.kinds import Attachment, Link, Record, RecordKind
from tenants.parcels.models import Counter, Parcel, ParcelSetting
from tenants.parcels.packing import Refused
from tenants.parcels.services.settings import kinds_chosen, setting_of

KEPT = timedelta(days=30)
LONGEST_SPAN = timedelta(days=400)
_MAY_COME_LATE = timedelta(minutes=5)
"""What was written so long before a parcel was made may have been committed after: the next one looks there again."""


def ask(
    *,
    by: User,
    connection: Link,
    since: datetime | None = None,
    until: datetime | None = None,
    kinds: Sequence[str] = (),
    answers: int | None = None,
    nightly: bool = False,
) -> Parcel:
    """Have a worker make a parcel. since: by default, where the last one ended. One at a time for a connection.

    Over the bureau's fair share it waits its turn; what is made by night does not.

    Raises NotAllowed, BadInput (`span_wrong`, `kinds_wrong`), Conflict (`connection_off`).
    """
    if not (nightly or by.is_service):
        selectors.require_carrier(by)
    if connections.active(connection.id) is None:
        raise Conflict(_("这个对接没有启用，不能交换文件。请安全管理员启用后再试。"), code="connection_off")
    offered = kinds_chosen(connection, setting_of(connection.id))
    chosen = [name for name in offered if not kinds or name in kinds]
    if not chosen or set(kinds) - set(offered):
        raise BadInput(_("有的记录种类不能发给这个对接。请重新选择。"), code="kinds_wrong")
    until = until or clock.now()
    since = since or _begins(where_the_last_ended(connection.id, chosen), until, at_first=timedelta(days=30))
    if not since < until or until - since > LONGEST_SPAN or until > clock.now() + timedelta(days=1):
        raise BadInput(_("时间不对：开始要早于结束，一次最多 400 天。请重新选择。"), code="span_wrong")
    going = Parcel.objects.filter(connection_id=connection.id, state__in=[Parcel.State.QUEUED, Parcel.State.RUNNING])
    if (other := going.first()) is not None:
        return other
    wait_s = 0 if nightly else pacing.wait_s("exports", user=by)
    try:
        return _asked(
            by,
            connection_id=connection.id,
            connection_name=connection.name,
            since=since,
            until=until,
            kinds=chosen,
            answers=answers,
            nightly=nightly,
            not_before=clock.now() + timedelta(seconds=wait_s) if wait_s else None,
        )
    except IntegrityError:  # somebody else asked at the same moment
        return going.get()


@transaction.atomic
def _asked(by: User, **fields: Any) -> Parcel:
    parcel = Parcel.objects.create(by_id=by.pk, by_name=by.display_name, **fields)
    trail.record(parcel, "ask", by=by, data={"connection": str(parcel.connection_id), "kinds": parcel.kinds})
    if parcel.not_before is None:
        transaction.on_commit(lambda: enqueue(parcel.pk))
    return parcel


def where_the_last_ended(connection_id: UUID, kinds: Iterable[str]) -> datetime | None:
    """Until when a connection was told of all these kinds without a gap; None while of none of them."""
    counter = Counter.objects.filter(pk=connection_id).first()
    found = [datetime.fromisoformat(counter.told[name]) for name in kinds if name in counter.told] if counter else []
    return min(found, default=None)


def _begins(last: datetime | None, until: datetime, *, at_first: timedelta) -> datetime:
    return max(last or until - at_first, until - LONGEST_SPAN)


def enqueue(parcel_id: UUID) -> None:
    """Hand it to a worker; the sweep finds it where no broker is."""
    from tenants.parcels.tasks import build

    soon(build, str(parcel_id))


def write(connection: Link, *, by: User, **asked: Any) -> Parcel:
    """Ask for a parcel and make it at once."""
    return run(ask(by=by, connection=connection, **asked).pk)


def run(parcel_id: UUID) -> Parcel:
    """Make a parcel that was asked for. Safe to run twice; never two of one connection at once: numbers have no gap."""
    parcel = Parcel.objects.get(pk=parcel_id)
    if parcel.waits_s:
        return parcel
    with alone(parcel.connection_id) as is_alone:
        if not is_alone:
            return parcel
        try:
            parcel = move(parcel, "start", by=MACHINE, touched_at=clock.now(), tries=parcel.tries + 1)
        except MoveRefused:
            return parcel
        connection = connections.active(parcel.connection_id)
        if connection is None:
            return _fail(parcel, "connection_off")
        try:
            return _make(parcel, connection)
        except Refused as why:
            return _fail(parcel, why.code)
        except Exception:
            if parcel.tries >= MOST_TRIES:
                _fail(parcel, "broken_off")
            raise


def _fail(parcel: Parcel, code: str) -> Parcel:
    traffic.note(parcel.connection_id, direction="out", what="parcel", ok=False, code=code, reference=str(parcel.pk))
    return move(parcel, "fail", by=MACHINE, problem=code)


def _make(parcel: Parcel, connection: Link) -> Parcel:
    began = clock.now()
    gathered = _gather(parcel, connection)
    counter = Counter.objects.filter(pk=parcel.connection_id).first() or Counter(pk=parcel.connection_id)
    before, counter.last = counter.manifest_sha256, counter.last + 1
    number = counter.last
    with tempfile.NamedTemporaryFile(prefix="parcel-", dir=work_dir()) as draft:
        manifest = _write(draft, parcel, connection, number, before, gathered)
        draft.seek(0)
        key = make_key(required().name, "parcel", parcel.pk)
        digests = store().put(key, draft, "application/zip")
    moment, counter.manifest_sha256 = clock.now(), sha256_hex(manifest)
    counter.told |= _told(parcel, counter.told, until=min(parcel.until, began - _MAY_COME_LATE))
    with transaction.atomic():
        counter.save()
        done = move(
            parcel,
            "finish",
            by=MACHINE,
            sequence=number,
            object_key=key,
            sha256=digests.sha256,
            sm3=digests.sm3,
            size_bytes=digests.size_bytes,
            manifest_sha256=counter.manifest_sha256,
            counts={kind.name: len(records) for kind, records in gathered},
            touched_at=moment,
            expires_at=moment + KEPT,
            noted={"sequence": number, "sha256": digests.sha256},
        )
        for kind, records in gathered:
            if kind.went is not None and records:
                kind.went(connection, [str(each.id) for each in records], number)
        tell(
            to=[parcel.by_id],
            code="parcel_ready",
            title=_("数据包做好了，可以下载"),
            body=f"{connection.name} · {number}",
            url=f"/parcels/out/{parcel.pk}/",
        )
    traffic.note(parcel.connection_id, direction="out", what="parcel", ok=True, reference=str(number))
    return done


def _told(parcel: Parcel, before: Mapping[str, str], *, until: datetime) -> dict[str, str]:
    """How far the kinds of a parcel are told of after it: one that began later leaves the gap before it open."""
    found = {}
    for name in parcel.kinds:
        known = datetime.fromisoformat(before[name]) if name in before else None
        if known is None or parcel.since <= known < until:
            found[name] = until.isoformat()
    return found


def _gather(parcel: Parcel, connection: Link) -> list[tuple[RecordKind, list[Record]]]:
    found, total = [], 0
    for kind in registry.kinds_of(connection):
        if kind.name not in parcel.kinds or kind.out is None:
            continue
        records = list(kind.out(connection, parcel.since, parcel.until))
        total += len(records)
        if total > packing.MOST_RECORDS:
            raise Refused("too_many_rows", most=packing.MOST_RECORDS)
        found.append((kind, records))
    return found


def _write(
    draft: Any,
    parcel: Parcel,
    connection: Link,
    number: int,
    before: str,
    gathered: Sequence[tuple[RecordKind, Sequence[Record]]],
) -> bytes:
    """Write the package; returns the bytes of its manifest. before: the digest of the manifest before it."""
    seat, moment = required().name, clock.now()
    archive = Archive(draft)
    named: dict[UUID | str, list[str]] = {}
    for _kind, records in gathered:
        for each in records:
            named[each.id] = [_attach(archive, file) for file in each.files]
    lines = [
        {
            "kind": kind.name,
            "id": str(each.id),
            "at": each.at,
            "data": each.whole if each.whole is not None else dict(each.said),
            "files": [{"path": path, "sha256": archive.files[path].sha256} for path in named[each.id]],
        }
        for kind, records in gathered
        for each in records
    ]
    archive.add(packing.RECORDS, packing.records_json(lines))
    archive.add(packing.SHEETS, sheets.outward("数据包", _facts(parcel, connection, number, gathered), gathered))
    manifest = canonical_json(
        {
            "format": packing.FORMAT,
            "records_format": packing.RECORDS_FORMAT,
            "parcel_id": parcel.pk,
            "sender": seat,
            "addressee": str(connection.id),
            "connection_id": str(connection.id),
            "connection_name": connection.name,
            "sequence": number,
            "previous_manifest_sha256": before,
            "in_reply_to": parcel.answers,
            "made_at": moment,
            "made_by": parcel.by_name,
            "since": parcel.since,
            "until": parcel.until,
            "counts": {kind.name: len(records) for kind, records in gathered},
            "key": packing.own_key(seat),
            "files": [
                {"path": path, "sha256": found.sha256, "sm3": found.sm3, "size_bytes": found.size_bytes}
                for path, found in sorted(archive.files.items())
            ],
        }
    )
    archive.add(packing.MANIFEST, manifest)
    archive.add(packing.SIGNATURE, packing.sign(seat, manifest))
    archive.close()
    return manifest


def _attach(archive: Archive, file: Attachment) -> str:
    """Write an attachment once, whoever names it; returns its path."""
    ending = "." + file.name.rpartition(".")[2] if "." in file.name else ""
    if file.object_key:
        digests = store().digests(file.object_key, sha256=file.sha256)
        path = f"{packing.FILES}{digests.sha256}{ending}"
        if path not in archive.files:
            with store().open(file.object_key, sha256=digests.sha256) as stream:
                archive.stream(path, stream, size_bytes=digests.size_bytes)
        return path
    path = f"{packing.FILES}{sha256_hex(file.content)}{ending}"
    if path not in archive.files:
        archive.stream(path, io.BytesIO(file.content), size_bytes=len(file.content))
    return path


def _facts(
    parcel: Parcel, connection: Link, number: int, gathered: Sequence[tuple[RecordKind, Sequence[Record]]]
) -> list[tuple[str, str]]:
    return sheets.facts(
        [
            ("发给", connection.name),
            ("包号", number),
            ("从", parcel.since),
            ("到", parcel.until),
            ("制作人", parcel.by_name),
            ("制作时间", clock.now()),
            *((str(kind.label), f"{len(records)} 条") for kind, records in gathered),
            ("核对", "内容以 records.json 为准；签名在 manifest.sig，核对方法见使用说明。"),
        ]
    )


def hand_out(parcel: Parcel, *, by: User) -> Parcel:
    """Write that it is being fetched. Raises NotAllowed; Conflict when it is not there."""
    if not (selectors.may_carry(by) or by.is_service):
        raise NotAllowed()
    if parcel.state != Parcel.State.READY:
        raise Conflict(
            _("这个数据包现在不能下载：还没有做好，或文件已过保留期。需要时请重新制作。"), code="parcel_not_ready"
        )
    trail.record(parcel, "download", by=by, data={"sha256": parcel.sha256})
    Parcel.objects.filter(pk=parcel.pk).update(fetched_at=clock.now())
    return parcel


def nightly() -> int:
    """Ask for the parcels that are made every night. Returns how many."""
    asked = 0
    for setting in ParcelSetting.objects.filter(nightly=True):
        connection = connections.active(setting.connection_id)
        by = User.objects.filter(pk=setting.nightly_by_id, is_active=True).first()
        if connection is None or by is None:
            continue
        midnight = clock.now().astimezone(clock.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        last = where_the_last_ended(connection.id, kinds_chosen(connection, setting))
        if last is not None and last >= midnight:
            continue
        since = _begins(last, midnight, at_first=timedelta(days=1))
        ask(by=by, connection=connection, since=since, until=midnight, nightly=True)
        asked += 1
    return asked


def sweep() -> int:
    """Delete files that were kept long enough; take up what was left lying. Returns how many went."""
    return made.sweep(Parcel, enqueue=enqueue, give_up=lambda row: _fail(row, "broken_off"))
