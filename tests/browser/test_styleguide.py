"""The shared pieces in a real Chromium: accessible, within the width, within a strict policy, and working."""

import base64
import hashlib

import pytest
from django.http import JsonResponse, StreamingHttpResponse
from django.urls import include, path
from harness import site as harness
from harness.looks import look_on_the_phone
from playwright.sync_api import expect

from runtime.browser import NODE_MODULES
from webui import signatures
from webui.urls import guide, shell

pytestmark = pytest.mark.browser
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'"
)
PAGES = ["", "phone/", "request/", "desk/", "camera/", "viewer/"]


class Visitor:
    """陈队长, as far as a page looks at her."""

    pk = "chen"
    is_authenticated = True


class Inbox:
    """What the sample upload address was given, and how it shall answer."""

    def __init__(self):
        self.taken = {}
        self.answers = []
        self.posts = 0


INBOX = Inbox()


def take(request, upload=""):
    """A very small upload server, tus 1.0: what stands here is told by INBOX."""
    INBOX.posts += 1
    status = INBOX.answers.pop(0) if INBOX.answers else 201
    if status >= 400:
        return JsonResponse({"code": "photo_refused", "detail": "这张照片打不开，请重拍。"}, status=status)
    if request.method == "POST":
        upload = f"u{INBOX.posts}"
        pairs = (pair.partition(" ") for pair in request.headers["Upload-Metadata"].split(","))
        said = {name: base64.b64decode(value).decode() for name, _space, value in pairs}
        INBOX.taken[upload] = {**said, "bytes": b"", "length": int(request.headers["Upload-Length"])}
    photo = INBOX.taken[upload]
    if request.method != "HEAD":
        photo["bytes"] += request.body
    sha256 = hashlib.sha256(photo["bytes"]).hexdigest()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": len(photo["bytes"]), "Location": f"/uploads/{upload}"}
    headers["Upload-Length"] = photo["length"]
    return JsonResponse({"photo_id": "p", "sha256": sha256, "thumb_url": ""}, status=status, headers=headers)


STREAMS = []


def ticket(request):
    return JsonResponse({"url": "/events/", "ticket": f"t{len(STREAMS)}", "cursor": "0"})


def events(request):
    """Each connection gets its own part of the story and is then cut."""
    parts = [(1, 2), (2, 3), ()]
    mine = parts[min(len(STREAMS), len(parts) - 1)]
    STREAMS.append(request.GET.dict())
    lines = [f'id: {n}\ndata: {{"topic": "request:7", "kind": "opinion", "data": {n}}}\n\n' for n in mine]
    if len(STREAMS) == 2:
        lines.append("event: reset\ndata: {}\n\n")
    return StreamingHttpResponse((line.encode() for line in lines), content_type="text/event-stream")


class Urls:
    urlpatterns = [
        path("uploads/", take),
        path("uploads/<str:upload>", take),
        path("ticket/", ticket),
        path("events/", events),
        path("", include((shell + guide, "webui"))),
        path("i18n/", include("django.conf.urls.i18n")),
    ]


class Seen:
    """Middleware: a visitor who is signed in, and the policy that the product sends."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user = Visitor()
        response = self.get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response


@pytest.fixture(scope="module")
def address():
    openseadragon = NODE_MODULES / "openseadragon" / "build" / "openseadragon"
    with harness.web(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=Urls,
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        STATICFILES_DIRS=[
            ("vendor/openseadragon", openseadragon),
            ("vendor/tus", NODE_MODULES / "tus-js-client" / "dist"),
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            f"{__name__}.Seen",
        ],
    ) as port:
        yield f"http://gx.localhost:{port}"


@pytest.fixture(scope="module")
def chromium():
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with harness.chromium(*camera) as browser:
        yield browser


@pytest.fixture
def open_page(chromium, address):
    """`open_page("camera/", width=360)`: a fresh visitor's page; a complaint of the console fails the test."""
    INBOX.__init__()
    contexts, complaints = [], []

    def visit(name, *, width=360, theme="light", expect=()):
        context = chromium.new_context(
            viewport={"width": width, "height": 780}, color_scheme=theme, locale="zh-CN", service_workers="block"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: (
                complaints.append(line.text)
                if line.type == "error" and not any(word in line.text for word in ("status of", *expect))
                else None
            ),
        )
        page.goto(f"{address}/styleguide/{name}")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


@look_on_the_phone
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_its_width(open_page, name, width, theme):
    page = open_page(name, width=width, theme=theme)
    if name == "camera/":
        page.wait_for_selector("[data-camera=on]")
    if name == "viewer/":
        page.wait_for_selector(".viewer-box")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert harness.violations(page) == []


