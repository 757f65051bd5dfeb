"""挂牌督办 by the common superior; and that nobody takes it for an ordinary province."""

from __future__ import annotations

from datetime import timedelta

import pytest

from federation.broker import directory, hooks, selectors
from federation.broker.models import ListedSupervision
from federation.broker.services import supervision
from federation.heads.services import witnesses_of
from federation.letters.models import Delivery, Letter
from kernel import clock
from kernel.errors import BadInput, MoveRefused, NotAllowed
from notify.models import Notice
from provinces import context
from provinces.hosts import DIRECTORY

pytestmark = pytest.mark.xdist_group("logins")  # its login belongs to the servers that all workers share
State = ListedSupervision.State
FACTS = {
    "subject_kind": "case",
    "subject_no": "黔市监案〔2026〕7号",
    "title": "仁怀假酒窝点",
    "demand": "查清上下线",
}


def test_the_superior_is_no_province_among_provinces(samr):
    """Neither chosen where a province is, nor in the directory, nor a witness of logs; but it can be written to."""
    assert "samr" in {host.seat.name for host in DIRECTORY.provinces()}
    assert "samr" not in {host.seat.name for host in DIRECTORY.ordinary()}
    superior = DIRECTORY.superior()
    assert superior is not None and superior.seat.name == "samr" and superior.pages == "superior"
    with context.province("gx"):
        assert "samr" not in dict(selectors.others())
        assert "samr" not in {each.code for each in directory.provinces()}
        assert "province:samr" not in {str(each) for each in witnesses_of("gx")}


def test_a_matter_stays_on_the_list_with_its_reports_until_the_superior_takes_it_off(bureaux, samr, deliver):
    """Numbered order, term, reports, sent back once, taken off; only its head orders, only the province reports."""
    seen: list[tuple[str, str]] = []

    def note(row: ListedSupervision) -> None:
        seen.append((context.required().name, row.state))

    hooks.on_supervised(note)
    now = clock.now()
    with clock.frozen(now) as tick:
        due = clock.today() + timedelta(days=20)
        with context.province("samr"):
            for by, wrong, error in (
                (samr.ren, {}, NotAllowed),
                (samr.guo, {"province": "samr"}, BadInput),
                (samr.guo, {"due_on": clock.today() - timedelta(days=1)}, BadInput),
                (samr.guo, {"demand": " "}, BadInput),
            ):
                with pytest.raises(error):
                    supervision.list_matter(by=by, **({"province": "gz", "due_on": due} | FACTS | wrong))
            row = supervision.list_matter(by=samr.guo, province="gz", due_on=due, **FACTS)
            assert row.document_no == f"国市监督办〔{clock.today().year}〕1号"
            assert Letter.objects.get().document_no == row.document_no
        deliver()
        with context.province("gx"):
            assert not ListedSupervision.objects.exists()
        with context.province("gz"):
            held = ListedSupervision.objects.get(pk=row.pk)
            assert (held.demand, held.due_on) == (FACTS["demand"], due)
            assert Notice.objects.filter(user_id=bureaux.gz.wei.pk, code="broker_supervision", urgent=True).exists()
            supervision.report(held, by=bureaux.gz.meng, text="已立案")
            clocks = Delivery.objects.filter(thread=row.pk, letter__kind="broker.supervision").values_list("state")
            assert clocks.get() == ("delivered",), "a report on the way leaves the clock running"
            supervision.report(held, by=bureaux.gz.meng, text="已查清", is_final=True)
            assert clocks.get() == ("answered",)
            with pytest.raises(MoveRefused):
                supervision.report(held, by=bureaux.gz.meng, text="补充")
        deliver()
        with context.province("samr"):
            row.refresh_from_db()
            assert row.state == State.REPORTED and [each.text for each in row.reports.all()] == ["已立案", "已查清"]
            supervision.send_back(row, by=samr.guo, words="上线未查")
        deliver()
        tick(timedelta(days=19))
        with context.province("gz"):
            held.refresh_from_db()
            assert (held.state, held.turned_words) == (State.LISTED, "上线未查")
            assert supervision.remind(clock.now()) == 1 and supervision.remind(clock.now()) == 0
            supervision.report(held, by=bureaux.gz.meng, text="上线已查", is_final=True)
        deliver()
        with context.province("samr"):
            row.refresh_from_db()
            supervision.lift(row, by=samr.guo)
        deliver()
        with context.province("gz"):
            held.refresh_from_db()
            assert held.state == State.LIFTED
    hooks._on_supervised.remove(note)
    assert seen == [("gz", each) for each in (State.LISTED, State.REPORTED, State.LISTED, State.REPORTED, State.LIFTED)]
