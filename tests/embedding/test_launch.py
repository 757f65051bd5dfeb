"""Opened from the case system by a signed link (B-01, B-06): who is let in, who is refused and why."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from harness.case_system import HERE, MACHINE, ORIGIN, join

from accounts.models import Post, User
from appraisal.requests import services as requests
from appraisal.requests.models import AppraisalRequest
from audit.models import Trail
from connections import services as connections
from connections import traffic
from connections.models import Call, Connection
from kernel import clock
from provinces import context
from tenants.embedding import keys
from tenants.embedding.errors import REFUSALS
from tenants.embedding.models import Launch, LaunchKey, Matter

GOODS = [{"brand": "云上坡", "name": "十年", "quantity": "12", "unit": "瓶", "price_yuan": "899"}]


def open_with(browser, token: str, **headers):
    return browser.get("/launch/", {"token": token}, headers=headers)


def code_of(answer) -> str:
    """The code a refusal shows."""
    text = unescape(answer.content.decode())
    return next((code for code in REFUSALS if re.search(rf"· {code}[ <]", text)), text[:300])


def test_a_signed_link_leads_to_the_camera_with_nothing_typed_and_the_same_trail(world, browser, client_for):
    """B-01, B-06: site, goods and case number are there; the trail is the front door's, and names the way in."""
    gone = open_with(browser, world.system.token(goods=GOODS))
    assert gone.status_code == 302, gone.content.decode()[:2000]
    assert "token" not in gone["Location"] and gone["Referrer-Policy"] == "no-referrer"
    page = browser.get(gone["Location"])
    assert page.status_code == 200 and "/capture/" in gone["Location"]
    shown = page.content.decode()
    assert "桂市监案〔2026〕12号" in shown and "经 南宁办案系统" in shown
    assert "/embedded/" in shown.split("data-upload-url")[0] or "/embedded/" in shown
    with context.province("gx"):
        asked, matter = AppraisalRequest.objects.get(), Matter.objects.get()
        item = asked.items.get()
        assert (item.quantity, item.quantity_unit, item.product_name) == (12, "瓶", "十年")
        assert asked.site.county_code == "450103" and "民族大道" in asked.site.place and asked.officer == world.chen
        # The same steps at the front door leave the same lines, but for the way in.
        before = set(Trail.objects.values_list("pk", flat=True))
    assert (
        browser.post(f"/embedded/{matter.pk}/requests/{asked.pk}/cancel/", {"reason": "当事人已承认"}).status_code
        == 302
    )
    with context.province("gx"):
        through = Trail.objects.exclude(pk__in=before).filter(record_label="requests.appraisalrequest").get()
        site = requests.open_site(by=world.chen, place=requests.Place(county_code="450103"))
        other = requests.add_unlisted(by=world.chen, site=site, brand_name="云上坡").request
    assert (
        client_for("gx", user=world.chen).post(f"/requests/{other.pk}/cancel/", {"reason": "当事人已承认"}).status_code
        == 302
    )
    with context.province("gx"):
        plain = Trail.objects.get(record_id=other.pk, verb="cancel")
        same = ("verb", "from_state", "to_state", "by_id", "by_name", "why", "record_label")
        assert [getattr(through, name) for name in same] == [getattr(plain, name) for name in same]
        assert through.data == {**plain.data, "through": "南宁办案系统"}
        line = Launch.objects.get()
        assert (line.code, line.officer_id, line.matter_id) == ("", world.chen.pk, matter.pk)


