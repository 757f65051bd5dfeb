"""Guard `hour`: until the zero hour no page, sheet, notice, event or title tells a hidden target."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from harness import campaigns_world
from harness.campaigns_world import MONDAY, a_clue
from harness.guards import size
from harness.routes import Route, routes

from kernel import clock
from kernel.ids import uuid7
from notify.models import Notice
from tenants.campaigns.models import JointTarget
from tenants.campaigns.services import going, planning
from webhooks import signing
from webhooks.models import Event

MARKED = {
    "party_name": "密甲当事人",
    "address": "密乙路九号",
    "what": "密丙商品",
    "supervised_words": "密丁要求",
}
STEPS = {
    "joint/targets": ["change", "going", "people", "unable", "end", "late", "drop"],
    "joint/": ["target", "announce", "answer", "hour", "describe", "planner", "province", "seat", "close", "call-off"],
}
OURS = (
    "joint", "duty", "urgent", "campaigns", "api/v1/joint", "api/v1/duty", "api/v1/urgent", "api/v1/campaigns",
    "api/v1/events/",
)  # fmt: skip
HOUR = MONDAY + timedelta(hours=20)


def everything(response: Any) -> str:
    """All that an answer says: headers, body, and what is packed in a workbook."""
    body = b"".join(response) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    return f"{response.headers}\n{body.decode(errors='replace')}"


def addresses(ids: dict[str, Any]) -> list[str]:
    """Every address of the app with its ids, and every other of the host that needs none."""
    found = []
    for route in routes("province"):
        if route.text.startswith("accounts/"):
            continue
        ours = route.text.startswith(OURS)
        if not ours and (route.arguments or size(hash_of(route) % 12, 0)):
            continue
        steps = next((values for begins, values in STEPS.items() if route.text.startswith(begins)), [""])
        for step in steps if "step" in route.arguments else [""]:
            values = {name: str(ids[name]) if name in ids else step for name in route.arguments}
            found.append(route.path(values))
    return found


def hash_of(route: Route) -> int:
    return sum(map(ord, route.text))


def leaks(client: Any, paths: list[str]) -> list[str]:
    wrong = []
    for path in paths:
        said = everything(client.get(path, headers={"accept": "text/html,application/json"}))
        wrong += [f"{path} says {word}" for word in MARKED.values() if word in said]
    return wrong


@pytest.mark.guard("hour")
@pytest.mark.timeout(600)
def test_nobody_below_the_level_reads_a_hidden_target_anywhere_before_the_hour_and_everybody_at_it(
    gx, client_for, trials
):
    with clock.frozen(MONDAY) as tick:
        world = campaigns_world.rolled_back()
        action = planning.plan(by=world.desk, name="集中行动", code_name="春雷", zero_hour=HOUR, opens_to="planners")
        target = planning.add_target(
            by=world.desk, action_id=action.pk, unit_id=world.county.pk, supervised=True, division_code="450103",
            officer_ids=[world.chen.pk, world.li.pk], **MARKED,
        )  # fmt: skip
        seat = planning.add_seat(by=world.desk, action_id=action.pk, department="公安局", name="某警长")
        going.announce(by=world.desk, action_id=action.pk)
        going.mark(by=world.chen, target_id=target.pk, kind="received")
        ids = {
            "action_id": action.pk, "target_id": target.pk, "seat_id": seat.pk, "escort_id": target.pk,
            "campaign_id": target.pk, "call_id": target.pk, "turn_id": target.pk, "clue_id": a_clue(world).pk,
            "unit_id": world.county.pk,
        }  # fmt: skip
        paths = addresses(ids)
        wrong = []
        people = {"officer": world.chen, "unit head": world.nong, "province head": world.wei}
        for name, person in people.items():
            client = client_for("gx", user=person)
            mine = paths if name == "officer" else [path for path in paths if "joint" in path]
            wrong += [f"{name}: {leak}" for leak in leaks(client, mine)]
            trials(len(mine))
        notices = Notice.objects.values_list("title", "body", "url")
        wrong += [f"a notice says {word}" for word in MARKED.values() for row in notices if word in " ".join(row)]
        bodies = [(row.kind, signing.body_of(row, uuid7()).decode()) for row in Event.objects.all()]
        wrong += [f"event {kind} says {word}" for kind, body in bodies for word in MARKED.values() if word in body]
        assert not wrong, "\n".join(wrong[:40])
        shown = leaks(
            client_for("gx", user=world.desk), [f"/joint/{action.pk}/", f"/api/v1/joint-targets/{target.pk}/"]
        )
        assert shown, "who plans it sees it: the search finds what is there"
        tick(timedelta(hours=20))
        page = leaks(client_for("gx", user=world.chen), [f"/joint/targets/{target.pk}/"])
        assert len(page) >= 3, "at the very second it is open to who goes"
        assert JointTarget.objects.get(pk=target.pk).state == "planned"
