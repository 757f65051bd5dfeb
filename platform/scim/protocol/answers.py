"""What goes back: resources, lists, and errors as SCIM writes them, in Chinese and English at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError
from scim2_models import Error, SCIMException

from gateway.problems import as_problem
from kernel.errors import Problem
from scim.errors import RemovalHeld

SCIM_TYPES = {
    "person_taken": "uniqueness",
    "unit_code_taken": "uniqueness",
    "conflict": "uniqueness",
    "two_matches": "uniqueness",
    "cert_differs": "uniqueness",
    "name_differs": "uniqueness",
    "taken_twice": "uniqueness",
    "filter_unknown": "invalidFilter",
    "group_fixed": "mutability",
    "bad_input": "invalidValue",
    "unreadable": "invalidSyntax",
    "value_wrong": "invalidValue",
    "date_wrong": "invalidValue",
    "unit_unknown": "invalidValue",
    "role_not_given_here": "invalidValue",
    "member_unknown": "invalidValue",
}
RETRY_HELD_S = 3600
NOT_BY_RULE = _("请求内容不合 SCIM 规范。请对照 /scim/v2/Schemas 改正：{why}")


@dataclass
class Answer:
    """One answer. body: None for no content."""

    status: int
    body: dict[str, Any] | None = None
    location: str = ""
    version: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""


def refusal(error: Exception) -> Answer | None:
    """The answer for an error; None for one that is a fault of ours."""
    if isinstance(error, ValidationError):
        found = Error.from_validation_errors(error)[0]
        return _error(int(found.status or 400), found.scim_type, "scim_" + (found.scim_type or "wrong"), found.detail)
    if isinstance(error, SCIMException):
        found = error.to_error()
        return _error(int(found.status or 400), found.scim_type, "scim_" + (found.scim_type or "wrong"), found.detail)
    problem = as_problem(error)
    if problem is None:
        return None
    answer = _error(problem.status, SCIM_TYPES.get(problem.code), problem.code, None, problem)
    if isinstance(problem, RemovalHeld):
        answer.headers["Retry-After"] = str(RETRY_HELD_S)
    return answer


def _error(status: int, scim_type: str | None, code: str, why: str | None, problem: Problem | None = None) -> Answer:
    spoken = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            spoken.append(problem.detail if problem else str(NOT_BY_RULE).format(why=why))
    detail = f"[{code}] " + " / ".join(dict.fromkeys(spoken))
    error = Error(status=status, scim_type=scim_type, detail=detail)
    return Answer(status, error.model_dump(), code=code)
