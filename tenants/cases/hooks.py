"""What apps above have to say about a case. The case's own app knows none of them."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User
from tenants.cases.models import Case

BeforeClose = Callable[[Case, str], None]
Filed = Callable[[Case, User], None]
_before_close: list[BeforeClose] = []
_filed: list[Filed] = []


def on_close(func: BeforeClose) -> BeforeClose:
    """Call `func(case, outcome)` before a case is closed: it may raise a Problem, which keeps the case open."""
    if func not in _before_close:
        _before_close.append(func)
    return func


def on_filed(func: Filed) -> Filed:
    """Call `func(case, by)` in the transaction that files a case."""
    if func not in _filed:
        _filed.append(func)
    return func


def before_close(case: Case, outcome: str) -> None:
    """Ask everybody. Raises what they raise."""
    for func in _before_close:
        func(case, outcome)


def filed(case: Case, by: User) -> None:
    """Tell everybody."""
    for func in _filed:
        func(case, by)
