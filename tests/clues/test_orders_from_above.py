"""挂牌督办 of the common superior stands on the province's own clue or case, and its answer goes back as the report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from harness import broker_rows, people

from accounts.models import Unit
from federation.broker.models import ListedSupervision
from federation.broker.services import supervision as above
from kernel import clock
from kernel.errors import NotAllowed
from notify.models import Notice
from provinces import context
from provinces.hosts import DIRECTORY
from tenants.clues.models import Supervision
from tenants.clues.services import alarms, supervising
from tenants.clues.services.registering import NewClue, Source, register

pytestmark = pytest.mark.xdist_group("logins")  # its login belongs to the servers that all workers share


@pytest.fixture
def two(border: Any, database: Any) -> Iterator[SimpleNamespace]:
    """总局 and 贵州 with a clue on the bureau's desk."""
    people.divisions()
    broker_rows.open_superior()
    DIRECTORY.clear()
    there, samr = broker_rows.bureaux().gz, broker_rows.superior_people()
    with context.province("gz"):
        source = Source(kind="brand", name="岚壑春酒业", ref="A-1")
        facts: dict[str, Any] = {"content": "一处作坊灌装假酒", "violations": ["counterfeit_trademark"]}
        desk = Unit.objects.get(pk=there.top.pk)
        clue = register(NewClue(desk=desk, source=source, address_raw="仁怀市某镇 3 号", **facts), by=there.meng)
    yield SimpleNamespace(samr=samr, there=there, clue=clue)
    database.remove_province("samr")


def listed(two: SimpleNamespace, number: str, kind: str = "clue") -> ListedSupervision:
    with context.province("samr"):
        return above.list_matter(
            by=two.samr.guo, province="gz", subject_kind=kind, subject_no=number, title="假酒窝点", demand="查清上下线",
            due_on=clock.today() + timedelta(days=9),
        )  # fmt: skip


def test_an_order_from_above_stands_on_the_clue_and_its_answer_goes_up(two: SimpleNamespace, run_letters: Any) -> None:
    order = listed(two, f" {two.clue.number} ")
    other = listed(two, "查无此号")
    run_letters()
    meng, wei = two.there.meng, two.there.wei
    with context.province("gz"):
        assert not Supervision.objects.filter(pk=other.pk).exists(), "it stays between the provinces"
        assert ListedSupervision.objects.filter(pk=other.pk, subject_id=None).exists()
        row = Supervision.objects.get(pk=order.pk)
        assert (row.clue_id, row.number, row.due_on) == (two.clue.pk, order.document_no, order.due_on)
        assert row.ordered_by is None and row.giver.startswith("总局")
        assert ListedSupervision.objects.get(pk=order.pk).subject_id == two.clue.pk
        assert Notice.objects.filter(user_id=meng.pk, code="clue_supervised").exists()
        with pytest.raises(NotAllowed):  # who ordered it takes it back, nobody here
            supervising.lift(by=wei, supervision_id=row.pk)
        with clock.frozen(clock.at_end(order.due_on) + timedelta(days=1)):
            alarms.round_of_alarms()
        supervising.answer(by=meng, supervision_id=row.pk, words="已查清，移送公安")
        assert ListedSupervision.objects.get(pk=order.pk).state == "reported"
    run_letters()
    with context.province("samr"):
        held = ListedSupervision.objects.get(pk=order.pk)
        assert [each.text for each in held.reports.all()] == ["已查清，移送公安"]
        above.send_back(held, by=two.samr.guo, words="下线未查", due_on=order.due_on + timedelta(days=5))
    run_letters()
    with context.province("gz"):
        row.refresh_from_db()
        assert (row.state, row.due_on) == ("ordered", order.due_on + timedelta(days=5))
        above.report(ListedSupervision.objects.get(pk=order.pk), by=wei, text="下线已查", is_final=True)
        row.refresh_from_db()
        assert (row.state, row.answer) == ("answered", "下线已查"), "said on either page, it is said on both"
    run_letters()
    with context.province("samr"):
        above.lift(ListedSupervision.objects.get(pk=order.pk), by=two.samr.guo)
    run_letters()
    with context.province("gz"):
        row.refresh_from_db()
        assert row.state == "lifted"
