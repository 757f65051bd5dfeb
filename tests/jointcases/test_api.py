"""Programs work in rooms as people do, on all three hosts."""

from __future__ import annotations

import io
import json

from harness.jointcase_world import at
from openpyxl import load_workbook

from federation.jointcases.models import Room
from federation.jointcases.services import propose, rooms, work
from kernel import clock


def test_rooms_are_read_and_written_by_programs_on_three_hosts_and_the_table_leaves_as_excel_and_paper(
    joined, client_for, run_letters
):
    desk = client_for("gx", user=joined.of["gx"].desk)
    row = desk.get("/api/v1/joint-cases/").json()["results"][0]
    here = f"/api/v1/joint-cases/{row['id']}/"
    whole = desk.get(here).json()
    assert {seat["state"] for seat in whole["seats"]} == {"joined"} and row["standing"] == "open"
    own = next(seat["id"] for seat in whole["seats"] if seat["leads"])

    def post(name: str, **body: object):
        return desk.post(f"{here}{name}/", json.dumps(body), content_type="application/json")

    progress = {"place": "=1+1", "quantity": "96", "unit": "瓶", "value_yuan": "1200.50", "party_name": "某甲"}
    answer = post("progress", **progress)
    assert answer.status_code == 200 and answer.json()["progress"][0]["quantity"] == "96.000"
    assert post("task", title="查上线", holder=own).status_code == 200
    end = {"name": "某酒行", "kind": "shop"}
    assert post("tie", via="waybill", value="SF1", one=end, other={"name": "某仓", "kind": "store"}).status_code == 200
    assert post("tie", via="waybill", value="SF1", one=end, other=end).json()["code"] == "joint_case_tie_ends"
    said = post("minutes", title="一次", held_on=str(clock.today()), actions=[{"text": "送检", "seat_id": own}])
    assert said.json()["meetings"][0]["actions"][0]["done"] is False
    assert post("close", report="结").json()["code"] == "joint_case_rows_open"
    assert desk.get(f"{here}table/").json()["totals"]["quantities"] == {"瓶": "96.000"}
    page = f"/joint-cases/{row['id']}/"
    sheet = load_workbook(io.BytesIO(b"".join(desk.get(f"{page}table/").streaming_content)))
    assert [cell.value for cell in sheet.worksheets[0]["A"]][1] == "=1+1"
    assert sheet.worksheets[0]["A2"].data_type == "s", "what a stranger wrote is no formula"
    assert desk.get(f"{page}pdf/").content.startswith(b"%PDF")
    assert desk.get(f"{page}word/").content.startswith(b"PK")
    for part in ("links", "wall", "meetings", "timeline"):
        assert desk.get(f"{page}see/{part}/").status_code == 200
    assert desk.get(f"{page}see/nothing/").status_code == 404
    run_letters()

    brand = client_for("brands", user=joined.rights)
    theirs = brand.get("/api/v1/joint-cases/").json()["results"][0]
    seen = brand.get(f"/api/v1/joint-cases/{theirs['id']}/").json()
    assert seen["progress"][0]["veiled"] and seen["progress"][0]["party_name"] == ""
    assert brand.get(f"/joint-cases/{theirs['id']}/").status_code == 200
    assert brand.get(here).status_code == 404

    with at("office"):
        room = propose(title="三省系列案", parties=["province:gz"], by=joined.zhao)
    office = client_for("federation", user=joined.zhao)
    assert office.get(f"/api/v1/joint-cases/{room.pk}/").json()["seats"][0]["state"] in ("invited", "joined")
    assert office.get(f"/joint-cases/{room.pk}/").status_code == 200
    body = {"title": "四省案", "code_name": "长河", "lead_province": "gx"}
    made = office.post("/api/v1/joint-cases/", json.dumps(body), content_type="application/json")
    assert made.status_code == 201


def test_pages_show_each_what_they_may_do_and_every_form_works(joined, client_for):
    desk = client_for("gx", user=joined.of["gx"].desk)
    chen = client_for("gx", user=joined.of["gx"].chen)
    with at("gx"):
        room = Room.objects.get()
        task = work.set_task(room=joined.inside("gx"), title="摸排", holder=joined.inside("gx").now.lead)
        police = next(pk for pk, seat in joined.inside("gx").now.seats.items() if seat.is_.guest)
        other = next(pk for pk, seat in joined.inside("gx").now.seats.items() if seat.is_.name == "兴宁区局")
        row = work.set_progress(room=joined.inside("gx", joined.of["gx"].chen), place="青秀区")
    page = f"/joint-cases/{room.pk}/"
    lead, officer = desk.get(page).content.decode(), chen.get(page).content.decode()
    assert "/do/task/" in lead and "/do/task/" not in officer
    assert "/do/progress/" in officer and "/do/report-task/" in officer
    assert chen.get(f"{page}do/task/").status_code == 403
    for step, on in (
        *((code, "") for code in ("task", "progress", "note", "own-units", "province", "organisation", "guest-seat")),
        *(
            (code, "")
            for code in ("describe", "hand-lead", "resend", "own", "leave", "close", "tie", "show", "minutes")
        ),
        *(("report-task", task), ("task", task), ("drop-task", task), ("progress", row), ("let-in", police)),
        *(("sit", other), ("rights", other), ("remove", other)),
    ):
        answer = desk.get(f"{page}do/{step}/" + (f"?on={on}" if on else ""))
        assert answer.status_code == 200, (step, answer.status_code)
    said = desk.post(f"{page}do/note/", {"words": "本周收网"})
    assert said.status_code == 302
    said = desk.post(f"{page}do/let-in/?on={police}", {"name": "样警官", "phone": "19900008888"})
    assert said.status_code == 302
    said = desk.post(f"{page}do/leave/", {"seat_id": str(other), "reason": ""})
    assert said.status_code == 400 and "原因" in said.content.decode()
    with at("gx"):
        guest = joined.inside("gx").room.guests.get().person
        closed = rooms.close(room=joined.inside("gx"), report="结", explained={row: "继续办"})
    seen = client_for("gx", user=guest).get(page)
    assert seen.status_code == 200 and "移出成员" not in seen.content.decode() and closed.closed_at is not None
    assert client_for("gx", user=guest).get(f"{page}do/let-in/?on={police}").status_code == 403
    assert client_for("gx", user=joined.of["gx"].mo).get(page).status_code == 200
