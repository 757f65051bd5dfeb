"""The sample's request for assistance and its case handed over: three of five answered, at 白云; told once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from harness import assist_world

from accounts import sample as people
from accounts.models import Unit, User
from divisions.models import Division
from federation.directory import book
from kernel import clock
from provinces import context
from runtime.sample import cast
from tenants.cases.models import CaseProposal
from tenants.cases.sample import PROPOSAL_ID
from tenants.correspondence import sample_assist
from tenants.correspondence.models import Assistance, CaseTransfer

PLACES = (
    ("450000", "广西壮族自治区", "province", ""),
    ("440000", "广东省", "province", ""),
    ("440100", "广州市", "prefecture", "440000"),
    (sample_assist.BAIYUN, "白云区", "county", "440100"),
)


@pytest.mark.slow
def test_the_assistance_of_the_story_stands_where_a_newcomer_sees_it(border):
    with context.owner():
        for code, name, level, parent in PLACES:
            Division.objects.get_or_create(
                code=code, defaults={"name": name, "short_name": name[:-1], "level": level, "parent_code": parent}
            )
    book._kept = None
    stage = SimpleNamespace(now=clock.now(), cast=cast, enter=context.province)
    for province in ("gx", "gd"):
        with context.province(province):
            units = people._units(stage, province)
            for row in cast.OFFICERS.values():
                if row.province == province:
                    people._officer(row, units[row.unit], (stage.now + people.VALID).date())
    with context.province("gx"):
        Unit.objects.filter(code="gx-qx").update(agency_word="南青市监")
        chen, wei = User.objects.get(username="chen"), User.objects.get(username="wei")
        case = assist_world.filed_case(SimpleNamespace(unit=chen.unit, chen=chen, wei=wei))
        old = case.proposal_id
        held = CaseProposal.objects.get(pk=old)
        held.pk, held.transfer_id = PROPOSAL_ID, old
        held.save(force_insert=True)
        type(case).objects.filter(pk=case.pk).update(proposal=held)
    for _twice in range(2):
        sample_assist.fill(stage)
    for code, side in (("gx", "asking"), ("gd", "asked")):
        with context.province(code):
            row = Assistance.objects.get()
            assert (row.side, row.state) == (side, "partly")
            assert row.questions.filter(answers=None).count() == 2
    with context.province("gd"):
        assert CaseTransfer.objects.get().state == "sent"
