"""Places on a page that apps above fill."""

from __future__ import annotations

from django.template import Context, Template

from webui import slots


def test_a_place_shows_what_was_put_there_in_order_and_nothing_twice(monkeypatch):
    monkeypatch.setattr(slots, "_places", {})

    def first(request, *, asked):
        return slots.Piece("webui/_chip.html", {"label": f"<{asked}>", "tone": "good", "shape": "tick"})

    def silent(request, *, asked):
        return None

    def last(request, *, asked):
        return slots.Piece("webui/_chip.html", {"label": "后面", "tone": "wait", "shape": "clock"})

    slots.register("here", last, order=200, css=("a.css",))
    slots.register("here", silent)
    slots.register("here", first, order=1, css=("a.css", "b.css"), js=("c.js",))
    slots.register("here", first, order=1, css=("a.css", "b.css"), js=("c.js",))
    page = Template(
        '{% load webui %}{% slot "here" asked="问" %}{% slot_head "here" %}'
        '{% slot_scripts "here" %}{% slot "elsewhere" %}'
    )
    html = page.render(Context({}))
    assert html.count("&lt;问&gt;") == 1 and html.index("问") < html.index("后面")
    assert html.count("a.css") == 1 and html.count("b.css") == 1
    assert html.count('type="module"') == 1
