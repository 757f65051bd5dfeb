"""Rules that the templates, styles and modules keep among themselves."""

import json
import re
from pathlib import Path

import pytest
from webui import views

APP = Path(views.__file__).parent
STATIC = APP / "static"
MODULES = sorted((STATIC / "webui/js").glob("*.js"))
TEMPLATES = sorted((APP / "templates").rglob("*.html"))


def test_all_styles_together_stay_small():
    assert sum(path.stat().st_size for path in STATIC.rglob("*.css")) <= 25_000


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_stays_small(path):
    assert path.stat().st_size <= 8192


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_nothing_that_a_strict_policy_refuses_and_says_what_it_takes(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    head = re.sub(r"\{% extends [^%]*%\}", "", text).lstrip()
    assert head.startswith("{% comment %}")


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "webui/icons.svg").read_text()))
    named = set()
    for path in TEMPLATES:
        named |= set(re.findall(r'\{% icon "([^"]+)"', path.read_text(encoding="utf-8")))
    assert named and named <= drawn


def _imports(path):
    return {
        (path.parent / name).resolve()
        for name in re.findall(r"""(?:from |import\(|^import )["'](\./[^"']+)["']""", path.read_text(), re.M)
    }


def test_every_imported_module_exists_and_imports_make_no_circle():
    graph = {path: _imports(path) for path in MODULES}
    assert set().union(*graph.values()) <= set(MODULES)

    def walk(path, trail):
        assert path not in trail, [p.name for p in (*trail, path)]
        for child in graph[path]:
            walk(child, (*trail, path))

    for path in MODULES:
        walk(path, ())


def test_what_an_officer_needs_offline_is_kept_with_all_that_it_imports():
    kept = {(STATIC / name).resolve() for name in views.SHELL}
    assert all(path.exists() for path in kept)
    desk_only = {"viewer.js", "draw.js"}
    for path in kept:
        if path.suffix == ".js":
            assert {child for child in _imports(path) if child.name not in desk_only} <= kept


def test_the_worker_knows_its_release_its_files_and_the_offline_page(rf, settings):
    settings.ROOT_URLCONF = "webui_test_urls"
    head = views.service_worker(rf.get("/sw.js")).content.decode().split("/**")[0]
    values = dict(re.findall(r"const (\w+) = (.*);\n", head))
    assert re.fullmatch(r"[0-9a-f]{12}", json.loads(values["VERSION"]))
    assert len(json.loads(values["SHELL"])) == len(views.SHELL)
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
    for path in MODULES:
        for word in re.findall(r"""\b_\(["'](.*?)["'][,)]""", path.read_text(encoding="utf-8")):
            assert f'msgid "{word}"' in catalogue, (path.name, word)
