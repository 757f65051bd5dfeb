from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.urls import path

from webui import nav
from webui.looks import SHAPES, VERDICT_LOOKS

NOW = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)


def draw(source, **context):
    return Template("{% load webui %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("due", "tone"),
    [
        (timedelta(minutes=30), "neutral"),
        (timedelta(minutes=4), "wait"),
        (timedelta(0), "seal"),
        (timedelta(minutes=-1), "seal"),
    ],
)
def test_a_clock_turns_red_only_when_the_answer_is_overdue(due, tone):
    html = draw("{% clock since=since due=due now=now %}", since=NOW - timedelta(minutes=5), due=NOW + due, now=NOW)
    assert f"tone-{tone}" in html


def test_a_stopped_clock_does_not_run_on():
    html = draw("{% clock since=since stopped=now now=now %}", since=NOW - timedelta(minutes=4), now=NOW)
    assert "用时 4 分钟" in html
    assert "data-" not in html


def test_a_clock_without_times_is_nothing():
    assert draw("{% clock %}") == ""


def test_every_state_has_a_shape_beside_its_word():
    for tone, shape in [*SHAPES.items(), *VERDICT_LOOKS.values()]:
        html = draw("{% chip word tone=tone shape=shape %}", word="已送达", tone=tone, shape=shape)
        assert f"#{shape}" in html and "已送达" in html


def test_words_of_others_are_escaped_in_a_chip():
    assert "<b>" not in draw("{% chip word %}", word="<b>x</b>")


def test_an_unknown_time_is_a_dash():
    assert "—" in draw("{% ago None %}")


def test_the_exact_time_is_reached_by_keyboard_unless_the_table_is_dense():
    assert 'tabindex="0"' in draw("{% ago when %}", when=NOW)
    assert "tabindex" not in draw("{% ago when focusable=False %}", when=NOW)


class PriceForm(forms.Form):
    price = forms.IntegerField(label="标价", help_text="人民币元", required=False)
    state = forms.ChoiceField(label="包装", choices=[("s", "未开封")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="现场拍摄")


class Attributes(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def test_help_and_error_of_a_field_are_tied_to_its_control():
    form = PriceForm({"price": "abc"})
    page = Attributes(draw("{% field form.price %}", form=form))
    control = page.all("input")[0]
    ids = {attrs["id"] for _tag, attrs in page.found if "id" in attrs}
    assert set(control["aria-describedby"].split()) == {"id_price_help", "id_price_error"} <= ids
    assert control["aria-invalid"] == "true"
    assert page.all("label")[0]["for"] == control["id"]


def test_a_group_of_choices_has_a_legend_and_a_box_has_its_label_around_it():
    page = Attributes(draw("{% field form.state %}{% field form.sure %}", form=PriceForm()))
    assert len(page.all("fieldset")) == len(page.all("legend")) == 1
    html = draw("{% field form.sure %}", form=PriceForm())
    assert html.index("<label") < html.index("<input") < html.index("</label>")


def nothing(request):
    raise AssertionError("never called")


urlpatterns = [path("", nothing, name="home"), path("clues/", nothing, name="clues")]


@pytest.fixture
def bars(monkeypatch):
    monkeypatch.setattr(nav, "_items", {})
    nav.register(nav.NavItem(area="phone", url_name="home", label="首页", icon="home", order=1))
    nav.register(nav.NavItem(area="phone", url_name="clues", label="线索", icon="list", order=2, count=lambda r: 3))
    nav.register(nav.NavItem(area="phone", url_name="not_there", label="现场", icon="place", order=3))
    nav.register(nav.NavItem(area="phone", url_name="clues", label="线索", icon="list", order=2, count=lambda r: 4))
    with override_settings(ROOT_URLCONF=_Urls):
        yield


class _Urls:
    urlpatterns = urlpatterns


def test_a_page_that_does_not_exist_is_not_offered(bars):
    entries = nav.items("phone", RequestFactory().get("/clues/7/"))
    assert [(e["label"], e["current"], e["count"]) for e in entries] == [("首页", False, 0), ("线索", True, 4)]


def test_home_is_here_only_on_its_own_page(bars):
    assert [e["current"] for e in nav.items("phone", RequestFactory().get("/"))] == [True, False]
    assert [e["current"] for e in nav.items("phone", RequestFactory().get("/other/"))] == [False, False]


def test_an_item_is_not_offered_to_whom_it_is_not_meant_for(bars):
    nav.register(nav.NavItem(area="desk", url_name="clues", label="线索", icon="list", allowed=lambda r: False))
    assert nav.items("desk", RequestFactory().get("/")) == []


def test_entries_of_a_group_stand_together_after_those_of_none_in_the_order_of_the_groups(bars, monkeypatch):
    monkeypatch.setattr(nav, "_groups", {})
    nav.register(nav.NavItem(area="phone", url_name="home", label="首页", icon="home", order=9))
    nav.group("phone", "线索工作", "clues")
    nav.group("phone", "其他", "home")
    assert [(e["label"], e["group"]) for e in nav.items("phone", RequestFactory().get("/"))] == [
        ("线索", "线索工作"), ("首页", "其他"),
    ]  # fmt: skip


def test_what_waits_is_told_with_its_age_and_nothing_is_told_of_what_does_not(bars):
    since = datetime(2026, 3, 2, tzinfo=UTC)
    nav.register(
        nav.NavItem(area="phone", url_name="clues", label="线索", icon="list", count=lambda r: 120,
                    waits="超期的线索", oldest=lambda r: since)
    )  # fmt: skip
    (line,) = nav.waiting("phone", RequestFactory().get("/"))
    assert (line.label, line.count, line.oldest_at, line.url) == ("超期的线索", 120, since, "/clues/")
