"""Whoever adds a model says what becomes of its rows in time (X-15)."""

from __future__ import annotations

from django.apps import apps

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
