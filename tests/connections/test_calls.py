"""A program's way in: token, scope, limit, refusal; and what the description says of it (B-02, B-05, B-08)."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

from allauth.idp.oidc.models import Token
from django.db import connection as database
from harness import people
from harness.described import OF_EACH_KIND, schema_of

from accounts.models import Post, User
from appraisal.requests.models import Site
from audit.models import Trail
from connections import oauth, services, traffic
from connections.foreign import digest_of
from connections.models import Call, ForeignUse
from connections.tasks import tried_elsewhere
from gateway import limits, valkey
from gateway.models import IdempotencyKey
from gateway.tokens import make_token
from kernel import clock
from notify.models import Notice
from provinces import context
from provinces.seats import province_seat
from tenants.parcels import services as parcels

from .conftest import ask_token, bearer, join


def test_a_program_gets_a_token_of_an_hour_and_acts_as_its_service_account(joined, token_of, client_for):
    answer = ask_token(client_for("gx"), joined)
    said = answer.json()
    assert answer.status_code == 200 and said["expires_in"] == 3600 and said["token_type"] == "Bearer"
    assert said["access_token"].startswith("czjc_gx_") and "refresh_token" not in said
    assert set(said["scope"].split()) == {"me:read", "requests:read", "requests:write", "notices:read"}
    assert not Token.objects.filter(hash__contains=said["access_token"]).exists()
    me = client_for("gx").get("/api/v1/me/", **bearer(said["access_token"])).json()
    assert me["username"] == joined.client.user.username
    narrow = token_of(joined, scope="me:read")
    assert client_for("gx").get("/api/v1/requests/", **bearer(narrow)).status_code == 403


def test_a_token_does_what_its_scopes_say_and_the_refusal_names_the_one_that_is_missing(joined, token_of, client_for):
    call, token = client_for("gx"), token_of(joined)
    assert call.get("/api/v1/requests/", **bearer(token)).status_code == 200
    refused = call.get("/api/v1/clues/", **bearer(token))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["data"] == {"scope": "clues:read"}
    refused = call.post("/api/v1/clues/", {}, content_type="application/json", **bearer(token))
    assert refused.json()["data"] == {"scope": "clues:write"}
    services.narrow(joined.client, by=joined.huang, wanted=["me:read"])
    assert call.get("/api/v1/requests/", **bearer(token)).status_code == 403, "a token outlived its scope"
    assert ask_token(call, joined, scope="requests:read").json()["error"] == "invalid_scope"


def test_doors_hold_for_a_program_as_for_a_person_of_its_unit(joined, token_of, client_for):
    token = token_of(joined)
    for address in ("me/tokens/",):
        made = client_for("gx").post(
            f"/api/v1/{address}", {"name": "x"}, content_type="application/json", **bearer(token)
        )
        assert made.status_code == 403
    for address in ("/api/v1/connections/", f"/api/v1/connections/{joined.row.pk}/"):
        answer = client_for("gx").get(address, **bearer(token))
        assert answer.status_code in (403, 404), "a program keeps no connections"


def test_what_is_switched_off_ends_with_the_next_call(joined, token_of, client_for):
    call, token = client_for("gx"), token_of(joined)
    services.switch_off(joined.row, by=joined.mo, why="试")
    assert call.get("/api/v1/me/", **bearer(token)).json()["code"] == "token_refused"
    refused = ask_token(call, joined).json()
    assert (refused["error"], refused["code"]) == ("invalid_client", "connection_off")
    services.switch_on(joined.row, by=joined.mo)
    token = token_of(joined)
    answer = call.post(
        "/identity/o/api/revoke", {"client_id": joined.client.oidc_id, "client_secret": joined.secret, "token": token}
    )
    assert answer.status_code == 200 and call.get("/api/v1/me/", **bearer(token)).status_code == 401
    token = token_of(joined)
    Token.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert call.get("/api/v1/me/", **bearer(token)).json()["code"] == "token_refused"
    token = token_of(joined)
    services.revoke(joined.client, by=joined.mo, why="泄露")
    assert call.get("/api/v1/me/", **bearer(token)).status_code == 401
    assert ask_token(call, joined).json()["code"] == "client_wrong"


def test_wrong_secrets_are_refused_alike_soon_slowed_down_and_never_keep_the_right_one_out(joined, client_for):
    call = client_for("gx")
    right, joined.secret = joined.secret, "czjs_gx_wrong"
    known = ask_token(call, joined)
    unknown = call.post(
        "/identity/o/api/token", {"grant_type": "client_credentials", "client_id": "czj-gx-0", "client_secret": "x"}
    )
    assert known.status_code == unknown.status_code == 401 and known.json() == unknown.json()
    assert known["WWW-Authenticate"].startswith("Basic")
    said = [ask_token(call, joined) for _ in range(oauth.WRONG_SECRETS)]
    assert [each.json()["code"] for each in said] == ["client_wrong"] * (oauth.WRONG_SECRETS - 1) + ["too_many_tries"]
    assert (said[-1].status_code, said[-1]["Retry-After"]) == (429, str(oauth.WRONG_FOR_S))
    joined.secret = right
    assert ask_token(call, joined).status_code == 200, "strangers who know a client's id kept it out"
    assert call.post("/identity/o/api/token", {"grant_type": "password"}).status_code == 400
    assert call.get("/identity/o/api/token").status_code == 405


# Limits ---------------------------------------------------------------------------------------------------------------


def test_calls_over_the_limit_are_told_when_to_come_back_and_an_appraisal_on_site_goes_on(
    joined, token_of, client_for, monkeypatch
):
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: 1_800_000_000.0))  # no new minute begins
    services.edit(joined.row, by=joined.huang, name="办案系统", per_minute=3)
    call, token = client_for("gx"), token_of(joined)
    answers = [call.get("/api/v1/me/", **bearer(token)) for _each in range(5)]
    assert answers[0]["RateLimit-Limit"] == "3" and answers[0]["RateLimit-Remaining"] == "2"
    last = answers[-1]
    assert last.status_code == 429 and last.json()["code"] == "too_many_requests"
    assert 0 < int(last["Retry-After"]) <= 60 and last["RateLimit-Remaining"] == "0"
    assert call.get("/api/v1/me/", **bearer(token_of(joined))).status_code == 429, "another token, another budget"
    site = call.get("/api/v1/requests/", **bearer(token))
    assert site.status_code == 200 and int(site["RateLimit-Limit"]) >= 1000


def test_personal_keys_have_a_limit_and_browsers_none(joined, client_for, settings):
    settings.API_CALLS_PER_MINUTE = 2
    _row, key = make_token(user=joined.chen, seat="gx", name="x")
    codes = [client_for("gx").get("/api/v1/me/", **bearer(key)).status_code for _each in range(6)]
    assert 429 in codes
    browser = client_for("gx", user=joined.chen)
    answers = [browser.get("/api/v1/me/") for _each in range(5)]
    assert {each.status_code for each in answers} == {200} and "RateLimit-Limit" not in answers[0]


def test_without_valkey_everybody_is_let_through(joined, token_of, client_for, settings, monkeypatch):
    token = token_of(joined)
    monkeypatch.setattr(settings, "VALKEY_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(valkey, "_silent_until", {})
    services.edit(joined.row, by=joined.huang, name="办案系统", per_minute=1)
    answers = [client_for("gx").get("/api/v1/me/", **bearer(token)) for _each in range(3)]
    assert {each.status_code for each in answers} == {200} and "RateLimit-Limit" not in answers[0]
    assert ask_token(client_for("gx"), joined).status_code == 200
    held = [line for seat, lines in traffic._held if seat == "gx" for line in lines]
    assert len(held) >= 3, "lines wait in the process"
    traffic._held.clear()


def test_what_is_asked_on_the_premises_has_a_budget_of_its_own():
    assert limits.is_on_site("/api/v1/sites/1/send/") and not limits.is_on_site("/api/v1/clues/")
    narrow = SimpleNamespace(per_minute=1)
    assert limits.limit_of(narrow, on_site=False) == 1 and limits.limit_of(narrow, on_site=True) >= 1000


# Other hosts ----------------------------------------------------------------------------------------------------------


def test_edge_6_a_key_at_another_bureau_is_refused_and_both_sides_hear(border, client_for, token_of, monkeypatch):
    """B-02, edge case 6: refused by name, in the trail of both, the administrators of both hear, once."""
    queued: list[tuple[list[str], str]] = []
    monkeypatch.setattr(tried_elsewhere, "apply_async", lambda args, seat: queued.append((args, seat)))
    with context.province("gx"):
        held = join()
    with context.province("gz"):
        there = join(code="gz")
    token = token_of(held)
    with context.province("gx"):
        _row, personal = make_token(user=held.chen, seat="gx", name="x")
    stranger = client_for("gz")
    for key in (token, token, personal, "czjc_gx_made-up"):
        answer = stranger.get("/api/v1/me/", **bearer(key))
        assert (answer.status_code, answer.json()["code"]) == (401, "token_of_another_host")
        assert answer.json()["data"] == {"host": "gx.testhost"}
    refused = ask_token(stranger, held)
    assert (refused.status_code, refused.json()["code"]) == (401, "token_of_another_host")
    with context.province("gz"):
        assert ForeignUse.objects.get(key_digest=digest_of(token)).tries == 2
        assert Trail.objects.filter(record_label="connections.foreignuse", verb="refused").count() == 4
        assert {row.user_id for row in Notice.objects.filter(code="key.foreign")} == {there.huang.pk, there.mo.pk}
        assert Notice.objects.filter(code="key.foreign").count() == 2, "told once for all of them"
    assert {seat for _args, seat in queued} == {"gx"} and not any(token in args for args, _seat in queued)
    with context.province("gx"):
        for args, _seat in queued:
            tried_elsewhere.run(*args)
        own = ForeignUse.objects.filter(own=True)
        assert own.count() == 3, "of a made-up key its supposed owner is not alarmed"
        assert own.get(key_digest=digest_of(token)).connection_id == held.row.pk
        told = Notice.objects.filter(code="key.foreign", user_id=held.mo.pk)
        assert told.exists() and told[0].urgent and str(held.row.pk) in {row.url.split("/")[2] for row in told}
        assert Trail.objects.filter(record_label="connections.foreignuse", verb="used_elsewhere").count() == 3
    page = client_for("gx", user=held.mo).get("/connections/").content.decode()
    assert "gz.testhost" in page and token not in page


# Idempotency ----------------------------------------------------------------------------------------------------------


def test_b_05_the_same_call_of_a_program_twice_at_once_makes_one_record(border, client_for, token_of):
    people.divisions()
    with context.province("gx"):
        held = join(scopes=["sites:read", "sites:write"])
        other, secret = services.make_client(
            held.row, by=held.huang, name="第二套", wanted=["sites:write"], unit=held.unit, roles=["officer"]
        )
        services.switch_client_on(other, by=held.mo)
    token, answers = token_of(held), []

    def call(key: str) -> None:
        answer = client_for("gx").post(
            "/api/v1/sites/",
            {"county_code": people.NANNING},
            content_type="application/json",
            HTTP_IDEMPOTENCY_KEY="same",
            **bearer(key),
        )
        answers.append((answer.status_code, answer.content))
        database.close()

    threads = [threading.Thread(target=call, args=(token,)) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {status for status, _body in answers} <= {201, 409}
    call(token)
    with context.province("gx"):
        assert Site.objects.count() == 1
        [visit] = Site.objects.all()
        assert visit.opened_by_id == held.client.user_id
    held.client, held.secret = other, secret
    call(token_of(held))
    with context.province("gx"):
        assert Site.objects.count() == 2, "another program's key of the same name is its own"
        traffic.write()
        assert Call.objects.filter(what="POST /api/v1/sites/").count() == 6


def test_json_that_is_nested_without_end_is_refused_and_no_fault_of_ours(joined, client_for):
    body = '{"name":' + "[" * 5000 + "]" * 5000 + "}"
    answer = client_for("gx", user=joined.huang).post("/api/v1/connections/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_of_a_secret_nothing_is_kept_and_a_file_is_handed_out_again(joined, client_for):
    """The same key again says that it is done; how the first answer read is nowhere in the tables."""
    huang = client_for("gx", user=joined.huang)
    here = f"/api/v1/connections/{joined.row.pk}/clients/{joined.client.pk}/secrets/"
    made = huang.post(here, {}, content_type="application/json", HTTP_IDEMPOTENCY_KEY="one")
    secret = made.json()["client_secret"]
    again = huang.post(here, {}, content_type="application/json", HTTP_IDEMPOTENCY_KEY="one")
    assert (made.status_code, again.status_code, again.json()["code"]) == (201, 409, "answer_shown_once")
    assert joined.client.secrets.count() == 2
    assert secret.encode() not in bytes(IdempotencyKey.objects.get(key="one").body)
    leader = User.objects.create_user("lead", name="韦某", unit=joined.unit)
    Post.objects.create(user=leader, unit=joined.unit, role=Post.Role.LEADER)
    parcel = parcels.write(joined.row, by=leader)
    call = client_for("gx", user=leader)
    for _ in range(2):
        file = call.post(
            f"/api/v1/parcels/{parcel.pk}/file/", content_type="application/json", HTTP_IDEMPOTENCY_KEY="two"
        )
        assert file.status_code == 200 and b"".join(file.streaming_content).startswith(b"PK")


# Description ----------------------------------------------------------------------------------------------------------


@OF_EACH_KIND
def test_the_description_names_the_scope_of_every_operation(kind):
    schema = schema_of(kind)
    scheme = schema["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]
    assert scheme["tokenUrl"] == "/identity/o/api/token"
    for address, methods in schema["paths"].items():
        for method, said in methods.items():
            part = address.split("/")[3]
            if not part or part == "schema":
                continue
            scope = f"{part}:{'read' if method == 'get' else 'write'}"
            assert said["x-scope"] == scope and scope in scheme["scopes"], (method, address)
            assert {"client": [scope]} in said["security"] and {"token": []} in said["security"], (method, address)
            assert "429" in said["responses"], (method, address)


def test_all_seats_of_programs_name_themselves_in_their_tokens(border, client_for):
    assert province_seat("gx").name == "gx"
    for host, seat in (("brands", "brands"), ("federation", "office")):
        answer = client_for(host).get("/api/v1/me/", **bearer("czjc_gx_something"))
        assert answer.json()["code"] == "token_of_another_host", seat
        assert client_for(host).post("/identity/o/api/token", {"grant_type": "authorization_code"}).status_code == 400
