"""Whoever adds a model says what becomes of its rows in time (X-15)."""

from __future__ import annotations

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from retention import clearing
from retention.kinds import kept_for_ever, kinds, links, model_of
from retention.reach import roots


def test_every_model_belongs_to_a_kind_of_record_or_is_kept_for_ever_with_its_reason():
    belongs = {label for kind in kinds().values() for label in (kind.model, *kind.parts, *kind.carries)}
    kept = kept_for_ever()
    undeclared = [model._meta.label for model in apps.get_models() if model._meta.label not in belongs | set(kept)]
    assert undeclared == [], "say in the app's keeping.py what becomes of them"
    assert sorted(belongs & set(kept)) == []
    assert all(str(why) for why in kept.values())


def test_every_name_that_is_declared_exists():
    for kind in kinds().values():
        model_of(kind.model)._meta.get_field(kind.date_of)
        model_of(kind.model)._base_manager.filter(**kind.only)
        for label in (*kind.parts, *kind.carries):
            model_of(label)
        assert not kind.own_task or kind.default_days is not None
    for label in kept_for_ever():
        model_of(label)
    for link in links():
        model_of(link.model)._meta.get_field(link.column)
    assert len(kinds()) > 50 and len(roots()) > 40


def test_case_files_and_what_nobody_decided_on_are_kept_for_ever_by_default():
    assert kinds()["cases"].default_days is None
    short = {code for code, kind in kinds().items() if kind.default_days is not None and kind.is_case}
    assert short == set(), "no contents of cases go before a province has decided so"


def _plans(key: str) -> list[str]:
    """How the database answers each question of `clearing.is_used`, where it may walk through no table."""
    with CaptureQueriesContext(connection) as asked:
        assert not clearing.is_used(key)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        found = []
        for each in asked.captured_queries:
            cursor.execute(f"EXPLAIN {each['sql']}")
            found.append("\n".join(line for (line,) in cursor.fetchall()))
    return found


def test_what_grows_with_photos_is_asked_by_an_index_whether_it_names_a_file(gx):
    plans = "\n".join(_plans("gx/original/2026/11/0"))
    for index in ("exhibit_original", "exhibit_view", "exhibit_thumb", "grants_item_object"):
        assert index in plans


def test_so_is_what_grows_with_letters_at_the_brands(brands_seat):
    plans = "\n".join(_plans("org-0/letter/2026/11/0"))
    for index in ("letter_file_object", "notice_paper"):
        assert index in plans