def until(page, script, arg=None):
    """Wait for `script` to hold. Playwright's own wait uses `eval`, which the policy of the page refuses."""
    for _try in range(harness.PATIENCE_MS // 100):
        if page.evaluate(script, arg):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not within {harness.PATIENCE_MS} ms: {script}")


def shoot(page):
    """Press the shutter once the camera runs; a poor picture of the test camera is kept with its reason."""
    page.wait_for_selector("[data-camera=on]")
    before = page.locator(".thumb:not([data-state=open])").count()
    page.locator("[data-role=shutter]:enabled").click()
    until(
        page,
        """before => document.querySelectorAll(".thumb:not([data-state=open])").length > before
           || !document.querySelector("[data-role=review]").hidden""",
        arg=before,
    )
    if page.locator("[data-role=keep]").is_visible():
        page.get_by_role("button", name="写明原因并保留").click()
    until(page, """before => document.querySelectorAll(".thumb:not([data-state=open])").length > before""", arg=before)


def test_a_photo_arrives_as_the_bytes_that_were_hashed_at_the_shutter(open_page):
    page = open_page("camera/")
    shoot(page)
    page.wait_for_selector(".thumb[data-state=sent]")
    (photo,) = INBOX.taken.values()
    assert photo["sha256"] == hashlib.sha256(photo["bytes"]).hexdigest()
    assert (photo["shot_code"], photo["source"]) == ("front", "camera")
    assert page.locator("[data-role=name]").inner_text() == "背标"


def test_a_photo_taken_without_a_signal_is_kept_and_sent_once_later(open_page):
    page = open_page("camera/", expect=("ERR_INTERNET_DISCONNECTED",))
    page.wait_for_selector("[data-camera=on]")
    page.context.set_offline(True)
    shoot(page)
    until(page, "document.querySelector('[data-queue]').textContent.includes('1 张待发送')")
    assert INBOX.taken == {}
    page.context.set_offline(False)
    page.wait_for_selector(".thumb[data-state=sent]")
    assert len(INBOX.taken) == 1


def test_a_photo_that_met_a_broken_server_goes_out_from_the_next_page_under_the_same_key(open_page, address):
    page = open_page("camera/")
    INBOX.answers = [503] * 50
    shoot(page)
    until(page, "document.querySelector('[data-queue]').textContent.includes('请稍后再试')")
    INBOX.answers = []
    with page.expect_response(lambda answer: "/uploads/" in answer.url and answer.ok):
        page.goto(f"{address}/styleguide/phone/")
    until(page, "document.querySelector('[data-queue]').hidden")
    assert len(INBOX.taken) == 1
    assert INBOX.posts >= 2


def test_a_refused_photo_says_what_to_do_and_can_be_taken_again(open_page):
    page = open_page("camera/")
    INBOX.answers = [422]
    shoot(page)
    page.wait_for_selector(".thumb[data-state=refused]")
    page.locator(".thumb[data-state=refused]").click()
    assert page.locator("[data-role=hint]").inner_text() == "这张照片打不开，请重拍。"
    shoot_again = page.locator("[data-role=shutter]")
    shoot_again.click()
    until(
        page,
        "!document.querySelector('[data-role=review]').hidden || document.querySelector('.thumb[data-state=sent]')",
    )
    if page.locator("[data-role=keep]").is_visible():
        page.get_by_role("button", name="写明原因并保留").click()
    page.wait_for_selector(".thumb[data-state=sent]")
    assert len(INBOX.taken) == 1


@pytest.mark.parametrize(
    ("fill", "problem"), [("#080808", "dark"), ("#ffffff", "glare"), ("#808080", "code"), ("small", "small")]
)
def test_a_poor_photo_is_told_by_its_fault(open_page, fill, problem):
    page = open_page("camera/")
    found = page.evaluate(
        """async fill => {
          const { inspect } = await import("/static/webui/js/quality.js");
          const size = fill === "small" ? 300 : 1200;
          const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
          const pen = canvas.getContext("2d");
          pen.fillStyle = fill === "small" ? "#808080" : fill;
          pen.fillRect(0, 0, size, size);
          return inspect(canvas, { name: "喷码" });
        }""",
        fill,
    )
    assert found["problem"] == problem
    assert "喷码" in found["sentence"]


def test_events_are_handled_once_across_a_lost_connection_and_a_gap_is_told(open_page):
    STREAMS.clear()
    page = open_page("desk/")
    page.evaluate(
        """async () => {
          const { connect } = await import("/static/webui/js/live.js");
          window.got = []; window.resets = 0; window.states = [];
          window.line = connect({ ticketUrl: "/ticket/", onEvent: (e) => got.push(e.id), onReset: () => { resets++; },
            onState: (s) => states.push(s) });
        }"""
    )
    until(page, "window.resets >= 1 && window.got.length >= 3")
    until(page, "window.states.includes('waiting')")
    assert page.evaluate("got") == ["1", "2", "3"]
    assert [one["after"] for one in STREAMS[:2]] == ["0", "2"]
    assert STREAMS[0]["ticket"] != STREAMS[1]["ticket"]
    page.evaluate("line.close()")


def test_an_island_that_is_renewed_keeps_what_is_being_typed(open_page):
    page = open_page("desk/")
    kept = page.evaluate(
        """async () => {
          const { swap } = await import("/static/webui/js/swap.js");
          const main = document.getElementById("main");
          main.innerHTML = '<section id="isle"><p>old</p><textarea id="words"></textarea></section>';
          const field = document.getElementById("words");
          field.focus(); field.value = "批号 1187"; field.setSelectionRange(2, 2);
          const fresh = '<section id="isle"><p>new</p><textarea id="words"></textarea></section>';
          swap(document.getElementById("isle"), fresh);
          const now = document.getElementById("words");
          const text = document.querySelector("#isle p").textContent;
          return [text, now.value, document.activeElement === now, now.selectionStart];
        }"""
    )
    assert kept == ["new", "批号 1187", True, 2]


def test_whoever_goes_by_keys_stays_at_the_link_or_button_they_had_reached(open_page):
    """A list that is renewed with one row more above: nobody is thrown back to the top of the page."""
    page = open_page("desk/")
    row = """(n) => `<article><a href="/hints/${n}/">对比</a><a href="/hints/${n}/">图</a>
      <form action="/hints/${n}/decide/"><button name="answer" value="accept">采纳</button>
      <button name="answer" value="reject">不像</button></form></article>`"""
    reached = page.evaluate(
        f"""async () => {{
          const {{ swap }} = await import("/static/webui/js/swap.js");
          const row = {row}, rows = (...all) => '<section id="isle">' + all.map(row).join("") + "</section>";
          document.getElementById("main").innerHTML = rows(1, 2);
          const isle = document.getElementById("isle"), told = [];
          for (const wanted of ["article:nth-child(2) a:last-of-type", "article:nth-child(2) [value=reject]"]) {{
            swap(isle, rows(1, 2));
            isle.querySelector(wanted).focus();
            swap(isle, rows(3, 1, 2));
            const at = document.activeElement;
            told.push([at.textContent, at.getAttribute("href") ?? at.form.getAttribute("action"), isle.contains(at)]);
          }}
          swap(isle, rows(3));
          return [...told, document.activeElement === document.body];
        }}"""
    )
    assert reached == [["图", "/hints/2/", True], ["不像", "/hints/2/decide/", True], True]


@pytest.mark.parametrize(
    "button",
    [
        "<button data-claim>领取</button>",
        "<a href='#'>领取</a>",
        "<form action='/claim/'><input type='hidden' name='row' value='${n}'><button name='step'>领取</button></form>",
    ],
    ids=["of a script", "of a script, as a link", "of a form for each row"],
)
def test_nobody_is_moved_to_the_button_of_another_row(open_page, button):
    """The reached row is gone, others with the same button have come: the next key must not claim one of those."""
    page = open_page("desk/")
    assert page.evaluate(
        f"""async () => {{
          const {{ swap }} = await import("/static/webui/js/swap.js");
          const row = (n) => `<article>{button}</article>`;
          const rows = (...all) => '<section id="isle">' + all.map(row).join("") + "</section>";
          document.getElementById("main").innerHTML = rows(1, 2);
          const isle = document.getElementById("isle");
          isle.querySelector("article:nth-child(2) :is(a, button)").focus();
          const was = document.activeElement.textContent;
          swap(isle, rows(3, 1));
          return [was, document.activeElement === document.body];
        }}"""
    ) == ["领取", True]


def test_a_double_click_sends_once(open_page, address):
    page = open_page("")
    sent = []
    page.route("**/chat-of-test/", lambda route: (sent.append(route.request.post_data), route.abort()))
    page.evaluate("document.querySelector('form.compose').action = '/chat-of-test/'")
    page.fill("#chat-text", "在吗")
    with page.expect_event("requestfailed"):
        page.evaluate("const b = document.querySelector('form.compose button'); b.click(); b.click();")
    assert len(sent) == 1
    assert "idempotency_key" in sent[0]


def test_text_sent_into_an_ended_session_is_there_again_after_sign_in(open_page, address):
    page = open_page("")
    page.route(
        "**/styleguide/?gone",
        lambda route: route.fulfill(
            content_type="text/html",
            body='<!doctype html><html data-page="sign-in"><body><script type="module" src="/static/webui/js/page.js">'
            "</script></body></html>",
        ),
    )
    page.evaluate("document.querySelector('form.compose').action = '/styleguide/?gone'")
    page.fill("#chat-text", "外箱编号在侧面")
    page.locator("form.compose button").click()
    page.wait_for_url("**/?gone")
    page.goto(f"{address}/styleguide/")
    until(page, "document.getElementById('chat-text').value === '外箱编号在侧面'")


def test_keys_move_over_the_rows_and_do_nothing_while_typing(open_page):
    page = open_page("desk/", width=1440)
    harness.awake(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 2
    page.keyboard.press("?")
    assert "认领" in page.locator("dialog").inner_text()
    page.keyboard.press("Escape")
    page.evaluate("document.getElementById('main').insertAdjacentHTML('beforeend', '<input id=typed>')")
    page.focus("#typed")
    page.keyboard.type("jc?")
    assert page.input_value("#typed") == "jc?"
    assert page.locator("dialog").count() == 0


def test_the_chosen_theme_stays_without_a_cookie_and_shows_at_once(open_page, address):
    page = open_page("")
    page.locator("[data-theme-switch]").click()
    page.goto(f"{address}/styleguide/desk/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert "theme" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_drawn_box_is_told_in_parts_of_the_image_also_when_it_is_turned(open_page):
    page = open_page("viewer/", width=1440)
    page.wait_for_selector(".viewer-box")
    boxes = []
    for turn in (False, True):
        if turn:
            page.locator("[data-act=rotate]").click()  # it still turns when drawing begins
        page.locator("[data-act=draw]").click()
        harness.drag(page.locator('[data-pane="photo"]'), (-40, -20), (40, 20))
        names = ("x", "y", "w", "h")
        boxes.append({name: float(page.input_value(f"[data-box-form] [name={name}]")) for name in names})
    for box in boxes:
        assert abs(box["x"] + box["w"] / 2 - 0.5) < 0.02
        assert abs(box["y"] + box["h"] / 2 - 0.5) < 0.02
    # The picture is 3 by 4: what is wide on the upright image is tall on the turned one.
    assert boxes[0]["w"] > boxes[0]["h"] and boxes[1]["w"] < boxes[1]["h"]


def test_nothing_can_be_drawn_before_the_picture_is_there(open_page):
    page = open_page("viewer/", width=1440)
    picture = page.locator("[data-viewer]").get_attribute("data-image")
    held = []
    page.route(f"**{picture}", lambda asked: held.append(asked))
    page.reload(wait_until="commit")
    while not held:  # asked for in a moment, or never: then the test's own limit ends it
        page.wait_for_timeout(50)
    expect(page.locator("[data-act=draw]")).to_be_disabled()
    page.keyboard.press("b")
    expect(page.locator(".viewer-draw")).to_be_hidden()
    page.route(f"**{picture}", lambda asked: asked.continue_())
    for asked in held:
        asked.continue_()
    expect(page.locator("[data-act=draw]")).to_be_enabled()


def test_a_button_that_needs_a_script_is_off_until_the_script_runs(open_page):
    page = open_page("viewer/", width=1440)
    held = []
    page.route("**/js/viewer.js", lambda asked: held.append(asked))
    page.reload()
    button = page.locator("[data-act=rotate]")
    taps = "button => getComputedStyle(button).pointerEvents"
    assert button.evaluate(taps) == "none"
    while not held:  # asked for in a moment, or never: then the test's own limit ends it
        page.wait_for_timeout(50)
    held.pop().continue_()
    harness.awake(page)
    assert button.evaluate(taps) == "auto"


def test_a_signature_on_glass_arrives_as_ink_strokes_and_their_digest(open_page):
    page = open_page("")
    glass = page.locator("[data-signature=party] canvas")
    glass.wait_for()
    page.get_by_role("button", name="保存").last.click()
    assert "还没有签名" in page.locator("[data-signature=party]").inner_text()
    for row in (-40, 0):
        harness.drag(glass, (-90, row), (80, row + 40))
    until(page, "document.querySelector('[name=party_sha256]').value")
    sent = {f"party_{end}": page.locator(f"[name=party_{end}]").input_value() for end in ("png", "strokes", "sha256")}
    signed = signatures.read(sent, "party", signs=hashlib.sha256(b"test").hexdigest())
    assert signed.points > 20
    assert signed.record_sha256 == sent["party_sha256"]
    page.get_by_role("button", name="清空重签").click()
    assert page.locator("[name=party_png]").input_value() == ""
