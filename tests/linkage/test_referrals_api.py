"""A case system drafts, sends and follows a referral by API; the platform answers it. B-03, B-05."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from harness.partner import connect

from accounts.models import Post
from connections import auth
from connections.models import Connection
from connections.services import write_client
from tenants.cases.models import Case
from tenants.linkage.models import Outgoing, Referral
from webhooks.selectors import feed

FACTS = {
    "police_org": "南宁市公安局青秀分局",
    "suspected_crime": "销售假冒注册商标的商品罪",
    "facts": "查获标称名酒 120 瓶",
}


class Caller:
    """Calls `/api/v1/` of 广西 in JSON, by a session or by a program's token."""

    def __init__(self, client: Any, token: str = "") -> None:
        self.client, self.more = client, {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        more = {**self.more, **({"HTTP_IDEMPOTENCY_KEY": key} if key else {})}
        send = getattr(self.client, method)
        if body is None:
            return send(f"/api/v1/{path}", **more)
        return send(f"/api/v1/{path}", body, content_type="application/json", **more)


def program_of(connection: Connection, client_for: Any, bureau: Any, unit: Any, scopes: list[str]) -> tuple[Any, Any]:
    """(a call as this connection's program, its client row)."""
    row, _secret = write_client(
        connection, by=bureau.huang, name="p", granted=scopes, unit=unit, roles=[Post.Role.OFFICER]
    )
    row.state = "on"
    row.save(update_fields=["state"])
    token = auth.new_token()
    held = Token(
        type=Token.Type.ACCESS_TOKEN,
        hash=get_adapter().hash_token(token),
        client=row.oidc,
        user=row.user,
        expires_at=datetime(2199, 1, 1, tzinfo=UTC),
    )
    held.set_scopes(scopes)
    held.save()
    return Caller(client_for("gx"), token), row


def test_b03_a_case_system_refers_by_api_and_the_platform_answers(
    bureau: Any, case: Case, platform: Connection, client_for: Any
) -> None:
    """Drafted once however often it is sent, amended, sent, answered; each step is in the feed of both programs."""
    ours, client = program_of(
        connect(bureau.huang), client_for, bureau, bureau.chen.unit, ["referrals:read", "referrals:write"]
    )
    theirs, their_client = program_of(
        platform, client_for, bureau, bureau.chen.unit, ["referrals:read", "referrals:write"]
    )
    wanted = {**FACTS, "case_id": str(case.pk), "connection_id": str(platform.pk), "annexes": ["letter"]}
    assert theirs("post", "referrals/", wanted).status_code == 403, "a platform answers referrals and writes none"
    made = ours("post", "referrals/", wanted, key="ref-1")
    again = ours("post", "referrals/", wanted, key="ref-1")
    assert (made.status_code, again.json()["id"], Referral.objects.count()) == (201, made.json()["id"], 1)
    assert ours("post", "referrals/", wanted, key="ref-2").json()["code"] == "referral_exists"
    here = f"referrals/{made.json()['id']}/"
    assert theirs("get", here).status_code == 404, "not before it is sent"
    assert ours("post", f"{here}send/", {}).json()["code"] == "annexes_missing"
    amended = ours("patch", here, {"annexes": ["letter", "report", "goods"]}).json()
    assert amended["facts"] == FACTS["facts"] and len(amended["annexes"]) == 3
    sent = ours("post", f"{here}send/", {}).json()
    assert sent["state"] == "sent" and sent["document_no"]
    assert [each["state"] for each in ours("get", f"{here}messages/").json()["results"]] == ["waiting"]
    assert theirs("post", f"{here}send/", {}).status_code == 403
    assert theirs("get", f"{here}messages/").status_code == 403
    [waiting] = theirs("get", "referrals/messages/").json()
    assert theirs("post", f"referrals/messages/{waiting['id']}/taken/", {"reference": "P-1"}).status_code == 200
    for kind, number in (("receipt", "收-1"), ("not_filed", "不立-1")):
        said = {"kind": kind, "at": sent["sent_at"], "number": number, "external_id": number}
        assert theirs("post", f"{here}steps/", said).status_code == 200
        assert theirs("post", f"{here}steps/", said).status_code == 200
    seen = ours("get", here).json()
    assert (seen["state"], [each["kind"] for each in seen["steps"]]) == (
        "not_filed", ["sent", "receipt", "not_filed"],
    )  # fmt: skip
    asked = ours("post", f"{here}reconsider/", {"reason": "符合立案标准"}).json()
    assert asked["state"] == "reconsidering"
    assert ours("post", f"{here}end/", {"words": "了结"}).status_code == 409
    names = ["referral.sent", "referral.received", "referral.not_filed", "referral.reconsidering"]
    for user in (client.user, their_client.user):
        page = feed(user, after="", limit=50)
        assert [each.kind for each in page.events if each.kind.startswith("referral.")] == names


def test_b03_a_message_that_does_not_go_is_tried_again_or_settled_and_a_penalty_is_told_once(
    bureau: Any, case: Case, platform: Connection, prepare: Any, client_for: Any
) -> None:
    """With a person's own session; a head withdraws, a handler does not; strangers find nothing."""
    chen, head, stranger = (Caller(client_for("gx", user=who)) for who in (bureau.chen, bureau.he, bureau.lu))
    referral = prepare()
    here = f"referrals/{referral.pk}/"
    assert chen("post", f"{here}send/", {}).status_code == 200
    message = f"referrals/messages/{Outgoing.objects.get().pk}/"
    assert chen("post", f"{message}again/", {}).json()["state"] == "waiting"
    assert stranger("post", f"{message}settle/", {"words": "x"}).status_code == 404
    assert chen("post", f"{message}settle/", {"words": "机要送达，已签收"}).json()["state"] == "settled"
    assert chen("post", f"{message}again/", {}).json()["code"] == "message_not_waiting"
    assert chen("post", f"{here}withdraw/", {"reason": "重新决定"}).status_code == 403
    for path in (here, f"{here}messages/"):
        assert stranger("get", path).status_code == 404
    admin = Caller(client_for("gx", user=bureau.huang))
    assert admin("get", "referrals/").json()["results"] == [], "an administrator reads no case"
    assert head("post", f"{here}withdraw/", {"reason": "重新决定"}).json()["state"] == "withdrawn"
    told = {"connection_id": str(platform.pk)}
    assert chen("post", f"cases/{case.pk}/tell-penalty/", told).json()["code"] == "no_penalty"
    Case.objects.filter(pk=case.pk).update(state=Case.State.CLOSED, outcome=Case.Outcome.PENALTY)
    assert chen("post", f"cases/{case.pk}/tell-penalty/", told).status_code == 201
    assert chen("post", f"cases/{case.pk}/tell-penalty/", told).json()["code"] == "penalty_told"