def test_every_other_token_is_refused_by_its_own_code_and_noted_without_the_token(world, browser):
    """Expired, replayed, foreign and tampered launches; B-01."""
    system = world.system
    stranger, curve = Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    now = int(clock.now().timestamp())
    good = system.token()
    head, body, tail = good.split(".")
    _other = system.token(case={"number": "别的案号"}).split(".")[1]
    tokens = {
        "launch_token_missing": [""],
        "launch_token_unreadable": ["x", "a.b.c", "é" * 10, good[:40], "x" * 20_000],
        "launch_algorithm": [
            system.sign(system.claims(), key="s" * 40, alg="HS256"),
            system.sign(system.claims(), key="", alg="none"),
        ],
        "launch_unknown_issuer": [system.token(iss="czj-gd-00000000000000000000"), system.token(iss=None)],
        "launch_unknown_key": [system.token(kid="k2"), system.token(kid=""), system.token(key=curve, alg="ES256")],
        "launch_bad_signature": [system.token(key=stranger), f"{head}.{_other}.{tail}", f"{head}.{body}.{'A' * 86}"],
        "launch_other_host": [system.token(aud="http://gd.testhost"), system.token(aud=None), system.token(aud=[HERE])],
        "launch_expired": [system.token(ago=4000)],
        "launch_not_yet": [system.token(ago=-4000)],
        "launch_too_long": [system.token(exp=now + 3600), system.token(exp=now - 10)],
        "launch_claims": [
            system.token(iat=None), system.token(exp="soon"), system.token(jti=None), system.token(case=None, sub=None),
            system.token(target="payment"), system.token(case={"number": ""}), system.token(case={"kind": "crime"}),
            system.token(photos=[{"url": "http://x/", "sha256": "zz"}]), system.token(case={"title": "x" * 500}),
        ],
        "launch_other_unit": [system.token(unit="450000-9")],
        "launch_officer_unknown": [system.token(sub="nobody")],
    }  # fmt: skip
    found = {code: [code_of(open_with(browser, each)) for each in several] for code, several in tokens.items()}
    assert found == {code: [code] * len(several) for code, several in tokens.items()}
    assert open_with(browser, good).status_code == 302
    assert code_of(open_with(browser, good)) == "launch_replayed"
    with context.province("gx"):
        traffic.write()
        calls = list(Call.objects.filter(connection_id=system.connection.pk, what="launch"))
        noted = {call.code for call in calls if not call.ok}
        nobodys = {"launch_token_missing", "launch_token_unreadable", "launch_algorithm", "launch_unknown_issuer"}
        assert noted == {*tokens, "launch_replayed"} - nobodys
        kept = " ".join(f"{call.payload} {call.reference}" for call in calls)
        assert not any(part in kept for part in (tail, body, good[:60]))
        assert Matter.objects.count() == 1


def test_a_clock_within_the_connections_window_is_let_in_and_the_log_says_how_far_it_is_off(world, browser):
    """Edge case 8: twenty minutes off, refused with 300 seconds, let in with 1500."""
    assert code_of(open_with(browser, world.system.token(ago=-1200))) == "launch_not_yet"
    assert code_of(open_with(browser, world.system.token(ago=1200))) == "launch_expired"
    with context.province("gx"):
        Connection.objects.update(clock_window_s=1500)
    for ago in (-1200, 1200):
        assert open_with(browser, world.system.token(ago=ago)).status_code == 302
    with context.province("gx"):
        skews = sorted(Launch.objects.filter(code="").values_list("skew_s", flat=True))
        assert abs(skews[0] + 1200) <= 5 and abs(skews[1] - 1200) <= 5
        traffic.write()
        refused = Call.objects.filter(code="launch_not_yet").get()
        assert abs(refused.payload["clock_ahead_s"] - 1200) <= 5


def test_only_exactly_one_active_officer_comes_in_and_no_account_is_made(world, browser):
    """Edge case 4: unknown, two, suspended, or an administrator: refused with a plain reason."""
    with context.province("gx"):
        User.objects.filter(pk=world.chen.pk).update(officer_cert_no="桂A00001", phone="+8613800000001")
        User.objects.create_user("13800000001", name="同号", unit=world.chen.unit)
        gone = User.objects.create_user("gone", name="已停", unit=world.chen.unit, is_active=False)
        Post.objects.create(user=gone, unit=world.chen.unit, role="officer")
        people_before = User.objects.count()
    said = {name: code_of(open_with(browser, world.system.token(sub=name))) for name in
            ("nobody", "13800000001", "gone", world.bureau.huang.username)}  # fmt: skip
    assert list(said.values()) == [
        "launch_officer_unknown", "launch_officer_two", "launch_officer_suspended", "launch_not_an_officer",
    ]  # fmt: skip
    for name in ("CHEN", "桂A00001"):
        assert open_with(browser, world.system.token(sub=name)).status_code == 302
    with context.province("gx"):
        assert User.objects.count() == people_before


