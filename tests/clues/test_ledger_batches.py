"""Many clues at once with a way back, and the register as a file (C-16)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from audit.models import Trail
from evidence.store import store
from kernel.errors import BadInput, Conflict, NotFound404
from provinces.alone import alone
from tenants.clues.ledger import asked as asking
from tenants.clues.ledger import rows
from tenants.clues.models import BatchRow, Clue, ClueExport, Dispatch
from tenants.clues.services import batches, dispatching, exports, working

State = Clue.State


@pytest.fixture
def four(bureau: Any) -> list[Clue]:
    """Two for the brigade, one for another county, one that nobody can place."""
    return [
        bureau.clue("南宁市青秀区民族大道 1 号", estimated_value=Decimal("1200.50")),
        bureau.clue("南宁市青秀区民族大道 2 号", subject_name="=HYPERLINK(1)"),
        bureau.clue("南宁市西乡塘区北湖路 3 号"),
        bureau.clue("", content="不知道在哪里"),
    ]


def begin(bureau: Any, kind: str, clues: list[Clue], **args: Any) -> Any:
    return batches.begin(by=bureau.meng, kind=kind, clue_ids=[each.pk for each in clues], args=args)


def states(run: Any) -> list[str]:
    return [row.state for row in run.rows.order_by("position")]


def test_each_clue_of_a_batch_has_its_own_result_and_what_is_refused_stops_nothing(bureau: Any, four) -> None:
    run = begin(bureau, "proposed", four)
    assert run.state == "done" and states(run) == ["done", "done", "done", "refused"]
    refused = run.rows.get(state="refused")
    assert refused.problem == "no_proposal" and refused.said["zh"] and refused.said["en"]
    assert {each.state for each in Clue.objects.filter(pk__in=[each.pk for each in four[:3]])} == {State.DISPATCHED}
    assert batches.work(run.pk).state == "done", "twice changes nothing"
    assert Dispatch.objects.count() == 3


def test_undoing_recalls_what_nobody_signed_for_and_says_what_stays(bureau: Any, four, tick) -> None:
    run = begin(bureau, "proposed", four[:3])
    working.sign_for(by=bureau.chen, clue_id=four[0].pk)
    run = batches.undo(by=bureau.meng, run=run)
    assert run.state == "undone" and states(run) == ["kept", "undone", "undone"]
    assert run.rows.get(state="kept").problem == "undo_signed"
    assert Clue.objects.get(pk=four[0].pk).state == State.VERIFYING
    assert {Clue.objects.get(pk=each.pk).state for each in four[1:3]} == {State.SCREENED}
    assert Clue.objects.get(pk=four[1].pk).holder_unit == bureau.top
    with pytest.raises(Conflict):
        batches.undo(by=bureau.meng, run=run)
    again = begin(bureau, "dispatch", four[1:3], unit_id=bureau.xxt.pk, words="请于月底前核查")
    assert states(again) == ["done", "done"]
    tick(minutes=11)
    with pytest.raises(Conflict) as late:
        batches.undo(by=bureau.meng, run=again)
    assert late.value.code == "undo_too_late"


def test_priority_and_tags_go_back_to_what_they_were_unless_somebody_changed_them_since(bureau: Any, four) -> None:
    Clue.objects.filter(pk=four[0].pk).update(priority="raised", priority_why="媒体关注", area_tags=["internet"])
    run = begin(bureau, "priority", four[:2], priority="urgent", words="节前专项")
    assert {each.priority for each in Clue.objects.filter(pk__in=[four[0].pk, four[1].pk])} == {"urgent"}
    Clue.objects.filter(pk=four[1].pk).update(priority="raised")
    run = batches.undo(by=bureau.meng, run=run)
    assert states(run) == ["undone", "kept"]
    first = Clue.objects.get(pk=four[0].pk)
    assert (first.priority, first.priority_why) == ("raised", "媒体关注")
    tagged = begin(bureau, "tags", four[:2], add=["rural_market"], remove=["internet"])
    assert Clue.objects.get(pk=four[0].pk).area_tags == ["rural_market"]
    batches.undo(by=bureau.meng, run=tagged)
    assert [Clue.objects.get(pk=each.pk).area_tags for each in four[:2]] == [["internet"], []]


def test_what_cannot_be_undone_is_named_and_what_is_asked_wrongly_is_refused_before_anything(bureau: Any, four) -> None:
    ended = begin(bureau, "end", four[:1], result="untrue", outcome="closed", words="查无此店")
    assert states(ended) == ["done"]
    assert states(batches.undo(by=bureau.meng, run=ended)) == ["kept"]
    assert Clue.objects.get(pk=four[0].pk).state == State.ENDED
    wrong = [("dispatch", {}), ("priority", {"priority": "x"}), ("tags", {}), ("assess", {}), ("end", {}), ("x", {})]
    for kind, args in wrong:
        with pytest.raises(BadInput):
            begin(bureau, kind, four, **args)
    with pytest.raises(BadInput):
        begin(bureau, "proposed", [])
    assert not BatchRow.objects.exclude(run=ended).exists()


def test_two_desks_at_once_the_second_is_told_who_was_first(bureau: Any, four) -> None:
    dispatching.dispatch(by=bureau.wei, clue_id=four[0].pk)
    run = begin(bureau, "proposed", four[:2])
    assert states(run) == ["refused", "done"]
    assert run.rows.get(position=1).problem == "dispatched_already" and "韦" in run.rows.get(position=1).said["zh"]


def test_the_page_dispatches_shows_the_result_takes_back_and_officers_may_not(bureau: Any, four, client_for) -> None:
    client = client_for("gx", user=bureau.meng)
    ids = [str(each.pk) for each in four]
    answer = client.post("/clues/batches/begin/", {"kind": "proposed", "clue": ids, "query": "state=desk"})
    page = client.get(answer["Location"]).content.decode()
    assert "办好 3 条" in page and "1 条没有办" in page and "撤销" in page
    run = rows.batches_of(bureau.meng).get()
    assert (run.size, run.done, run.refused) == (4, 3, 1)
    back = client.post(f"/clues/batches/{run.pk}/undo/", {"back": "ledger", "query": "state=desk"})
    assert "已撤销 3 条" in client.get(back["Location"]).content.decode()
    for path in (f"/clues/batches/{run.pk}/", "/clues/batches/", f"/clues/merge/?clue={ids[0]}&clue={ids[1]}"):
        assert client.get(path).status_code == 200, path
    merged = client.post("/clues/merge/", {"clue": ids[:2], "lead": ids[0], "why": "同店"})
    assert merged["Location"] == f"/clues/{ids[0]}/"
    officer = client_for("gx", user=bureau.chen)
    assert officer.post("/clues/batches/begin/", {"kind": "proposed", "clue": ids[:1]}).status_code == 403
    assert client_for("gx", user=bureau.wei).get(f"/clues/batches/{run.pk}/").status_code == 404, "one's own only"


def test_a_batch_by_program_and_the_same_filter_as_the_page(bureau: Any, four, client_for) -> None:
    client = client_for("gx", user=bureau.meng)
    found = client.get("/api/v1/clues/?division=450103&limit=1").json()
    assert len(found["results"]) == 1 and found["next"]
    said = {"kind": "priority", "query": "division=450103", "args": {"priority": "raised"}}
    made = client.post("/api/v1/clues/batches/", said, content_type="application/json")
    assert made.status_code == 201 and [row["state"] for row in made.json()["rows"]] == ["done", "done"]
    undone = client.post(f"/api/v1/clues/batches/{made.json()['id']}/undo/").json()
    assert undone["state"] == "undone"
    for path in ("views/", "open-by-age/", f"{four[0].pk}/similar/", f"{four[0].pk}/merges/"):
        assert client.get(f"/api/v1/clues/{path}").status_code == 200, path


# Exports --------------------------------------------------------------------------------------------------------------


def exported(bureau: Any, form: str, *, person: str = "meng", names: tuple[str, ...] = (), query: str = "") -> Any:
    row = exports.ask(by=bureau.people[person], asked=asking.from_text(query), names=names, form=form)
    return exports.run(row.pk)


def test_an_export_holds_what_its_asker_may_see_as_filtered_and_says_who_and_when(bureau: Any, four) -> None:
    done = exported(bureau, "xlsx", names=("title", "value", "subject"), query="division=450103&sort=registered")
    assert (done.state, done.total) == ("ready", 2)
    sheet = load_workbook(store().open(done.object_key)).active
    lines = list(sheet.iter_rows(values_only=True))
    assert "蒙某" in lines[0][0] and "2026-03-02 10:00" in lines[0][0] and "division=450103" in lines[0][0]
    assert lines[1][:4] == ("线索编号", "摘要", "估计货值（元）", "被反映主体")
    assert lines[2][0] == four[0].number and lines[2][2] == 1200.5
    assert lines[3][3] == "=HYPERLINK(1)" and sheet.cell(4, 4).data_type == "s", "text, not a formula"
    officers = exported(bureau, "xlsx", person="lu", query="state=all")
    assert officers.total == 0


def test_a_csv_cannot_run_formulas_and_has_every_column_of_the_register(bureau: Any, four) -> None:
    done = exported(bureau, "csv", names=("*",))
    text = store().open(done.object_key).read().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert len(lines[1]) == len(done.columns) >= 40 and len(lines) == 2 + 4
    assert "'=HYPERLINK(1)" in [cell for line in lines for cell in line]
    for given, kept in (("=1+1", "'=1+1"), ("＝cmd", "'＝cmd"), ("-3.5", "-3.5"), ("+86 1", "'+86 1"), ("好", "好"),
                        (" @a", "' @a"), ("-a", "'-a")):  # fmt: skip
        assert exports.harmless(given) == kept


def test_an_export_is_its_askers_alone_leaves_a_trail_and_goes_after_three_days(
    bureau: Any, four, client_for, tick
) -> None:
    client = client_for("gx", user=bureau.meng)
    asked = client.post("/clues/exports/ask/", {"form": "csv", "query": "state=all", "column": ["title"]})
    row = ClueExport.objects.get()
    assert asked["Location"] == f"/clues/exports/{row.pk}/" and "正在" in client.get(asked["Location"]).content.decode()
    assert client.post(f"/clues/exports/{row.pk}/download/").status_code == 409, "not before it is written"
    exports.run(row.pk)
    assert exports.run(row.pk).tries == 1, "twice writes once"
    got = client.post(f"/clues/exports/{row.pk}/download/")
    assert four[0].number.encode() in b"".join(got.streaming_content)
    assert set(Trail.objects.filter(record_id=row.pk).values_list("verb", flat=True)) >= {"ask", "finish", "download"}
    with pytest.raises(NotFound404):
        rows.export(bureau.wei, row.pk)
    tick(days=4)
    assert exports.sweep() == 1 and ClueExport.objects.get().state == "swept"
    assert "已过保留期" in client.get(f"/clues/exports/{row.pk}/").content.decode()


def test_who_lost_the_post_meanwhile_gets_no_file(bureau: Any, four) -> None:
    row = exports.ask(by=bureau.meng, asked=asking.Asked(), names=(), form="csv")
    bureau.meng.posts.all().delete()
    assert exports.run(row.pk).state == "failed"


def test_an_export_that_is_being_written_is_left_to_the_one_that_is_at_it(bureau: Any, four, tick) -> None:
    row = exports.ask(by=bureau.meng, asked=asking.Asked(), names=(), form="csv")
    with alone(row.pk):
        ClueExport.objects.update(state="running", tries=1)
        tick(hours=1)
        assert exports.run(row.pk).tries == 1, "however long it takes"
    assert exports.run(row.pk).state == "ready", "and is taken up when nobody is"
