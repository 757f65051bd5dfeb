"""O-08: what the party says against a letter, and who answers."""

import json
from datetime import timedelta

import pytest
from harness import people
from harness.forgery import forged
from harness.opinion_world import bodies, told_title

from appraisal.opinions import selectors
from appraisal.opinions.models import (
    HeldLetter,
    Objection,
)
from appraisal.opinions.services import objections
from federation.contracts.opinions import (
    ObjectionAnsweredV1,
)
from kernel import clock
from kernel.errors import Conflict, MoveRefused, NotFound404
from kernel.ids import uuid7
from papers import services as papers
from provinces import context

State = HeldLetter.State


def test_the_party_objects_by_its_code_and_the_brand_must_answer_before_it_is_dismissed(world):
    """O-08."""
    request = world.ask()
    held = world.certificate(request)
    telling = world.told(held)
    with context.province("gx"):
        code = selectors.objection_code(telling.pk)
        assert selectors.telling_by_code(code.upper()).pk == telling.pk
        with pytest.raises(NotFound404):
            selectors.telling_by_code(forged(code))
        paper = people.sealed_photo(world.chen, "发票")
        made = objections.lodge(
            telling=telling, text="这是从代理商买的", grey_market=True, contact="黄女士 13800000000", exhibits=[paper]
        )
        assert told_title(world.chen, "objection_lodged")
        with pytest.raises(MoveRefused):
            objections.decide(by=world.chen, objection_id=made.pk, uphold=False, words="不成立")
        objections.forward(by=world.chen, objection_id=made.pk)
        (said,) = bodies("opinion.objection")
        assert said["grey_market"] and len(said["files"]) == 1
        words = json.dumps(said, ensure_ascii=False)
        assert "黄女士" not in words and "张某某" not in words
    world.says(
        ObjectionAnsweredV1(objection_id=made.pk, letter_id=held.letter_id, outcome="stands", text="编号不存在",
                            who="林工", at=clock.now()),
        request.pk,
    )  # fmt: skip
    with context.province("gx"):
        done = objections.decide(by=world.chen, objection_id=made.pk, uphold=False, words="凭证与商品不符")
        assert (done.state, done.outcome, done.answer) == (Objection.State.DISMISSED, "stands", "编号不存在")
        assert selectors.blocking([request.pk]) == []


def test_the_paper_for_the_party_names_conclusions_and_the_address_and_no_feature(world):
    held = world.certificate(world.ask())
    telling = world.told(held)
    with context.province("gx"):
        paper = papers.make(by=world.chen, kind="party_notice", matter_id=telling.pk)
        said = json.dumps(paper.content, ensure_ascii=False)
        assert held.opinion_no in said and "假冒" in said and selectors.objection_code(telling.pk) in said
        assert "张某某" in said and "烫金" not in said


def test_edge_9_grey_market_papers_block_closing_until_the_objection_is_handled(world):
    """Edge 9: also when an officer wrote it down; and no review accepts meanwhile."""
    request = world.ask()
    held = world.certificate(request)
    world.told(held)
    with context.province("gx"):
        made = objections.write_down(by=world.chen, held_id=held.pk, text="有进货票", grey_market=True)
        assert [each.pk for each in selectors.blocking([request.pk])] == [made.pk]
    with pytest.raises(Conflict) as refusal:
        world.reviewed(held)
    assert "异议" in refusal.value.detail
    with context.province("gx"):
        objections.decide(by=world.chen, objection_id=made.pk, uphold=True, words="凭证真实")
        assert selectors.blocking([request.pk]) == []


def test_an_objection_after_its_term_is_taken_and_marked_late_and_twice_is_once(world):
    held = world.certificate(world.ask())
    telling = world.told(held)
    pk = uuid7()
    with context.province("gx"), clock.frozen(telling.objection_until + timedelta(hours=1)):
        said = {"telling": telling, "text": "x", "grey_market": False, "contact": "", "objection_id": pk}
        assert objections.lodge(**said).late
        assert objections.lodge(**said).pk == pk
        assert Objection.objects.count() == 1
