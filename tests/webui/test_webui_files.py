"""Rules that the templates, styles and modules keep among themselves."""

import json
import re
from pathlib import Path

import pytest
from django.test import RequestFactory, override_settings
from django.urls import include, path
from PIL import Image

from runtime.door import personas
from webui import kept, views
from webui.urls import shell

APP = Path(views.__file__).parent
STATIC = APP / "static"
MODULES = sorted((STATIC / "webui/js").glob("*.js"))
TEMPLATES = sorted((APP / "templates").rglob("*.html"))


def test_what_every_page_loads_of_styles_stays_small_and_so_does_each_other_sheet():
    everywhere = {"base.css", "tokens.css"}
    sizes = {file.name: file.stat().st_size for file in STATIC.rglob("*.css")}
    assert sum(sizes.pop(name) for name in everywhere) <= 21_700
    assert max(sizes.values()) <= 5_000


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.name)
def test_a_module_stays_small(file):
    assert file.stat().st_size <= 8192


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_holds_nothing_that_a_strict_policy_refuses_and_says_what_it_takes(file):
    text = file.read_text(encoding="utf-8")
    body = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.S)
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", body)
    assert not re.search(r"<script(?![^>]*\bsrc=)", body)
    head = re.sub(r"\{% extends [^%]*%\}", "", text).lstrip()
    assert head.startswith("{% comment %}")


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "webui/icons.svg").read_text()))
    named = set()
    for file in TEMPLATES:
        named |= set(re.findall(r'\{% icon "([^"]+)"', file.read_text(encoding="utf-8")))
    named |= {persona.icon for persona in personas.PERSONAS.values()}
    assert named and named <= drawn


def _imports(file):
    return {
        (file.parent / name).resolve()
        for name in re.findall(r"""(?:from |import\(|^import )["'](\./[^"']+)["']""", file.read_text(), re.M)
    }


def test_every_imported_module_exists_and_imports_make_no_circle():
    graph = {file: _imports(file) for file in MODULES}
    assert set().union(*graph.values()) <= set(MODULES)

    def walk(file, trail):
        assert file not in trail, [one.name for one in (*trail, file)]
        for child in graph[file]:
            walk(child, (*trail, file))

    for file in MODULES:
        walk(file, ())


def test_what_an_officer_needs_offline_is_kept_with_all_that_it_imports():
    kept = {(STATIC / name).resolve() for name in views.SHELL}
    assert all(file.exists() for file in kept)
    fetched_when_needed = {"viewer.js", "draw.js", "signature.js", "compare.js"}
    for file in kept:
        if file.suffix == ".js":
            assert {child for child in _imports(file) if child.name not in fetched_when_needed} <= kept


class _Shell:
    urlpatterns = [path("", include((shell, "webui")))]


@override_settings(ROOT_URLCONF=_Shell)
def test_the_worker_knows_its_release_its_files_and_the_offline_page():
    head = views.service_worker(RequestFactory().get("/sw.js")).content.decode().split("/**")[0]
    values = dict(re.findall(r"const (\w+) = (.*);\n", head))
    assert re.fullmatch(r"[0-9a-f]{12}", json.loads(values["VERSION"]))
    assert len(json.loads(values["SHELL"])) == len(views.SHELL) + len(kept.files())
    assert json.loads(values["KEPT"]) == ["/queue/"]
    assert json.loads(values["OFFLINE"]) == "/offline/"


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_every_word_has_its_english(name):
    text = (APP / f"locale/en/LC_MESSAGES/{name}.po").read_text(encoding="utf-8")
    entries = [block for block in text.split("\n\n")[1:] if block.strip()]
    assert len(entries) > 50
    for block in entries:
        assert "fuzzy" not in block, block
        assert not re.search(r'^msgstr(\[\d\])? ""$', block, re.M), block


def test_every_word_in_the_modules_is_in_the_catalogue():
    catalogue = (APP / "locale/en/LC_MESSAGES/djangojs.po").read_text(encoding="utf-8")
    for file in MODULES:
        for word in re.findall(r"""\b_\(["'](.*?)["'][,)]""", file.read_text(encoding="utf-8")):
            assert f'msgid "{word}"' in catalogue, (file.name, word)


def test_the_application_can_be_installed():
    told = json.loads(views.manifest(RequestFactory().get("/manifest.webmanifest")).content)
    assert told["name"] and told["short_name"] and told["lang"]
    assert (told["display"], told["start_url"], told["scope"], told["id"]) == ("standalone", "/", "/", "/")
    drawn = {(icon["sizes"], icon["purpose"]) for icon in told["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= drawn
    for icon in told["icons"]:
        if icon["type"] == "image/png":
            with Image.open(STATIC / icon["src"].removeprefix("/static/")) as picture:
                assert f"{picture.width}x{picture.height}" == icon["sizes"]
    # What matters of a maskable icon lies within four fifths of its width: beyond that is background alone.
    with Image.open(STATIC / "webui/img/icon-512.png") as picture:
        rim = picture.convert("RGB")
        ground = rim.getpixel((0, 0))
        away = [(x, y) for x in range(0, 512, 4) for y in range(0, 512, 4) if (x - 256) ** 2 + (y - 256) ** 2 > 205**2]
        assert all(rim.getpixel(at) == ground for at in away)


@override_settings(ROOT_URLCONF=_Shell)
def test_a_kept_page_names_nobody():
    request = RequestFactory().get("/queue/")
    request.user = type("Visitor", (), {"pk": "chen-of-nanning", "is_authenticated": True})()
    page = views.queue(request)
    assert b"chen-of-nanning" not in page.content and b"csrf" not in page.content
    assert b"data-kept" in page.content and not page.cookies
