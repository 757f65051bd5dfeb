"""Giving: what is refused, what is masked, who may end, what others may ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from harness import people

from federation.contracts.addresses import Address
from federation.grants import guarded, selectors, services
from federation.grants.errors import (
    GrantEmpty,
    GrantItemOutside,
    GrantPurposeMissing,
    GrantTermWrong,
    GrantTooNarrow,
    GrantWhyMissing,
)
from federation.grants.masking import masked
from federation.grants.models import Grant, Item
from federation.letters.errors import AddresseeIsSender
from federation.published.models import EndedGrant
from kernel import clock
from kernel.errors import MoveRefused, NotFound404
from kernel.ids import uuid7
from provinces import context

GD = Address.province("gd")
SUBJECT = uuid7()


def give(bureau, **more):
    fields = {
        "to": GD, "purpose": "核查", "contents": {"fact": "view", "person": "masked"}, "subject_kind": "case",
        "subject_id": SUBJECT, "expires_at": clock.now() + timedelta(days=1), "by": bureau.wei,
    }  # fmt: skip
    return services.give(**(fields | more))


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"purpose": " "}, GrantPurposeMissing),
        ({"contents": {"fact": "none"}}, GrantEmpty),
        ({"contents": {"soul": "view"}}, GrantEmpty),
        ({"expires_at": clock.now() - timedelta(days=1)}, GrantTermWrong),
        ({"expires_at": clock.now() + timedelta(days=2000)}, GrantTermWrong),
        ({"to": Address.province("gx")}, AddresseeIsSender),
        ({"items": [services.Shared(content="file", title="某", text="某")]}, GrantItemOutside),
    ],
)
def test_a_share_without_purpose_end_or_contents_is_not_made(gx, more, error):
    """F-02: every share names purpose, holder and end; nothing goes beyond what it covers."""
    bureau = people.bureau("gx")
    with pytest.raises(error), transaction.atomic():
        give(bureau, **more)
    assert not Grant.objects.exists()


def test_masked_words_are_masked_before_they_leave_and_a_holder_gets_no_further_than_the_level(border, run_letters):
    """F-02: per kind of content, how far; asked for by grant or by subject, at giver and holder; ended by the giver."""
    bureau = people.bureau("gx")
    people.bureau("gd")
    with context.province("gx"):
        grant = give(
            bureau,
            items=[
                services.Shared(content="fact", title="事", text="货在仓库"),
                services.Shared(content="person", title="人", text="张三丰 19900001234"),
            ],
        )
        for subject in (grant.grant_id, ("case", SUBJECT)):
            assert [selectors.allows(subject, GD, each) for each in ("fact", "person", "file")] == [
                "view", "masked", "none"
            ]  # fmt: skip
        assert selectors.allows(grant.grant_id, Address.province("fj"), "fact") == "none"
        with pytest.raises(GrantWhyMissing):
            services.end(grant, bureau.wei, " ")
    run_letters()
    with context.province("gd"):
        assert Item.objects.get(title="人").text == "张** 199******34"
        assert guarded.require(grant.grant_id, "person", party=str(GD), who="某", at_least="masked")
        for content in ("person", "file"):
            with pytest.raises(GrantTooNarrow):
                guarded.require(grant.grant_id, content, party=str(GD), who="某")
        held = Grant.objects.get()
        assert selectors.allows(grant.grant_id, GD, "fact") == "view"
        with pytest.raises(NotFound404):
            services.end(held, bureau.wei, "不是给出方")
        with pytest.raises(NotFound404):
            guarded.require(uuid7(), "fact", party=str(GD), who="某")
        with pytest.raises(DatabaseError), transaction.atomic():  # nobody ends another's grant, not even by SQL
            EndedGrant.objects.create(grant_id=grant.grant_id, giver="province:gx", giver_seat="gd", seats=["gd", "gx"])
        EndedGrant.objects.create(grant_id=grant.grant_id, giver="province:gd", giver_seat="gd", seats=["gd"])
        assert guarded.holding([held]), "an end counts only in the giver's name"
    with context.province("gx"):
        services.end(grant, bureau.wei, "办结")
        with pytest.raises(MoveRefused):
            services.end(Grant.objects.get(pk=grant.pk), bureau.wei, "再次")
        assert selectors.allows(grant.grant_id, GD, "fact") == "none"
    with context.province("fj"):
        assert not EndedGrant.objects.exists(), "read by giver and holder alone"


@pytest.mark.parametrize(
    ("text", "content", "shown"),
    [
        ("车牌 桂A12345", "fact", "车牌 桂A12*45"),
        ("电话13800001234。", "fact", "电话138******34。"),
        ("李四、王小明系店主 到场", "person", "李*、王***** 到*"),
        ("一共 12 箱", "fact", "一共 12 箱"),
    ],
)
def test_what_masking_leaves(text, content, shown):
    """Numbers of six or more keep three and two; of what is said of people each word its first."""
    assert masked(text, content=content) == shown
