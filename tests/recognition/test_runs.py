"""R-08, R-09: finds of one run are proposed with reasons and strength, and a person decides."""

import pytest
from django.db import transaction

from appraisal.recognition import hooks, services
from appraisal.recognition.models import Hint, RunLink
from appraisal.recognition.services import codes, runs
from appraisal.recognition.services.steps import find_of
from federation.contracts.appraisal import VerdictValue
from provinces import context
from provinces.seats import BRANDS


@pytest.fixture
def finds(library):
    """A find that was judged counterfeit, one that is open, one that was cleared."""
    fake, other, cleared = library.ask(library.gx), library.ask(library.gz), library.ask(library.gz)
    library.verdict(fake)
    library.verdict(cleared, VerdictValue.GENUINE)
    with context.seat(BRANDS):
        yield [find_of(library.photo(request).item) for request in (fake, other, cleared)]


def propose(find, **seen):
    with transaction.atomic():
        for field, raw in seen.items():
            codes.sight(find, field, raw, how="typed")
        return runs.propose(find)


def test_a_batch_number_alone_never_makes_a_link(finds):
    """Edge 14."""
    fake, other, _cleared = finds
    propose(fake, batch="20260815")
    assert propose(other, batch="20260815") == [] and not RunLink.objects.exists()
    (link,) = propose(other, mould="M07") or propose(fake, mould="M07")
    assert link.strength == "medium"
    assert {reason["code"] for reason in link.reasons} == {"batch", "mould"}


def test_running_numbers_and_shared_codes_link_and_cleared_goods_are_left_out(finds):
    fake, other, cleared = finds
    propose(fake, unique="LH0815004711")
    assert propose(cleared, unique="LH0815004711", mould="M1") == []
    (link,) = propose(other, unique="LH0815004719")
    assert (link.strength, link.reasons[0]["code"]) == ("medium", "sequence")
    assert {link.reasons[0]["first"], link.reasons[0]["second"]} == {"LH0815004711", "LH0815004719"}
    (link,) = propose(other, unique="LH0815004711")
    assert link.strength == "strong", "more reasons while nobody has decided"


def test_two_open_finds_make_no_link(library):
    one, two = library.ask(library.gx), library.ask(library.gz)
    with context.seat(BRANDS):
        first, second = (find_of(library.photo(request).item) for request in (one, two))
        propose(first, mould="M07")
        assert propose(second, mould="M07") == []


def test_the_same_print_defect_links_and_refusing_its_hint_does_not(library):
    entry = library.entry()
    many = library.ask(library.gz, count=2)
    with context.seat(BRANDS):
        library.look(library.photo(many, 0), found=(library.found(entry, defects=(88, None)),))
        link = RunLink.objects.get()
        assert link.strength == "strong" and {"defect", "print"} == {reason["code"] for reason in link.reasons}
        library.look(library.photo(many, 1), found=(library.found(entry, defects=(20,)),))
        assert RunLink.objects.count() == 1, "the same artwork alone is no run"
        second = Hint.objects.get(photo=library.photo(many, 1))
        services.answer_hint(desk=library.lin, hint_id=second.pk, answer="rejected")
        assert RunLink.objects.count() == 1


def test_a_person_decides_and_may_think_again_and_apps_above_hear_of_it(library, finds, monkeypatch):
    heard = []
    monkeypatch.setattr(hooks, "_on_run", [lambda link: heard.append(link.state)])
    fake, other, _cleared = finds
    propose(fake, mould="M07")
    (link,) = propose(other, mould="M07")
    for step in ("accept", "accept", "reopen", "refuse"):
        services.decide_run(desk=library.lin, run_id=link.pk, step=step, reason="对过实物")
    assert heard == ["accepted", "proposed", "refused"]
    propose(other, unique="LH0815004711")
    link.refresh_from_db()
    assert link.state == "refused" and link.strength == "medium", "what was decided stays as it was"
