"""G10: whoever rules the database rewrites an exhibit and everything that follows from it; what others keep names it.

The attacker has the database as superuser, the object store and the installation's keys. He lacks what left the house:
heads with the countersignatures of other provinces, and time-stamps.
"""

import hashlib
import json
from datetime import timedelta

import pytest
from harness import people
from harness.spoiled import rewrite

from audit import heads, keys, merkle, stamps
from audit.models import HeadStamp, HeadWitness, LogEntry, LogHead, WitnessedHead
from audit.verify import Verification
from evidence import custody
from evidence.models import Exhibit
from evidence.store import store
from federation.heads import kept, services
from kernel import clock
from kernel.canonical import canonical_json
from provinces import context
from provinces.context import province

pytestmark = pytest.mark.guard("G10")


@pytest.fixture
def sealed(border, run_letters, tmp_path, settings):
    """Photos of 陈队长 on three days, a head each day; what 贵州, 福建 and the office keep, and the time-stamps."""
    settings.OBJECTS_DIR = tmp_path / "objects"
    people.divisions()
    chen = people.bureau("gx").chen
    exhibits, moment = [], clock.now()
    for day in range(3):
        with clock.frozen(moment + timedelta(days=day)):
            with province("gx"):
                for number in range(3):
                    exhibits.append(people.sealed_photo(chen, f"day {day} photo {number}"))
                custody.record(exhibits[-1], "viewed", by=chen)
                heads.make()
                stamps.finish_waiting("gx")
            run_letters()
    files = []
    for name in ("gz", "fj", "gx"):
        with province(name):
            files.append(kept.as_text("gx"))
    held = [kept.read(text) for text in files]
    return (
        exhibits,
        [head for heads_, _ in held for head in heads_],
        [stamp for _, stamps_ in held for stamp in stamps_],
    )


def verify(outside=(), outside_stamps=()):
    with province("gx"):
        return Verification("gx").walk(outside=outside, outside_stamps=outside_stamps)


def rewrite_everything(exhibit, *, superuser):
    """Another photo in place of the exhibit, and every digest, entry, node, head, countersignature and stamp anew."""
    data = people.jpeg("another bottle")
    sha256, sm3 = hashlib.sha256(data).hexdigest(), hashlib.new("sm3", data).hexdigest()
    with province("gx"):
        path = store()._path(exhibit.original_key)
    rewrite(path, data)
    with context.owner("gx"):
        Exhibit.objects.filter(pk=exhibit.pk).update(sha256=sha256, sm3=sm3, size_bytes=len(data))
        changed = Exhibit.objects.get(pk=exhibit.pk)
        entry = LogEntry.objects.get(kind="exhibit.sealed", record_id=exhibit.pk)
        said = json.loads(entry.body) | {"content": custody.leaf_of_exhibit(changed)}
        body = canonical_json(said)
        LogEntry.objects.filter(pk=entry.pk).update(body=body.decode(), leaf_hash=merkle.leaf_hash(body))
        received = changed.custody.get(act="received")
        data_of = received.data | {"sha256": sha256, "size_bytes": len(data)}
        changed.custody.filter(pk=received.pk).update(data=data_of)
        event = LogEntry.objects.get(kind="custody", record_id=received.pk)
        received.refresh_from_db()
        body = canonical_json(json.loads(event.body) | {"content": custody.leaf_of_event(received)})
        LogEntry.objects.filter(pk=event.pk).update(body=body.decode(), leaf_hash=merkle.leaf_hash(body))
        leaves = [bytes(each) for each in LogEntry.objects.order_by("position").values_list("leaf_hash", flat=True)]
        with superuser() as cursor:
            tree = merkle.Growing()
            for leaf in leaves:
                for level, place, digest in tree.add(leaf):
                    cursor.execute(
                        "UPDATE gx.audit_lognode SET hash = %s WHERE level = %s AND place = %s", [digest, level, place]
                    )
        forged = {}
        for head in LogHead.objects.order_by("size"):
            tree = merkle.Growing()
            for leaf in leaves[: head.size]:
                tree.add(leaf)
            body = heads.statement("gx", head.size, tree.root, head.at)
            LogHead.objects.filter(pk=head.pk).update(
                root=tree.root, body=body.decode(), signature=keys.sign("gx", body)
            )
            forged[head.size] = tree
            for row in HeadWitness.objects.filter(head=head):
                signed = services.countersignature(row.witness, "gx", head.size, tree.root.hex())
                key = row.witness.removeprefix("province:")
                HeadWitness.objects.filter(pk=row.pk).update(
                    body=signed.decode(), public_key=keys.public_key(key), signature=keys.sign(key, signed)
                )
            response, _authority = stamps.ask(body)
            HeadStamp.objects.filter(head=head).update(response=response)
    for name in ("gz", "fj"):
        with context.owner(name):
            _rewrite_their_copies(name, leaves, forged)


def _rewrite_their_copies(name, leaves, forged):
    for row in WitnessedHead.objects.filter(log="gx"):
        tree = forged[row.size]
        signed = services.countersignature(f"province:{name}", "gx", row.size, tree.root.hex())
        WitnessedHead.objects.filter(pk=row.pk).update(
            root=tree.root,
            peaks=b"".join(tree.peak_hashes),
            grown=b"".join(leaves[row.from_size : row.size]),
            own_body=signed.decode(),
            own_signature=keys.sign(name, signed),
        )


@pytest.mark.parametrize("which", [0, 4, 8])
def test_what_other_provinces_countersigned_names_the_altered_exhibit(sealed, border, which, trials):
    exhibits, outside, outside_stamps = sealed
    before = verify(outside, outside_stamps)
    assert before.holds, [fault.words for fault in before.faults]
    assert (before.heads, before.countersigned, before.stamped, before.outside) == (3, 9, 3, 9)
    rewrite_everything(exhibits[which], superuser=lambda: border.superuser(border.database_name))

    assert verify().holds, "the rewriting is complete: from inside nothing shows"

    named = [fault for fault in verify(outside).faults if fault.code == "outside_entry"]
    first = named[0]
    assert str(exhibits[which].pk)[-12:] in first.words
    assert "陈" in first.words and first.data["witness"] in {"province:gz", "province:fj"}
    with province("gx"):
        entry = LogEntry.objects.get(kind="exhibit.sealed", record_id=exhibits[which].pk)
    assert first.data["number"] == entry.position + 1

    by_stamps = verify((), outside_stamps).faults
    assert by_stamps[0].code == "outside_stamp"
    assert by_stamps[0].data["first"] <= entry.position + 1 <= by_stamps[0].data["last"]
    trials(2)
