"""Reading what programs send: a value has the type that the description says, nothing is guessed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.relations import PKOnlyObject
from rest_framework.request import Request

MOST_NAMED = 20
# Before 1901 Shanghai's offset has seconds, which RFC 3339 cannot write.
_OUT_OF_TIME = _("时间要在 1970 年至 2199 年之间。")
_Row = TypeVar("_Row", bound=Model)
_Serializer = TypeVar("_Serializer", bound=serializers.BaseSerializer[Any])
_TEXT = (serializers.CharField, serializers.UUIDField, serializers.ChoiceField, serializers.DecimalField)


class Fields(serializers.Serializer[Any]):
    """Base of every body that is read. In JSON, `"5"` is no number and `5` no text; forms know text alone.

    Decimal numbers are text, as they are written out: no digit is lost on the way.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and not hasattr(data, "getlist"):
            wrong = {
                name: [_wrong(field)]
                for name, field in self.fields.items()
                if name in data and data[name] is not None and not _fits(field, data[name])
            }
            if wrong:
                raise serializers.ValidationError(wrong)
        found = super().to_internal_value(data)
        early = {name: [_OUT_OF_TIME] for name, value in found.items() if _out_of_time(value)}
        if early:
            raise serializers.ValidationError(early)
        return found


class ModelFields(serializers.ModelSerializer[_Row]):
    """Base of every row that is answered. REST framework works its fields out of the model, or copies them, at each
    call; here they are worked out once for each class. What is written with a `context` has copies of its own.
    """

    _worked_out: ClassVar[dict[type, dict[str, serializers.Field[Any, Any, Any, Any]]]] = {}
    _writers: ClassVar[dict[type, _Writer]] = {}

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        found = self._worked_out.get(type(self))
        if found is None:
            found = self._worked_out[type(self)] = dict(super().get_fields())
        return copy.deepcopy(found)

    def to_representation(self, instance: Any) -> Any:
        if self.context or not isinstance(instance, self.Meta.model):
            return super().to_representation(instance)
        writer = self._writers.get(type(self))
        if writer is None:
            writer = self._writers[type(self)] = _Writer(_kept(type(self)))
        return writer.write(instance)


class _Writer:
    """What REST framework finds out of its fields for each row, found out once: a column is taken as it stands, without
    looking whether the row is a mapping and the value a method or a relation.
    """

    def __init__(self, row: serializers.ModelSerializer[Any]) -> None:
        columns = {column.attname for column in row.Meta.model._meta.concrete_fields}
        self._steps: list[tuple[str, Callable[[Any], Any], Callable[[Any], Any] | None]] = []
        for field in row._readable_fields:
            get, told = field.get_attribute, field.to_representation
            if isinstance(field, serializers.SerializerMethodField):
                get, told = getattr(row, field.method_name), None
            elif len(field.source_attrs) == 1 and field.source_attrs[0] in columns:
                get, told = attrgetter(field.source_attrs[0]), _told(field)
            self._steps.append((field.field_name, get, told))

    def write(self, instance: Model) -> dict[str, Any]:
        """A row as REST framework would write it."""
        said: dict[str, Any] = {}
        for name, get, told in self._steps:
            try:
                value = get(instance)
            except SkipField:
                continue
            if told is not None and value is not None:
                value = None if isinstance(value, PKOnlyObject) and value.pk is None else told(value)
            said[name] = value
        return said


def _told(field: serializers.Field[Any, Any, Any, Any]) -> Callable[[Any], Any] | None:
    """How a column's value is written; None: as it is."""
    return None if type(field) is serializers.ReadOnlyField else field.to_representation


def _name_choices(field: serializers.Field[Any, Any, Any, Any]) -> None:
    """A choice that there is not is refused with those there are, unless they are too many to read."""
    if isinstance(field, serializers.ChoiceField) and len(field.choices) <= MOST_NAMED:
        field.error_messages["invalid_choice"] = format_lazy(
            _("没有“{{input}}”这一项，可用的是：{choices}。"), choices=" / ".join(map(str, field.choices))
        )
    elif isinstance(field, (serializers.ListField, serializers.DictField, serializers.ListSerializer)):
        _name_choices(field.child)
    elif isinstance(field, serializers.Serializer):
        for each in field.fields.values():
            _name_choices(each)


_KEPT: dict[type, Any] = {}


def _kept(serializer: type[_Serializer]) -> _Serializer:
    """One of a class with its fields worked out, never filled and never changed: every thread reads it."""
    found = _KEPT.get(serializer)
    if found is None:
        found = serializer()
        _name_choices(found)
        _KEPT[serializer] = found
    return found  # type: ignore[no-any-return] # kept by its class


class NothingIn(Fields):
    """A step that needs no more than its address."""


class ObjectField(serializers.DictField):
    """A JSON object whose inside is not described further. Text in it holds no NUL."""

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        if holds_nul(found):
            raise serializers.ValidationError(_("文字里不能有空字符。"))
        return found


def holds_nul(value: Any) -> bool:
    """Whether any text in a JSON value holds what the database cannot keep: NUL or half a surrogate pair."""
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return any(holds_nul(key) or holds_nul(each) for key, each in value.items())
    return isinstance(value, list) and any(holds_nul(each) for each in value)


def _fits(field: serializers.Field[Any, Any, Any, Any], value: Any) -> bool:
    if isinstance(field, serializers.BooleanField):
        return isinstance(value, bool)
    if isinstance(field, serializers.IntegerField):
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(field, serializers.ListField) and not isinstance(field.child, serializers.Serializer):
        return not isinstance(value, list) or all(_fits(field.child, each) for each in value)
    if isinstance(field, _TEXT):
        return isinstance(value, str)
    return True


def _out_of_time(value: Any) -> bool:
    return isinstance(value, datetime) and not 1970 <= value.year < 2200


def _wrong(field: serializers.Field[Any, Any, Any, Any]) -> str:
    if isinstance(field, serializers.BooleanField):
        return str(_("这里要写 true 或 false。"))
    if isinstance(field, serializers.IntegerField):
        return str(_("这里要写整数，不加引号。"))
    return str(_("这里要写加引号的文字。"))


def read(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body of a request by its description. Raises REST framework's ValidationError, a 400 `bad_input`."""
    return _filled(serializer, request.data)


class YesNo(serializers.BooleanField):
    """`true` or `false` in a query, in these letters."""

    TRUE_VALUES = {"true"}
    FALSE_VALUES = {"false"}
    NULL_VALUES: set[Any] = set()


def read_query(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The query of a request by its description. Raises REST framework's ValidationError, a 400 `bad_input`."""
    fields, asked = _kept(serializer).fields, request.query_params
    many = {name for name, field in fields.items() if isinstance(field, serializers.ListField)}
    return _filled(serializer, {name: asked.getlist(name) if name in many else asked[name] for name in asked})


def _filled(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    filled = copy.copy(_kept(serializer))
    filled.initial_data = data
    filled.is_valid(raise_exception=True)
    return dict(filled.validated_data)
