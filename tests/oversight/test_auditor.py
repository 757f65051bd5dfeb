"""X-13, X-14: the audit administrator searches the trail, sees steps and no contents, and is himself on record."""

import csv
import io
import json
from datetime import timedelta

import pytest
from harness import people
from harness.routes import routes

from accounts.models import Post, User
from audit.models import ReadLine, Trail
from kernel import clock
from kernel.ids import uuid7
from oversight import asking, selectors
from provinces import context
from provinces.seats import BRANDS


@pytest.fixture
def bureau(border):
    """广西 with 荆管理员 (audit) and 秦管理员 (security); 陈队长 has looked at 韦处 in the past days."""
    people.divisions()
    made = people.bureau()
    with context.province("gx"):
        for name, title, role in (("jing", "荆管理员", "audit_admin"), ("qin", "秦管理员", "security_admin")):
            person = User.objects.create_user(name, name=title[:1] + "某", title=title, unit=made.huang.unit)
            Post.objects.create(user=person, unit=person.unit, role=role)
            setattr(made, name, person)
    return made


def looked(by, count=1, *, at=None, label="clues.clue"):
    """Lines as the middleware writes them."""
    made = [
        ReadLine(
            seat="gx",
            record_label=label,
            record_id=uuid7(),
            by_id=by.pk,
            by_name=by.display_name,
            unit_id=by.unit_id,
            at=at or clock.now(),
            route="clues/<uuid:clue_id>/",
        )
        for _ in range(count)
    ]
    return ReadLine.objects.bulk_create(made)


def test_only_the_audit_administrator_reads_the_trail_and_each_question_is_on_record(bureau, client_for):
    with context.province("gx"):
        [line] = looked(bureau.chen)
        Trail.objects.create(
            record_label="accounts.user", record_id=bureau.wei.pk, verb="appoint", by_name="黄管理员", why="案情保密"
        )
    for who in (bureau.chen, bureau.huang, bureau.wei, bureau.qin):
        client = client_for("gx", user=who)
        assert client.get("/audit/").status_code == 403
        assert client.get("/audit/patterns/").status_code == 403
        assert client.post("/audit/export/").status_code == 403
        assert client.get("/api/v1/audit/lines/").json()["code"] == "not_auditor"
    client, begun = client_for("gx", user=bureau.jing), clock.now()
    page = client.get("/audit/").content.decode()
    assert "陈队长" in page
    assert "任命" in page
    assert "案情保密" not in page, "why somebody did something may tell of the matter"
    found = client.get("/audit/", {"record": str(line.record_id)}).content.decode()
    assert found.count("陈队长") == 1
    assert "没有符合条件的记录" in client.get("/audit/", {"person": "无此人"}).content.decode()
    with context.province("gx"):
        own = ReadLine.objects.filter(at__gte=begun, record_label="audit.trail").order_by("id")
        assert [each.what for each in own] == ["list", "record", "person"]
    counts = client_for("gx", user=bureau.qin).get("/audit/questions/").content.decode()
    assert "荆管理员" in counts
    assert "无此人" not in counts
    assert client.get("/audit/questions/").status_code == 403


def test_the_trail_is_searched_by_each_of_its_sides_and_paged_by_key(bureau, client_for):
    with context.province("gx"):
        mine = looked(bureau.chen, 70)
        looked(bureau.wei, 2, label="cases.case")
        Trail.objects.create(
            record_label="clues.clue", record_id=mine[0].record_id, verb="end", by_name="韦处", by_id=bureau.wei.pk
        )

        def count(**asked):
            return len(selectors.find(bureau.jing, asking.Asked(**asked), limit=200))

        assert count() == 73
        assert (count(person="chen"), count(person="韦"), count(kind="cases.case")) == (70, 3, 2)
        assert (count(what="steps"), count(what="reads"), count(record=mine[0].record_id)) == (1, 72, 2)
        assert (
            count(verb="end"),
            count(unit=bureau.unit.pk),
            count(until=clock.today() - timedelta(days=1)),
        ) == (1, 70, 0)
    client, seen, cursor = client_for("gx", user=bureau.jing), [], ""
    while True:
        said = client.get("/api/v1/audit/lines/", {"limit": 30, "kind": "clues.clue", "cursor": cursor}).json()
        seen += [each["id"] for each in said["results"]]
        if not (cursor := said["next_cursor"]):
            break
    assert len(seen) == len(set(seen)) == 71
    assert client.get("/api/v1/audit/lines/", {"cursor": "x"}).json()["code"] == "cursor_unknown"
    assert client.get("/api/v1/audit/lines/", {"since": "2020-01-01"}).json()["code"] == "span_wrong"


