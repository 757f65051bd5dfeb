"""Reading what programs send: a value has the type that the description says, nothing is guessed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

# Before 1901 Shanghai's offset has seconds, which RFC 3339 cannot write.
_OUT_OF_TIME = _("时间要在 1970 年至 2199 年之间。")
_TEXT = (serializers.CharField, serializers.UUIDField, serializers.ChoiceField, serializers.DecimalField)


class Fields(serializers.Serializer[Any]):
    """Base of every body that is read. In JSON, `"5"` is no number and `5` no text; forms know text alone.

    Decimal numbers are text, as they are written out: no digit is lost on the way.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and not isinstance(data, QueryDict):
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
    filled = serializer(data=request.data)
    filled.is_valid(raise_exception=True)
    return dict(filled.validated_data)


class YesNo(serializers.BooleanField):
    """`true` or `false` in a query, in these letters."""

    TRUE_VALUES = {"true"}
    FALSE_VALUES = {"false"}
    NULL_VALUES: set[Any] = set()


def read_query(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The query of a request by its description. Raises REST framework's ValidationError, a 400 `bad_input`."""
    fields, asked = serializer().fields, request.query_params
    many = {name for name, field in fields.items() if isinstance(field, serializers.ListField)}
    filled = serializer(data={name: asked.getlist(name) if name in many else asked[name] for name in asked})
    filled.is_valid(raise_exception=True)
    return dict(filled.validated_data)
