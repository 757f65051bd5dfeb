"""What apps above have to say about a case. The case's own app knows none of them."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User
from tenants.cases.models import Case, ReferralDecision

BeforeClose = Callable[[Case, str], None]
Filed = Callable[[Case, User], None]
Decided = Callable[[Case, ReferralDecision, User], None]
Reopened = Callable[[Case, User, str], None]
_before_close: list[BeforeClose] = []
_filed: list[Filed] = []
_decided: list[Decided] = []
_reopened: list[Reopened] = []


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


def on_referral_decided(func: Decided) -> Decided:
    """Call `func(case, decision, by)` in the transaction in which the head decides on referral."""
    if func not in _decided:
        _decided.append(func)
    return func


def on_reopened(func: Reopened) -> Reopened:
    """Call `func(case, by, reason)` in the transaction that opens a closed case again."""
    if func not in _reopened:
        _reopened.append(func)
    return func


def before_close(case: Case, outcome: str) -> None:
    """Ask everybody. Raises what they raise."""
    for func in _before_close:
        func(case, outcome)


def filed(case: Case, by: User) -> None:
    """Tell everybody."""
    for func in _filed:
        func(case, by)


def referral_decided(case: Case, decision: ReferralDecision, by: User) -> None:
    """Tell everybody."""
    for func in _decided:
        func(case, decision, by)


def reopened(case: Case, by: User, reason: str) -> None:
    """Tell everybody."""
    for func in _reopened:
        func(case, by, reason)