def test_an_export_asks_for_a_proof_and_is_itself_on_record(bureau, client_for):
    with context.province("gx"):
        looked(bureau.chen, 3)
    client = client_for("gx", user=bureau.jing)
    content = client.post("/audit/export/", {"format": "csv", "kind": "clues.clue"}).content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(content)))) == 4
    assert client.post("/audit/export/", {"format": "xlsx"}).content[:2] == b"PK"
    answer = client.post("/api/v1/audit/exports/", {"kind": "clues.clue"}, content_type="application/json")
    assert [json.loads(each)["by_name"] for each in answer.content.decode().splitlines()] == ["陈队长"] * 3
    with context.province("gx"):
        [*_others, last] = ReadLine.objects.filter(record_label="audit.trail", way="file").order_by("id")
        assert last.what == "export jsonl 3,kind"
    session = client.session
    with context.province("gx"):
        session["proved_at"] = 0
        session.save()
    led = client.post("/audit/export/", {"format": "csv"})
    assert (led.status_code, led["Location"].partition("?")[0]) == (302, "/me/prove/")
    for accept in ("application/json", "text/csv"):
        answer = client.post("/api/v1/audit/exports/", {}, content_type="application/json", headers={"accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (403, "prove_yourself")


def test_odd_patterns_are_counted_and_link_to_their_lines(bureau, client_for, monkeypatch):
    monkeypatch.setattr(selectors, "MANY_A_DAY", 5)
    noon = clock.now().astimezone(clock.SHANGHAI).replace(hour=12) - timedelta(days=1)
    with context.province("gx"):
        looked(bureau.chen, 6, at=noon)
        looked(bureau.wei, 2, at=noon.replace(hour=23))
        assert [(odd.by_name, odd.count) for odd in selectors.reads_much(bureau.jing, more_than=5)] == [("陈队长", 6)]
        assert [(odd.by_name, odd.count) for odd in selectors.reads_at_night(bureau.jing)] == [("韦处", 2)]
        assert selectors.reads_elsewhere(bureau.jing) == []
    page = client_for("gx", user=bureau.jing).get("/audit/patterns/")
    assert page.status_code == 200
    assert "韦处" in page.content.decode()


def test_a_house_sees_what_its_own_people_did_and_the_office_its_own(border, client_for):
    from federation.parties.models import Membership

    people.divisions()
    lan, he = people.brand_house("岚壑春"), people.brand_house("和砚斋", suffix="2")
    with context.owner():
        admin = User.objects.create_user("lan-admin", name="何某", title="何主任")
        Membership.objects.create(user=admin, organisation=lan.organisation, role="brand_admin")
        auditor = User.objects.create_user("office-audit", name="柏某", title="柏审计")
        Post.objects.create(user=auditor, role="audit_admin")
    with context.seat(BRANDS):
        for house, name in ((lan, "林甲"), (he, "林乙")):
            ReadLine.objects.create(
                seat="brands", record_label="desk.desktask", record_id=uuid7(), by_id=house.lin.pk, by_name=name,
                house_id=house.organisation.pk,
            )  # fmt: skip
            Trail.objects.create(
                record_label="desk.desktask", record_id=uuid7(), verb="claim", by_id=house.lin.pk, by_name=name
            )
    page = client_for("brands", user=admin).get("/audit/").content.decode()
    assert page.count("林甲") == 2
    assert "林乙" not in page
    assert client_for("brands", user=lan.lin).get("/audit/").status_code == 403
    office = client_for("federation", user=auditor)
    page = office.get("/audit/")
    assert page.status_code == 200
    assert "林甲" not in page.content.decode()
    opened = {
        route.text
        for route in routes("office")
        if not route.arguments and not route.text.startswith(("accounts/", "api/v1/me/", "me/"))
        if office.get(route.path({})).status_code == 200
    }
    assert opened <= {
        "sw.js", "manifest.webmanifest", "offline/", "queue/", "words.js", "notices/", "notices/bell", "standing/",
        "dev/codes/", "log/", "audit/", "audit/patterns/", "api/v1/", "api/v1/schema/", "api/v1/notices/",
        "api/v1/audit/lines/",
    }  # fmt: skip
    assert office.get("/")["Location"] == "/audit/"
    assert office.get("/api/v1/enrolments/").json()["code"] == "auditor_only"


def test_looks_that_follow_one_another_are_shown_as_one_line_and_exported_each(bureau, client_for):
    with context.province("gx"):
        [line] = looked(bureau.chen)
        for _ in range(3):
            ReadLine.objects.create(**{**as_written(line), "id": uuid7()})
        looked(bureau.wei)
        ReadLine.objects.create(**{**as_written(line), "id": uuid7()})
    client = client_for("gx", user=bureau.jing)
    shown = client.get("/audit/", {"kind": "clues.clue"}).context["lines"]
    assert [(each.by_name, each.times) for each in shown] == [
        (bureau.chen.display_name, 1),
        (bureau.wei.display_name, 1),
        (bureau.chen.display_name, 4),
    ]
    with context.province("gx"):
        assert len(selectors.find(bureau.jing, asking.Asked(kind="clues.clue"))) == 6


def as_written(line):
    return {field.attname: getattr(line, field.attname) for field in ReadLine._meta.concrete_fields}
