"""Verify now: each link is compared, and the first bad one is named in words."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from harness import people
from harness.spoiled import rewrite

from appraisal.requests import services as requests
from audit import heads, keys, log, merkle, stamps, verify
from audit.models import LogCheck, LogEntry
from audit.verify import Verification
from evidence import custody, matters, packages, sealing
from evidence.store import store
from federation.heads import kept
from provinces import context
from provinces.context import province
from provinces.seats import named_seat


@pytest.fixture
def sealed(border, run_letters, tmp_path, settings):
    """Three photos of 陈队长 in 广西, one of them looked at, under a countersigned and time-stamped head."""
    settings.OBJECTS_DIR = tmp_path / "objects"
    people.divisions()
    bureau = people.bureau("gx")
    with province("gx"):
        exhibits = [people.sealed_photo(bureau.chen, f"photo {number}") for number in range(3)]
        custody.viewed(exhibits[1], by=bureau.chen)
        heads.make()
        stamps.finish_waiting("gx")
    run_letters()
    return bureau, exhibits


def verified():
    with province("gx"):
        return Verification("gx").walk()


def spoil(statement, *params):
    with context.owner("gx"), connection.cursor() as cursor:
        cursor.execute(statement, params)


def spoil_file(exhibit):
    with province("gx"):
        path = store()._path(exhibit.original_key)
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    rewrite(path, bytes(data))


SEALED = "position = (SELECT position FROM audit_logentry WHERE record_id = %s AND kind = 'exhibit.sealed')"
SPOILS = {
    "one bit of the stored file": (spoil_file, "file_differs"),
    "the file is gone": (lambda e: _path(e).unlink(), "file_gone"),
    "the digest of the row": (
        lambda e: spoil("UPDATE evidence_exhibit SET sm3 = repeat('0', 64) WHERE id = %s", e.pk),
        "record_facts",
    ),
    "the time of the photo": (
        lambda e: spoil("UPDATE evidence_exhibit SET captured_at = captured_at - interval '1 day' WHERE id = %s", e.pk),
        "record_facts",
    ),
    "who looked at it": (
        lambda e: spoil("UPDATE evidence_custodyevent SET by_name = '别人' WHERE act = 'viewed'"),
        "record_differs",
    ),
    "a custody event is gone": (
        lambda e: spoil("DELETE FROM evidence_custodyevent WHERE act = 'viewed'"),
        "record_gone",
    ),
    "a custody event slipped in": (
        lambda e: spoil(
            "INSERT INTO evidence_custodyevent SELECT gen_random_uuid(), 'exported', at, by_id, by_name, purpose,"
            ' "to", data, exhibit_id FROM evidence_custodyevent LIMIT 1'
        ),
        "record_unsealed",
    ),
    "the sealed text": (
        lambda e: spoil(f"UPDATE audit_logentry SET body = replace(body, '陈', '张') WHERE {SEALED}", e.pk),
        "entry_altered",
    ),
    "the leaf hash": (
        lambda e: spoil(f"UPDATE audit_logentry SET leaf_hash = decode(repeat('00', 32), 'hex') WHERE {SEALED}", e.pk),
        "entry_altered",
    ),
    "an entry is gone": (lambda e: spoil(f"DELETE FROM audit_logentry WHERE {SEALED}", e.pk), "entry_gap"),
    "a node": (
        lambda e: spoil(
            "UPDATE audit_lognode SET hash = decode(repeat('00', 32), 'hex') WHERE level = 1 AND place = 1"
        ),
        "tree_altered",
    ),
    "the head's root": (
        lambda e: spoil("UPDATE audit_loghead SET root = decode(repeat('00', 32), 'hex')"),
        "head_altered",
    ),
    "a countersignature": (
        lambda e: spoil("UPDATE audit_headwitness SET body = replace(body, 'gx', 'gd') WHERE witness = 'province:gz'"),
        "witness_false",
    ),
    "the time-stamp": (
        lambda e: spoil("UPDATE audit_headstamp SET response = set_byte(response, 150, 255 - get_byte(response, 150))"),
        "stamp_false",
    ),
}


def _path(exhibit):
    with province("gx"):
        return store()._path(exhibit.original_key)


def test_an_untouched_log_holds_in_every_link(sealed):
    report = verified()
    assert report.holds, [fault.words for fault in report.faults]
    # Each photo: sealed, captured, received; and one was looked at.
    assert (report.size, report.heads, report.countersigned, report.stamped, report.demo_stamps) == (10, 1, 3, 1, 1)


@pytest.mark.parametrize("what", SPOILS)
def test_the_first_bad_link_is_named(sealed, what):
    exhibit = sealed[1][1]
    act, code = SPOILS[what]
    act(exhibit)
    report = verified()
    assert not report.holds
    codes = [fault.code for fault in report.faults]
    assert codes[0] == code, codes
    if code in ("file_differs", "file_gone", "record_facts"):
        assert str(exhibit.pk)[-12:] in report.faults[0].words
        assert "与封存时不同" in report.faults[0].words or code == "file_gone"
    assert "{" not in report.faults[0].words


def test_a_package_whose_manifest_was_changed_is_named(border, tmp_path, settings):
    settings.OBJECTS_DIR = tmp_path / "objects"
    people.divisions()
    chen, house = people.bureau("gx").chen, people.brand_house()
    with province("gx"):
        site = requests.open_site(by=chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号"))
        item = requests.add_product(by=chen, site=site, product_id=house.product.pk)
        photo = people.sealed_photo(chen, "front")
        requests.add_photo(by=chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
        matter = matters.access(chen, "request", item.request_id)
        packages.seal(matter=matter, exhibit_ids=[photo.pk], title="移送材料", by=chen)
        log.sequence()
    assert verified().holds
    spoil("UPDATE evidence_package SET manifest = jsonb_set(manifest, '{items,0,holder}', '\"别人\"')")
    (fault,) = verified().faults
    assert fault.code == "record_differs" and "证据包 移送材料 v1" in fault.words


def test_one_exhibit_is_checked_with_a_yes_or_a_no(sealed, client_for):
    bureau, exhibits = sealed
    with province("gx"):
        assert sealing.check(exhibits[0]).holds
    spoil_file(exhibits[0])
    with province("gx"):
        found = sealing.check(exhibits[0])
        assert not found.holds
        assert found.faults[0].code == "file_differs"
        assert sealing.check(exhibits[2]).holds


def test_a_check_asked_for_by_page_and_api_runs_and_tells_what_it_found(sealed, client_for, monkeypatch):
    bureau, exhibits = sealed
    asked = []
    monkeypatch.setattr("audit.tasks.check.apply_async", asked.append)
    client = client_for("gx", user=bureau.huang)
    page = client.get("/log/")
    assert page.status_code == 200
    assert "演示时间戳" in page.text and page.text.count("已见证") >= 3
    there = client.post("/log/")
    assert there.status_code == 302
    assert "正在逐条核对" in client.get(there["Location"]).text
    assert client.post("/log/")["Location"] == there["Location"], "one at a time"
    spoil_file(exhibits[2])
    with province("gx"):
        verify.run(LogCheck.objects.get().pk)
    done = client.get(there["Location"]).text
    assert "有改动" in done and str(exhibits[2].pk)[-12:] in done and "照片" in done
    told = client.get(f"/api/v1{there['Location']}").json()
    assert (told["state"], told["holds"], told["faults"][0]["code"]) == ("done", False, "file_differs")
    assert client_for("gx", user=bureau.chen).get("/log/").status_code == 403


def test_a_check_that_no_worker_can_take_says_so_and_can_be_asked_for_again(sealed, client_for, monkeypatch):
    def no_broker(args):
        raise ConnectionError

    client = client_for("gx", user=sealed[0].huang)
    monkeypatch.setattr("audit.tasks.check.apply_async", no_broker)
    there = client.post("/log/")["Location"]
    assert "核对没有完成" in client.get(there).text
    assert client.post("/log/")["Location"] != there


def test_the_proof_over_the_api_leads_from_the_entry_to_the_signed_root(sealed, client_for):
    bureau, exhibits = sealed
    with province("gx"):
        entry = LogEntry.objects.get(kind="exhibit.sealed", record_id=exhibits[0].pk)
    found = client_for("gx", user=bureau.huang).get(f"/api/v1/log/entries/{entry.pk}/proof/").json()
    path, root = [bytes.fromhex(each) for each in found["path"]], bytes.fromhex(found["root"])
    leaf = merkle.leaf_hash(found["entry"].encode())
    assert merkle.includes(found["index"], found["size"], leaf, path, root)
    assert json.loads(found["head"])["root"] == found["root"]
    public, signature = bytes.fromhex(found["head_public_key"]), bytes.fromhex(found["head_signature"])
    assert keys.is_signed(public, signature, found["head"].encode())


def run_command(*arguments):
    out = StringIO()
    try:
        call_command("verify_log", *arguments, stdout=out)
    except SystemExit as left:
        return int(left.code), out.getvalue()
    return 0, out.getvalue()


def test_the_command_tells_and_exits_with_one_where_a_link_is_bad(sealed, tmp_path):
    _bureau, exhibits = sealed
    files = []
    for name in ("gz", "office"):
        with context.seat(named_seat(name)):
            files.append(tmp_path / f"{name}.json")
            files[-1].write_text(kept.as_text("gx"), "utf-8")
    against = [part for file in files for part in ("--against", str(file))]
    code, told = run_command("--log", "gx", *against)
    assert code == 0 and "外部留存 2 份" in told, told
    spoil_file(exhibits[0])
    code, told = run_command("--log", "gx", *against)
    assert code == 1
    assert f"✗ {_name(exhibits[0])}与封存时不同" in told
    assert run_command("--log", "gx", "--no-files")[0] == 0


def _name(exhibit):
    return sealing.name_of(exhibit)


def test_entries_that_wait_too_long_for_their_place_are_a_fault(sealed, monkeypatch):
    bureau, exhibits = sealed
    with province("gx"):
        custody.record(exhibits[0], "exported", by=bureau.chen)
    assert verified().holds
    spoil("UPDATE audit_logentry SET at = at - interval '1 hour' WHERE position IS NULL")
    assert [fault.code for fault in verified().faults] == ["entry_waits"]
    with province("gx"):
        log.sequence()
