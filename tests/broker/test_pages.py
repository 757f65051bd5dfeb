"""The pages and the API open for those whose business it is, at all three kinds of host."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from harness.routes import routes as routes_of

from federation.broker.models import Dispute, ListedSupervision, Look, Route
from federation.broker.services import disputes, looks, open_dispute, routes, supervision
from federation.letters.models import Letter
from kernel import clock
from kernel.errors import BadInput
from kernel.ids import uuid7
from provinces import context
from provinces.seats import OFFICE

pytestmark = pytest.mark.xdist_group("logins")  # its login belongs to the servers that all workers share


def test_every_page_opens_for_whose_business_it_is_and_for_nobody_else(bureaux, samr, deliver, client_for):
    """Province, office and superior; an officer without a post of the desk is told so, a stranger signs in first."""
    gx, gz = bureaux.gx, bureaux.gz
    with context.province("gx"):
        row = open_dispute(
            letter_id=None,
            kind="case",
            reason="应由对方管辖",
            other="gz",
            by=gx.meng,
            matter_id=uuid7(),
            title="假酒案",
        )
        asked = routes.ask(letter_kind="clue_transfer", by=gx.meng, division_code="520382", brand_name="岚壑春")
    deliver()
    with context.province("gz"):
        disputes.say(Dispute.objects.get(), "proposal", "请你方管辖", by=gz.meng, names="gx")
        disputes.raise_up(Dispute.objects.get(), by=gz.wei)
    with context.province("samr"):
        listed = supervision.list_matter(
            by=samr.guo, province="gx", subject_kind="case", subject_no="桂立〔2026〕1号", title="假酒案",
            demand="查清", due_on=clock.today() + timedelta(days=9),
        )  # fmt: skip
    deliver()
    with context.seat(OFFICE):
        letter = Letter.objects.get(kind="broker.supervision")
        with pytest.raises(BadInput):
            looks.ask(letter_id=letter.pk, purpose="核对", until=clock.today(), by=bureaux.zhao)
        of_gx = Letter.objects.filter(sender="province:gx").first()
        looks.ask(letter_id=of_gx.pk, purpose="核对", until=clock.today(), by=bureaux.zhao)
    deliver()
    with context.province("gx"):
        look = Look.objects.get()
    d, r, s = f"/disputes/{row.pk}/", f"/brokerage/routes/{asked.pk}/", f"supervisions/{listed.pk}/"
    pages = {
        ("gx", gx.wei): [
            "/directory/", "/directory/?q=renhuai", "/brokerage/", "/brokerage/routes/ask/", r, f"/brokerage/{s}",
            f"/brokerage/looks/{look.pk}/",
            "/disputes/", "/disputes/open/", d, *(f"{d}{step}/" for step in ("statement", "proposal", "agree")),
        ],
        ("federation", bureaux.zhao): [
            "/directory/", "/brokerage/", r,
            f"/brokerage/letters/{letter.pk}/", "/disputes/", d,
        ],
        ("samr", samr.guo): [
            "/", "/directory/", d, f"{d}decide/", "/supervisions/list/", f"/{s}", f"/{s}lift/", f"/{s}send-back/",
        ],
    }  # fmt: skip
    for (host, person), paths in pages.items():
        client = client_for(host, user=person)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, (host, path, answer.status_code)
        assert "假酒案" not in client_for("federation", user=bureaux.zhao).get(d).content.decode()
        for path in ("directory/units/?q=520382", "directory/units/520382/", "disputes/", d[1:]):
            assert client.get(f"/api/v1/{path}").status_code == 200, (host, path)
    samr_client = client_for("samr", user=samr.guo)
    assert samr_client.get("/requests/").status_code == 404
    assert samr_client.get(f"/disputes/{uuid7()}/").status_code == 404
    for route in routes_of("superior"):
        if route.text.startswith(("disputes/", "supervisions/", "api/v1/disputes", "api/v1/brokerage")):
            path = route.path({"dispute_id": str(row.pk), "listed_id": str(listed.pk)})
            assert client_for("samr").get(path).status_code in (302, 401, 405), path
    assert client_for("gx", user=gx.chen).get("/disputes/").status_code == 403
    assert client_for("gx", user=gx.chen).get(d).status_code == 403
    refused = client_for("federation", user=bureaux.zhao).get(f"/brokerage/letters/{letter.pk}/contents/")
    assert refused.status_code == 403

    def post_json(client, path, body):
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")

    office = client_for("federation", user=bureaux.zhao)
    assert post_json(office, f"brokerage/routes/{asked.pk}/claim/", {}).status_code == 200
    answered = office.post(r, {"answer": "", "unit_ref": "520382", "reason": ""})
    assert answered.status_code == 302
    decided = samr_client.post(f"{d}decide/", {"names": "gx", "reason": "先立案", "conditions": ""})
    assert decided.status_code == 302
    deliver()
    leader = client_for("gx", user=gx.wei)
    assert "先立案" in leader.get(d).content.decode()
    reported = leader.post(f"/brokerage/{s}", {"text": "已办结", "is_final": "on"})
    assert reported.status_code == 302
    deliver()
    turned = post_json(samr_client, f"brokerage/{s}turn/", {"turn": "lift"})
    assert turned.status_code == 200 and turned.json()["state"] == "lifted"
    with context.province("gx"):
        assert Route.objects.get().unit_ref == "520382"
        assert ListedSupervision.objects.get().state == "reported"