def test_a_launch_session_is_its_matters_alone_and_ends_with_the_connection(world, browser, client_for):
    """B-06; G13's promise within one host: matter, front door and connection."""
    first = open_with(browser, world.system.token())["Location"]
    cookie = browser.cookies["embedded"].value
    second = open_with(browser, world.system.token("另一案"))["Location"]
    assert first.split("/")[2] != second.split("/")[2] and browser.get(second).status_code == 200
    browser.cookies["embedded"] = cookie
    assert browser.get(first).status_code == 200
    assert browser.get(second).status_code == 401, "a session of one matter opened another"
    door = client_for("gx")
    door.cookies["session"] = cookie
    assert door.get("/requests/").status_code == 302, "a session of a matter was taken at the front door"
    mine = client_for("gx", user=world.chen)
    front = mine.cookies["session"].value
    browser.cookies["embedded"] = front
    assert browser.get(first).status_code == 401, "the front door's session was taken for a matter"
    assert open_with(mine, world.system.token("再一案")).status_code == 302
    assert mine.cookies["session"].value == front and mine.get("/requests/").status_code == 200
    browser.cookies["embedded"] = cookie
    sign_in = browser.get(f"{'/'.join(first.split('/')[:3])}/accounts/login/")
    assert sign_in.status_code == 401 and "password" not in sign_in.content.decode(), "a password is asked in a frame"
    with context.province("gx"):
        connections.switch_off(Connection.objects.get(), by=MACHINE, why="停用")
    assert browser.get(first).status_code == 401
    assert code_of(open_with(browser, world.system.token())) == "launch_unknown_issuer"


def test_only_the_connections_origins_may_frame_and_only_its_pages(world, browser):
    """A host that frames us without leave gets nothing; all other pages stay closed to frames."""
    framed = {"Sec-Fetch-Dest": "iframe"}
    gone = open_with(browser, world.system.token(origin=ORIGIN), **framed)
    page = browser.get(gone["Location"])
    assert f"frame-ancestors {ORIGIN}" in page["Content-Security-Policy"] and "X-Frame-Options" not in page
    assert "window=" in gone["Location"] and "Partitioned" in gone.cookies["embedded"].OutputString()
    assert gone.cookies["embedded"]["samesite"] == "None" and gone.cookies["embedded"]["secure"]
    assert 'class="bottom"' not in page.content.decode() and 'name="embedded-origin"' in page.content.decode()
    for origin in ("http://evil.testhost", "http://cases.testhost.evil", "http://cases.testhost:81"):
        refused = open_with(browser, world.system.token(origin=origin), **framed)
        assert code_of(refused) == "launch_origin" and "evil" not in refused["Content-Security-Policy"]
    for path in ("/accounts/login/", "/launch/"):
        other = browser.get(path)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"] and other["X-Frame-Options"] == "DENY"
    own = open_with(browser, world.system.token("深链"), **{"Sec-Fetch-Dest": "document"})
    page = browser.get(own["Location"])
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"] and page["X-Frame-Options"] == "DENY"
    assert own.cookies["embedded"]["samesite"] == "Lax" and 'class="bottom"' in page.content.decode()


def test_forms_work_in_the_frame_without_any_cookie_but_its_own(world, client_for):
    """CSRF: the token's secret lies in the session; without it a post is refused."""
    browser = client_for("gx", enforce_csrf_checks=True)
    gone = open_with(browser, world.system.token(origin=ORIGIN), **{"Sec-Fetch-Dest": "iframe"})
    assert set(gone.cookies) == {"embedded"}, f"more cookies than the frame can keep: {set(gone.cookies)}"
    page = browser.get(gone["Location"])
    token = page.content.decode().split('name="csrf-token" content="')[1].split('"')[0]
    matter = gone["Location"].split("/")[2]
    at = f"/embedded/{matter}/matters/{matter}/rename/"
    assert browser.post(at, {"number": "新号"}).status_code == 403
    done = browser.post(at, {"number": "新号", "csrfmiddlewaretoken": token}, headers={"Origin": HERE})
    assert done.status_code == 302 and set(browser.cookies) == {"embedded"}
    # What a page says without its prefix (a notice's link, a script's constant) is led back into the frame.
    back = browser.get("/requests/?q=1", headers={"Referer": f"{HERE}/embedded/{matter}/check/"})
    assert (back.status_code, back["Location"]) == (307, f"/embedded/{matter}/requests/?q=1")
    assert browser.get("/requests/", headers={"Referer": "http://evil.testhost/embedded/"}).status_code == 302


