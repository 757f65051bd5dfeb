"""What apps above want to be told of the desk. Hooks run in the transaction that makes the news true.

The task's row is locked; lock what hangs on it after it, never before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from appraisal.desk.models import DeskOpinion, DeskPhoto, DeskTask, DeskWithdrawal
from evidence.models import Exhibit
from federation.parties.selectors import ActingFor

_on_photo: list[Callable[[DeskPhoto], None]] = []
_on_verdicts: list[Callable[[DeskOpinion], None]] = []
_on_withdrawal: list[Callable[[DeskWithdrawal], None]] = []
_on_hidden: list[Callable[[DeskTask, Exhibit], None]] = []


@dataclass(frozen=True, kw_only=True)
class ReportedListing:
    """What a right holder tells a bureau of a listing on a platform: a draft is begun with it."""

    platform: str
    listing_id: str
    listing_url: str
    shop_name: str
    goods: str
    product_id: UUID | None
    price_yuan: Decimal | None
    reasons: str
    pictures: tuple[Exhibit, ...]


Reporter = Callable[[ActingFor, ReportedListing], UUID]
_reporters: list[Reporter] = []


def reports_listings(func: Reporter) -> None:
    """Let `func(acting, listing)` begin the draft of a report to a bureau; it returns the draft's id."""
    _reporters[:] = [func]


def report_listing(acting: ActingFor, listing: ReportedListing) -> UUID:
    """Begin a draft. Raises what its maker raises, NotAllowed for people who hand in no clues."""
    return _reporters[0](acting, listing)


def on_photo(func: Callable[[DeskPhoto], None]) -> None:
    """Call `func(photo)` when a photo of an item arrived; its view can be opened after the commit."""
    if func not in _on_photo:
        _on_photo.append(func)


def on_verdicts(func: Callable[[DeskOpinion], None]) -> None:
    """Call `func(opinion)` when verdicts were given; a verdict may supersede an earlier one."""
    if func not in _on_verdicts:
        _on_verdicts.append(func)


def on_withdrawal(func: Callable[[DeskWithdrawal], None]) -> None:
    """Call `func(withdrawal)` when a verdict was taken back."""
    if func not in _on_withdrawal:
        _on_withdrawal.append(func)


def on_hidden(func: Callable[[DeskTask, Exhibit], None]) -> None:
    """Call `func(task, exhibit)` when the province took a photo from view."""
    if func not in _on_hidden:
        _on_hidden.append(func)


def photo(row: DeskPhoto) -> None:
    """Tell everybody; by the receivers alone."""
    for func in _on_photo:
        func(row)


def verdicts(opinion: DeskOpinion) -> None:
    """Tell everybody; by `services.answering` alone."""
    for func in _on_verdicts:
        func(opinion)


def withdrawal(row: DeskWithdrawal) -> None:
    """Tell everybody; by `services.answering` alone."""
    for func in _on_withdrawal:
        func(row)


def hidden(task: DeskTask, exhibit: Exhibit) -> None:
    """Tell everybody; by the receivers alone."""
    for func in _on_hidden:
        func(task, exhibit)
