"""The ledger: what is asked of it and what it shows; views that are kept; likely duplicates; merges (C-16, C-26)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404
from tenants.clues.ledger import asked as asking
from tenants.clues.ledger import columns, linked, rows, targets
from tenants.clues.ledger import today as figures
from tenants.clues.models import Clue, ClueFile, Dispatch, Feedback, Merge, Target, Telling
from tenants.clues.services import dispatching, ledger_views, merging, similar, working
from tenants.clues.services.registering import NewClue, Product, Source

State = Clue.State


def find(bureau: Any, query: str, *, person: str = "meng") -> list[Clue]:
    asked = asking.read(QueryDict(query))
    return rows.page(bureau.people[person], asked, 1, columns.chosen([])).clues


def numbers(clues: list[Clue]) -> set[str]:
    return {each.number for each in clues}


@pytest.fixture
def some(bureau: Any, tick: Any) -> dict[str, Clue]:
    """Five clues, one of each kind that a filter must tell apart."""
    made = {
        "shop": bureau.clue(
            "南宁市青秀区民族大道 12 号", subject_name="城东烟酒店", estimated_value=Decimal(900),
            products=[Product(brand_name="岚壑春", product_name="陈酿")], area_tags=["rural_market"],
        ),
        "online": bureau.clue(
            "", subject_account="某宝 好酒铺", channel="online", chain_stage="online",
            content="网店“好酒铺”卖假酒，说不清在哪里", source=Source(kind="brand", name="某酒业", ref="PP-77"),
        ),
        "north": bureau.clue("南宁市西乡塘区北湖路 3 号", subject_name="北湖超市", priority="urgent"),
    }  # fmt: skip
    tick(days=2)
    made["late"] = bureau.clue("南宁市青秀区竹溪大道 5 号", subject_name="竹溪商行", violations=["food_safety"])
    dispatching.dispatch(by=bureau.meng, clue_id=made["late"].pk)
    made["done"] = bureau.clue("南宁市青秀区东葛路 7 号", subject_name="东葛小店")
    working.end(by=bureau.meng, clue_id=made["done"].pk, result="untrue", outcome="closed", words="查无此店")
    return {key: Clue.objects.get(pk=each.pk) for key, each in made.items()}


def test_each_filter_finds_its_clues_and_no_others(bureau: Any, some: dict[str, Clue]) -> None:
    want = {
        "": {"shop", "online", "north", "late"},
        "state=all": set(some),
        "state=ended": {"done"},
        "state=desk": {"shop", "online", "north"},
        "state=dispatched": {"late"},
        "source=brand": {"online"},
        "priority=urgent": {"north"},
        f"unit={bureau.qx.pk}": {"late"},
        "division=450103": {"shop", "late"},
        "division=450100": {"shop", "north", "late"},
        "unplaced=1": {"online"},
        "brand=岚壑春": {"shop"},
        "violation=food_safety": {"late"},
        "channel=online": {"online"},
        "stage=online": {"online"},
        "area=rural_market": {"shop"},
        "state=all&outcome=closed": {"done"},
        "state=all&result=untrue": {"done"},
        f"since={clock.today()}": {"late"},
        f"until={clock.today() - timedelta(days=1)}": {"shop", "online", "north"},
        f"q={some['shop'].number}": {"shop"},
        "q=烟酒": {"shop"},
        "q=城": {"shop"},
        "q=民族大道１２号": {"shop"},
        "q=PP-77": {"online"},
        "q=城东 民族": {"shop"},
        "q=城北烟酒": set(),
        "q=%25": set(),
        "state=nonsense&unit=1&division=x&since=y&page=z&sort=w": {"shop", "online", "north", "late"},
    }
    for query, keys in want.items():
        found = find(bureau, query)
        assert numbers(found) == {some[key].number for key in keys}, query
        assert asking.read(QueryDict(asking.read(QueryDict(query)).query)) == asking.read(QueryDict(query))


def test_every_column_that_says_so_orders_both_ways_and_no_row_is_lost(bureau: Any, some: dict[str, Clue]) -> None:
    for sort in sorted(asking.SORTS):
        up, down = find(bureau, f"state=all&sort={sort}"), find(bureau, f"state=all&sort=-{sort}")
        assert numbers(up) == numbers(down) == numbers(list(some.values())), sort
    assert [each.pk for each in find(bureau, "sort=-value")][0] == some["shop"].pk
    assert [each.pk for each in find(bureau, "sort=-priority")][0] == some["north"].pk
    assert {column.sort for column in columns.COLUMNS.values() if column.sort} <= asking.SORTS


def test_late_is_what_is_open_and_past_its_day_and_soon_is_not_late(bureau: Any, some: dict[str, Clue], tick) -> None:
    assert not find(bureau, "overdue=1")
    assert numbers(find(bureau, "due_in=3")) == {some["late"].number}, "the receipt is owed tomorrow"
    tick(days=3)
    assert numbers(find(bureau, "overdue=1")) == {some["late"].number}
    assert not find(bureau, "due_in=3") or some["late"].number not in numbers(find(bureau, "due_in=3"))
    tick(days=30)
    assert numbers(find(bureau, "overdue=1")) == {some[key].number for key in ("shop", "online", "north", "late")}


def test_officers_see_their_own_units_clues_in_the_ledger_and_never_the_rest(bureau: Any, some) -> None:
    assert numbers(find(bureau, "state=all", person="chen")) == {some["late"].number}
    assert numbers(find(bureau, "mine=1", person="chen")) == {some["late"].number}
    assert not find(bureau, "state=all", person="lu")
    with pytest.raises(NotFound404):
        rows.chosen(bureau.chen, [some["late"].pk, some["shop"].pk], None)


def test_beyond_a_thousand_a_count_is_an_estimate_and_says_so(bureau: Any, some, monkeypatch) -> None:
    asked = asking.Asked(state=("all",))
    assert rows.total(bureau.meng, asked) == rows.Total(5, exact=True)
    monkeypatch.setattr(rows, "COUNTED", 3)
    estimate = rows.total(bureau.meng, asked)
    assert not estimate.exact and estimate.count >= 4
    monkeypatch.setattr(rows, "MOST_CHOSEN", 3)
    with pytest.raises(BadInput) as refused:
        rows.chosen(bureau.meng, None, asked)
    assert refused.value.code == "batch_too_many"


def test_views_are_ones_own_or_the_units_and_columns_keep_their_order(bureau: Any, client_for, some) -> None:
    kept = ledger_views.keep_view(
        by=bureau.meng, name="南宁 待分派", query="state=desk&division=450100&nonsense=1", shared=True,
        names=["state", "title"], opens_with=True,
    )  # fmt: skip
    assert kept.query == "state=desk&division=450100" and kept.columns == ["number", "state", "title"]
    assert list(rows.views_of(bureau.wei)) == [kept], "wei is of the same unit"
    assert not rows.views_of(bureau.he)
    with pytest.raises(NotFound404):
        ledger_views.drop_view(by=bureau.wei, view_id=kept.pk)
    client = client_for("gx", user=bureau.meng)
    assert client.get("/clues/")["Location"].endswith(f"view={kept.pk}")
    page = client.get(f"/clues/?{kept.query}&view={kept.pk}").content.decode()
    assert page.index(">状态<") < page.index(">摘要<") and "承办单位</a>" not in page
    counts = client.get("/clues/counts/").json()
    assert counts["open"] == "4" and counts[str(kept.pk)] == "2"
    with pytest.raises(BadInput):
        ledger_views.keep_view(by=bureau.meng, name="  ", query="")
    officer = client_for("gx", user=bureau.chen).get("/clues/")
    assert officer["Location"].endswith("?mine=1"), "an officer begins with what is theirs"


def test_the_name_of_a_protected_reporter_stands_nowhere_in_the_ledger_edge_13(bureau: Any, client_for) -> None:
    clue = bureau.clue(
        source=Source(kind="whistleblower", name="覃知情", ref="JB-9"), secrecy="reporter_protected",
        content="内部人说仓库里有假酒",
    )  # fmt: skip
    beside = columns.Beside([clue])
    shown = [str(each.value(clue, beside)) for each in columns.COLUMNS.values()]
    assert not any("覃知情" in text or "JB-9" in text for text in shown)
    assert not find(bureau, "q=覃知情")
    page = client_for("gx", user=bureau.meng).get("/clues/?state=all").content.decode()
    assert clue.number in page and "覃知情" not in page


# Likely duplicates and merges ---------------------------------------------------------------------------------------


def led_with(clue: Clue) -> list[Clue]:
    """The record that leads with all that goes on as part of it."""
    lead = Clue.objects.get(pk=clue.lead_id or clue.pk)
    return [lead, *Clue.objects.filter(lead=lead).order_by("id")]


@pytest.fixture
def trio(bureau: Any) -> list[Clue]:
    """One shop, reported by a brand, by 12315 and by a station in one week (edge 8)."""
    facts: dict[str, Any] = {"subject_name": "城东烟酒店有限公司", "subject_phone": "0771-555 1234"}
    return [
        bureau.clue("青秀区民族大道12号", source=Source(kind="brand", name="某酒业", ref="B-1"), **facts),
        bureau.clue("南宁市青秀区民族大道 12 号", source=Source(kind="hotline_12315", name="12315", ref="H-1"),
                    subject_phone="07715551234"),
        bureau.clue("广西南宁市青秀区民族大道１２号", source=Source(kind="station", name="新竹所", ref="S-1"),
                    subject_name="城东烟酒店"),
    ]  # fmt: skip


def test_one_shop_from_three_sources_is_proposed_with_reasons_and_never_merged_by_itself(bureau: Any, trio) -> None:
    found = similar.likely_of(trio[0], person=bureau.meng)
    assert {each.clue.pk for each in found} == {trio[1].pk, trio[2].pk}
    said = {each.clue.pk: {kind for kind, _words in each.reasons} for each in found}
    assert said[trio[1].pk] == {"place", "phone"} and said[trio[2].pk] == {"place", "party"}
    assert found[0].strength > found[1].strength > 0.5 and found[0].clue == trio[1]
    assert not Merge.objects.exists()
    new = NewClue(
        desk=bureau.top, source=Source(kind="grid"), content="城东烟酒店卖假酒", subject_name="城东烟酒店",
        address_raw="青秀区民族大道12号",
    )  # fmt: skip
    assert {each.clue.pk for each in similar.likely(new, person=bureau.meng)} == {each.pk for each in trio}
    assert not similar.likely(new, person=bureau.lu), "what one may not see is not hinted at"


def test_two_that_were_said_to_be_different_are_not_proposed_again(bureau: Any, trio) -> None:
    similar.dismiss(by=bureau.meng, clue_id=trio[0].pk, other_id=trio[1].pk)
    similar.dismiss(by=bureau.meng, clue_id=trio[1].pk, other_id=trio[0].pk)
    assert [each.clue for each in similar.likely_of(trio[0], person=bureau.meng)] == [trio[2]]
    assert [each.clue for each in similar.likely_of(trio[1], person=bureau.meng)] == [trio[2]]
    with pytest.raises(NotFound404):
        similar.dismiss(by=bureau.lu, clue_id=trio[0].pk, other_id=trio[2].pk)


def test_same_picture_code_account_waybill_say_so_and_a_barcode_of_a_kind_of_goods_does_not(bureau: Any) -> None:
    from harness.people import sealed_photo

    exhibit = sealed_photo(bureau.chen, "same")
    first = bureau.clue(
        "", content="快递单号 SF1234567890123 寄来假酒", subject_account="某宝：好酒铺",
        products=[Product(brand_name="岚壑春", code="TRACE-000188")], exhibits=[(exhibit.pk, "正标")],
    )  # fmt: skip
    second = bureau.clue(
        "", content="运单号：SF1234567890123", subject_account="某宝：好酒铺",
        products=[Product(brand_name="岚壑春", code="trace-000188")],
    )  # fmt: skip
    ClueFile.objects.create(clue=second, exhibit=exhibit, what="网页截图")
    (found,) = similar.likely_of(second, person=bureau.meng)
    assert {kind for kind, _words in found.reasons} == {"waybill", "account", "product_code", "picture"}
    assert found.clue == first and found.strength > 0.9
    for _number in range(2):
        other = bureau.clue("", products=[Product(brand_name="岚壑春", code="6901234567892")])
    assert not similar.likely_of(other, person=bureau.meng)


def test_a_merge_keeps_every_number_and_source_and_its_undoing_puts_all_back_c26_edge_8(bureau: Any, trio) -> None:
    lead, second, third = trio
    dispatching.dispatch(by=bureau.meng, clue_id=second.pk, unit_id=bureau.xxt.pk, officer_id=bureau.lu.pk)
    second.refresh_from_db()
    before = {name: getattr(second, name) for name in ("state", "holder_id", "holder_unit_id", "competent_unit_id",
                                                       "due_at", "number", "verify_by")}  # fmt: skip
    merging.merge(by=bureau.meng, lead_id=lead.pk, clue_ids=[second.pk, third.pk], why="同一店铺")
    second.refresh_from_db()
    assert (second.state, second.lead, second.holder_unit) == (State.MERGED, lead, bureau.top)
    assert Dispatch.objects.get(clue=second).ending == "merged"
    sources = columns.Beside([lead]).sources[lead.pk]
    assert {each.ref for each in sources} == {"B-1", "H-1", "S-1"}, "all three are answered"
    assert led_with(second) == [lead, second, third] and led_with(lead) == [lead, second, third]
    assert numbers(find(bureau, "")) == {lead.number}
    assert not similar.likely_of(lead, person=bureau.meng)
    with pytest.raises(BadInput):
        merging.unmerge(by=bureau.meng, clue_id=second.pk, why=" ")
    merging.unmerge(by=bureau.meng, clue_id=second.pk, why="门牌相同，不是一家")
    second.refresh_from_db()
    assert {name: getattr(second, name) for name in before} == before and second.lead is None
    assert Dispatch.objects.get(clue=second).ending == "", "the unit has it again, with its own receipt to give"
    working.sign_for(by=bureau.lu, clue_id=second.pk)
    with pytest.raises(Conflict):
        merging.unmerge(by=bureau.meng, clue_id=second.pk, why="再撤")
    assert [each.ended_at is None for each in linked.history_of(lead)] == [True, False]


def test_at_the_end_each_source_of_merged_clues_gets_its_own_answer_c26_edge_8(bureau: Any, trio) -> None:
    lead, second, third = trio
    merging.merge(by=bureau.meng, lead_id=second.pk, clue_ids=[third.pk], why="同一店铺")
    merging.merge(by=bureau.meng, lead_id=lead.pk, clue_ids=[second.pk], why="同一店铺")
    other = bureau.clue("南宁市青秀区东葛路 7 号")
    merging.merge(by=bureau.meng, lead_id=lead.pk, clue_ids=[other.pk], why="像是同一家")
    merging.unmerge(by=bureau.meng, clue_id=other.pk, why="不是一家")
    dispatching.dispatch(by=bureau.meng, clue_id=lead.pk)
    working.sign_for(by=bureau.chen, clue_id=lead.pk)
    working.set_verifiers(by=bureau.chen, clue_id=lead.pk, officer_ids=[bureau.chen.pk, bureau.ning.pk])
    working.end(by=bureau.chen, clue_id=lead.pk, result="true", outcome="filed", words="查获假酒",
                outside_number="南青市监案〔2026〕9 号")  # fmt: skip
    finals = Feedback.objects.filter(is_final=True).select_related("source")
    assert {(each.source.ref, each.shown["number"]) for each in finals} == {
        ("B-1", lead.number), ("H-1", second.number), ("S-1", third.number)
    }  # fmt: skip
    assert {(each.shown["state"], each.shown["result"], each.shown["outcome"]) for each in finals} == {
        ("ended", "true", "filed")
    }
    told = Telling.objects.filter(feedback__in=finals, state="due").values_list("feedback__source__ref", flat=True)
    assert set(told) == {"B-1", "H-1"}, "those outside are told by a person, the station hears of it here"
    with pytest.raises(MoveRefused):
        working.end(by=bureau.meng, clue_id=second.pk, result="true", outcome="closed", words="已并入的不能单独办结")


def test_what_was_merged_into_one_that_is_merged_goes_with_it_and_comes_back_with_it(bureau: Any, trio) -> None:
    first, second, third = trio
    merging.merge(by=bureau.meng, lead_id=second.pk, clue_ids=[third.pk], why="同店")
    merging.merge(by=bureau.meng, lead_id=first.pk, clue_ids=[second.pk], why="同店")
    assert led_with(first) == [first, second, third]
    with pytest.raises(Conflict):
        merging.merge(by=bureau.meng, lead_id=second.pk, clue_ids=[first.pk], why="反过来")
    merging.unmerge(by=bureau.meng, clue_id=second.pk, why="不同")
    assert led_with(second) == [second, third] and led_with(first) == [first]


def test_an_urgent_clue_makes_the_one_it_is_merged_into_urgent_and_only_as_long_as_it_is(bureau: Any, trio) -> None:
    lead, second, _third = trio
    Clue.objects.filter(pk=second.pk).update(priority="urgent")
    merging.merge(by=bureau.meng, lead_id=lead.pk, clue_ids=[second.pk], why="同店")
    assert Clue.objects.get(pk=lead.pk).priority == "urgent"
    merging.unmerge(by=bureau.meng, clue_id=second.pk, why="不同")
    assert Clue.objects.get(pk=lead.pk).priority == "normal"


def test_only_the_desk_merges_and_not_into_what_is_over(bureau: Any, trio) -> None:
    with pytest.raises((NotFound404, NotAllowed)):
        merging.merge(by=bureau.chen, lead_id=trio[0].pk, clue_ids=[trio[1].pk], why="同店")
    with pytest.raises(BadInput):
        merging.merge(by=bureau.meng, lead_id=trio[0].pk, clue_ids=[trio[0].pk], why="同店")
    working.end(by=bureau.meng, clue_id=trio[0].pk, result="untrue", outcome="closed", words="无此店")
    with pytest.raises(Conflict) as refused:
        merging.merge(by=bureau.meng, lead_id=trio[0].pk, clue_ids=[trio[1].pk], why="同店")
    assert refused.value.code == "lead_over" and not Merge.objects.exists()


def test_a_target_card_holds_what_its_reader_may_see_and_is_not_there_for_others(bureau: Any, trio, client_for) -> None:
    Clue.objects.filter(pk=trio[0].pk).update(estimated_value=Decimal(300))
    phone = Target.objects.get(kind="phone")
    card = targets.card(bureau.meng, phone.pk)
    assert {each.pk for each in card.clues} == {trio[0].pk, trio[1].pk}
    assert (card.count, card.open_count, card.value_yuan) == (2, 2, Decimal(300))
    assert {row.kind for row, _n in card.others} == {"party", "place"} and len(card.graph.nodes) == 5
    assert [row.n for row in targets.targets_seen_by(bureau.meng)] == [3, 2, 2]
    with pytest.raises(NotFound404):
        targets.card(bureau.lu, phone.pk)
    client = client_for("gx", user=bureau.meng)
    for page in (f"/clues/targets/{phone.pk}/", "/clues/targets/", f"/clues/{trio[0].pk}/merges/"):
        assert client.get(page).status_code == 200, page
    assert trio[1].number in client.get(f"/clues/{trio[0].pk}/").content.decode(), "beside the clue, with the reasons"


# Closed loop ----------------------------------------------------------------------------------------------------------


def test_open_clues_are_listed_by_age_and_unit_the_oldest_first_with_their_holder_c15(
    bureau: Any, some, tick, client_for
) -> None:
    tick(days=10)
    bureau.clue("南宁市青秀区民族大道 99 号")
    ages = figures.open_by_age(bureau.meng)
    assert [(age.unit, age.total) for age in ages] == [(bureau.top, 4), (bureau.bri, 1)]
    assert ages[0].bands == {"d15": 3, "d3": 1} and ages[1].overdue == 1 and ages[1].unsigned == 1
    assert figures.oldest(bureau.meng)[0].pk == some["shop"].pk
    assert not figures.held_by_nobody(bureau.meng)
    client = client_for("gx", user=bureau.wei)
    assert "/clues/new/" not in client.get("/clues/").content.decode(), "a leader writes no clue down, nor is told to"
    for page in ("/clues/open/", "/clues/today/", "/leader/"):
        answer = client.get(page)
        assert answer.status_code == 200 and "没有承办人" not in answer.content.decode()
    type(bureau.chen).objects.filter(pk=bureau.chen.pk).update(is_active=False)
    assert [each.pk for each in figures.held_by_nobody(bureau.meng)] == [some["late"].pk], "the check can fail"
    assert "没有承办人" in client.get("/clues/open/").content.decode()


def test_the_morning_counts_what_came_went_ended_and_is_late(bureau: Any, some, tick) -> None:
    day = figures.today(bureau.meng)
    assert (day.waiting, day.unsigned, day.verifying, day.overdue) == (3, 1, 0, 0)
    assert (day.came, day.went, day.ended) == (5, 1, 1) and (day.came_today, day.sent_today) == (2, 1)
    tick(days=3)
    assert figures.today(bureau.meng).overdue == 1
    assert figures.today(bureau.lu).came == 0


def test_the_ledger_filters_by_campaign_and_names_it(bureau: Any, some: dict[str, Clue]) -> None:
    from tenants.campaigns.models import Campaign, CampaignClue

    made = Campaign.objects.create(
        name="清源行动", office=bureau.top, starts_on=clock.today(), opened_by=bureau.wei, opened_at=clock.now()
    )
    CampaignClue.objects.create(campaign=made, clue=some["shop"], added_by=bureau.wei)
    assert numbers(find(bureau, f"campaign={made.pk}")) == {some["shop"].number}
    assert not find(bureau, "campaign=nonsense")
    beside = columns.Beside([some["shop"], some["north"]])
    shown = [columns.COLUMNS["campaigns"].value(each, beside) for each in (some["shop"], some["north"])]
    assert shown == ["清源行动", ""]