def test_without_cookies_the_frame_says_so_and_a_window_of_its_own_works_once(world, browser, client_for):
    """Edge case 10: third-party cookies refused, or an old in-house browser."""
    gone = open_with(browser, world.system.token(origin=ORIGIN), **{"Sec-Fetch-Dest": "iframe"})
    bare = client_for("gx")
    said = bare.get(gone["Location"])
    assert said.status_code == 401 and f"frame-ancestors {ORIGIN}" in said["Content-Security-Policy"]
    assert "第三方 Cookie" in said.content.decode() and "X-Frame-Options" not in said
    ticket = said.content.decode().split('name="ticket" value="')[1].split('"')[0]
    elsewhere = client_for("gd").post("/launch/window/", {"ticket": ticket})
    opened = bare.post("/launch/window/", {"ticket": ticket})
    assert elsewhere.status_code == 403 and opened.status_code == 302
    assert bare.get(opened["Location"]).status_code == 200
    assert code_of(bare.post("/launch/window/", {"ticket": ticket})) == "launch_other_browser"
    again = open_with(browser, world.system.token("又一案", origin=ORIGIN), **{"Sec-Fetch-Dest": "iframe"})["Location"]
    assert browser.get(again).status_code == 200  # the cookie came: the ticket is over
    unused = again.split("window=")[1]
    assert code_of(client_for("gx").post("/launch/window/", {"ticket": unused})) == "launch_other_browser"


def test_keys_change_over_and_a_private_key_is_never_kept(world, browser, client_for):
    """Two keys are good at once; one that ended is refused; what is pasted wrongly says what to do."""
    system, huang = world.system, client_for("gx", user=world.bureau.huang)
    at = f"/connections/{system.connection.pk}/launch/"
    old, new = system.private, Ed25519PrivateKey.generate()
    system.private = new
    assert huang.post(f"{at}keys/", {"key": system.pem, "kid": "k2"}).status_code == 302
    assert open_with(browser, system.token(kid="k2")).status_code == 302
    assert open_with(browser, system.token(key=old, kid="k1")).status_code == 302
    with context.province("gx"):
        k1 = LaunchKey.objects.get(kid="k1")
        LaunchKey.objects.filter(pk=k1.pk).update(until=clock.now() - dt.timedelta(seconds=1))
    assert code_of(open_with(browser, system.token(key=old, kid="k1"))) == "launch_unknown_key"
    assert huang.post(f"{at}keys/{k1.pk}/end/", {}).status_code == 302
    secret = "-----BEGIN PRIVATE " + "KEY-----\nabc\n-----END PRIVATE " + "KEY-----"
    for text, words in ((secret, "私钥"), ("{}", "公钥"), ("hello", "公钥"), ('{"a":' * 3000, "公钥")):
        huang.post(f"{at}keys/", {"key": text, "kid": "k3"})
        assert words in huang.get(at).content.decode()
    page = huang.get(at).content.decode()
    assert "launch_unknown_key" in page and "k2" in page and system.client_id in page
    assert client_for("gx", user=world.chen).get(at).status_code == 404
    with context.province("gx"):
        assert LaunchKey.objects.count() == 2
        row = keys.set_address(connection_id=system.connection.pk, url="http://127.0.0.1:64999/jwks", by=MACHINE)
        assert row is not None and keys.read_address(row) == 0 and row.problem == "address_silent"


def test_another_system_of_the_same_bureau_cannot_use_the_first_ones_matter(world, browser):
    """The same case number of two systems is two matters."""
    assert open_with(browser, world.system.token()).status_code == 302
    with context.province("gx"):
        second = join("桂林办案系统", by=world.chen)
    assert open_with(browser, second.token()).status_code == 302
    assert code_of(open_with(browser, second.token(iss=world.system.client_id))) == "launch_bad_signature"
    with context.province("gx"):
        assert Matter.objects.filter(state="active").count() == 2
