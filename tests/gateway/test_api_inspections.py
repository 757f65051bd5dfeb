"""One inspection by programs: two phones count it, everyone is asked, the value grows, the record closes."""

import hashlib
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from harness import people

from accounts.models import Post, User
from kernel import clock
from kernel.ids import uuid7
from provinces import context


@pytest.fixture
def officers(world):
    """陈队长 and 李队 with their certificates."""
    bureau, _house = world
    until = clock.today() + timedelta(days=30)
    with context.province("gx"):
        User.objects.filter(pk=bureau.chen.pk).update(officer_cert_no="桂A-1001", officer_cert_until=until)
        li = User.objects.create_user(
            "li", name="李某", title="李队", unit=bureau.unit, officer_cert_no="桂A-1002", officer_cert_until=until
        )
        Post.objects.create(user=li, unit=bureau.unit, role=Post.Role.OFFICER)
    return bureau.chen, li


class Phone:
    """A program that counts."""

    def __init__(self, program, inspection_id):
        self.program, self.path, self.device = program, f"inspections/{inspection_id}/", str(uuid7())
        self.turn = self.cursor = 0

    def say(self, kind, lot, **value):
        self.turn += 1
        operation = {
            "id": str(uuid7()), "lot_id": lot, "kind": kind, "value": value, "turn": self.turn,
            "at": clock.now().isoformat(),
        }  # fmt: skip
        return self.send(operation)

    def send(self, *operations):
        done = self.program.post(f"{self.path}operations/", {"device_id": self.device, "operations": operations})
        assert done.status_code == 200, done.content
        return done.json()

    def hear(self, limit=200):
        found = self.program.get(f"{self.path}changes/?since={self.cursor}&limit={limit}").json()
        self.cursor = found["cursor"]
        self.turn = max([self.turn, *(each["turn"] for each in found["operations"])])
        return found


def test_one_inspection_by_two_phones_from_opening_to_the_closed_record(world, officers, program, post_goes):
    chen, li = (program("gx", person) for person in officers)
    body = {"id": str(uuid7()), "county_code": people.NANNING, "place": "某市场 12 号"}
    opened = chen.post("inspections/", body)
    assert opened.status_code == 201, opened.content
    assert chen.post("inspections/", body).json()["number"] == opened.json()["number"]
    base = f"inspections/{body['id']}/"
    assert li.get(base).status_code == 404
    code = chen.post(f"{base}join-code/").json()["code"]
    joined = li.post("inspections/join/", {"code": code}).json()
    assert joined["state"] == "underway"
    assert [each["certificate_no"] for each in joined["officers"]] == ["桂A-1001", "桂A-1002"]

    wrong = chen.call("put", f"{base}entity/", {"kind": "licensed", "name": "某店", "uscc": "91350100M0OO100Y43"})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["data"]["position"]) == (400, "uscc_character", 11)
    chen.call("put", f"{base}entity/", {"kind": "stall", "name": "红棚摊主"})
    for one in (chen, li):
        one.post(f"{base}certificate/")
    chen.post(f"{base}persons/", {"role": "party", "refused": True})
    for notice in ("identity", "avoidance", "duty"):
        assert chen.post(f"{base}notices/", {"code": notice}).status_code == 201

    mine, hers, lot = Phone(chen, body["id"]), Phone(li, body["id"]), str(uuid7())
    _bureau, house = world
    known = {
        "product_id": str(house.product.pk), "unit": "瓶", "price_basis": "labelled", "price_labelled_yuan": "1500",
    }  # fmt: skip
    mine.say("lot", lot, fields=known)
    mine.say("add", lot, delta="88")
    hers.say("add", lot, delta="12")
    refused = hers.say("set", lot, quantity="-1")["refused"]
    assert [each["code"] for each in refused] == ["quantity_negative"]
    heard = hers.hear(limit=2)
    assert (len(heard["operations"]), heard["cursor"] < heard["version"]) == (2, True)
    assert [each["kind"] for each in hers.hear()["operations"]] == ["add"]
    [row] = mine.hear()["lots"]
    assert (Decimal(row["quantity"]), set(row["counted_by"]), row["verdict"]) == (100, {"陈队长", "李队"}, None)

    value = chen.get(f"{base}value/").json()
    assert (value["unanswered"]["low_yuan"], value["possible"]["duty"], value["confirmed"]["duty"]) == (
        "150000.00", True, False,
    )  # fmt: skip
    data = people.jpeg("shelf")
    handed = chen.post(
        f"{base}photos/",
        {"file": io.BytesIO(data), "sha256": hashlib.sha256(data).hexdigest(), "source": "camera"},
    )
    assert handed.status_code == 201, handed.content
    hung = {"exhibit_id": handed.json()["id"], "shows": "shelf"}
    assert chen.post(f"lots/{lot}/photos/", hung).status_code == 201
    assert [each["shows"] for each in li.get(f"lots/{lot}/").json()["photos"]] == ["shelf"]
    assert li.post(f"lots/{lot}/photos/", hung).status_code == 404  # another officer's photo, not handed in by her
    plan = chen.get(f"{base}ask/").json()
    assert [(each["name"], each["lot_ids"]) for each in plan["asked"]] == [("岚壑春酒业", [lot])]
    [sent] = chen.post(f"{base}ask/", {}).json()
    assert sent["state"] == "sent"
    post_goes()

    gaps = chen.get(f"{base}missing/").json()
    assert [each["code"] for each in gaps] == ["supplier"]
    open_still = chen.post(f"{base}close/")
    assert (open_still.status_code, open_still.json()["code"]) == (409, "record_incomplete")
    hers.say("detail", lot, fields={"supplier_answer": "refused"})
    assert chen.post(f"{base}close/").json()["state"] == "closed"
    late = mine.say("add", lot, delta="1")
    assert late["accepted"]
    assert mine.hear()["late"] == 1
    assert Decimal(li.get(f"lots/{lot}/").json()["quantity"]) == 100
    assert chen.post(f"{base}reopen/", {"why": "补记"}).json()["state"] == "underway"
    assert Decimal(li.get(f"lots/{lot}/").json()["quantity"]) == 101
    assert [each["id"] for each in chen.get("inspections/?state=underway").json()["results"]] == [body["id"]]
