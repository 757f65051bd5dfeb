"""A record's life must be written without slips: a misspelt state would be a step that can never be taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model


def moves_are_whole(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Each model with MOVES has a `state` with choices, and each state named in MOVES is one of them."""
    wanted = apps.get_app_configs() if app_configs is None else app_configs
    return [message for config in wanted for model in config.get_models() for message in faults_of(model)]


def faults_of(model: type[Model]) -> Iterator[CheckMessage]:
    """What is wrong with one model's MOVES."""
    moves = getattr(model, "MOVES", None)
    if moves is None:
        return
    try:
        field = model._meta.get_field("state")
    except FieldDoesNotExist:
        field = None
    if not isinstance(field, Field):
        yield Error("has MOVES and no field `state`", obj=model, id="audit.E001")
        return
    choices = {value for value, _ in field.flatchoices}
    for verb, (sources, target) in moves.items():
        if strange := sorted({*sources, target} - choices):
            yield Error(f"step {verb!r} names unknown states: {', '.join(strange)}", obj=model, id="audit.E002")
        if not sources:
            yield Error(f"step {verb!r} leaves no state", obj=model, id="audit.E003")
