"""What apps above want to be told. Hooks run in the transaction that makes the news true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evidence.models import Exhibit, Quarantined

if TYPE_CHECKING:
    from accounts.models import User
    from kernel.canonical import Digests

_bare: list[Callable[[str], str]] = []
_on_ready: list[Callable[[Exhibit], None]] = []
_on_refused: list[Callable[[Exhibit], None]] = []
_on_assigned: list[Callable[[Quarantined], None]] = []
_on_withdrawn: list[Callable[[Exhibit, str, Any], None]] = []


@dataclass(frozen=True)
class Arrived:
    """A whole upload at its target.

    args, query: the target's path arguments and query, as its page gets them. fields: what the phone said, by the names
    of `evidence.uploads`. Of kind "photo": `exhibit`. Of kind "file": `file`, readable until `take` returns, with its
    `digests`, which are those that were declared; `services.keep_original` stores it.
    """

    person: User
    args: Mapping[str, Any]
    query: Mapping[str, str]
    fields: Mapping[str, str]
    exhibit: Exhibit | None = None
    file: Path | None = None
    digests: Digests | None = None


@dataclass(frozen=True)
class UploadTarget:
    """A page that takes files by resumable upload.

    check(person, args, query): raises the same Problem as the page would; asked at the first byte and at the last.
    take(arrived): hangs it up and returns the JSON that the phone is told. It may be called twice for one upload.
    near(person, args): (latitude, longitude) where the matter is, so that a photo from far away is flagged; or None.
    """

    check: Callable[[User, Mapping[str, Any], Mapping[str, str]], None]
    take: Callable[[Arrived], dict[str, Any]]
    kind: Literal["photo", "file"] = "photo"
    near: Callable[[User, Mapping[str, Any]], tuple[float, float] | None] = lambda _person, _args: None


_targets: dict[str, UploadTarget] = {}


def on_uploaded(view_name: str, target: UploadTarget) -> None:
    """Let the page of this URL name ("requests:photos") be named as the target of a resumable upload."""
    _targets[view_name] = target


def target_of(view_name: str) -> UploadTarget | None:
    """Who takes files for a page; None when nobody said so."""
    return _targets.get(view_name)


def register_bare(func: Callable[[str], str]) -> None:
    """Let `func(path)` take off what stands before the address of a page that another system shows in a frame."""
    if func not in _bare:
        _bare.append(func)


def bare(path: str) -> str:
    """The page's own address."""
    for func in _bare:
        path = func(path)
    return path


def on_ready(func: Callable[[Exhibit], None]) -> Callable[[Exhibit], None]:
    """Call `func(exhibit)` when the view of an exhibit is there."""
    return _added(_on_ready, func)


def on_refused(func: Callable[[Exhibit], None]) -> Callable[[Exhibit], None]:
    """Call `func(exhibit)` when a photo turned out not to be one; `exhibit.refusal` has the code."""
    return _added(_on_refused, func)


def on_assigned(func: Callable[[Quarantined], None]) -> Callable[[Quarantined], None]:
    """Call `func(quarantined)` when a photo left quarantine; `exhibit`, `draft_id` and `assigned_to_id` are set."""
    if func not in _on_assigned:
        _on_assigned.append(func)
    return func


def on_withdrawn(func: Callable[[Exhibit, str, Any], None]) -> Callable[[Exhibit, str, Any], None]:
    """Call `func(exhibit, reason, by)` when a withdrawal was approved: whoever was sent the picture has to be told."""
    if func not in _on_withdrawn:
        _on_withdrawn.append(func)
    return func


def _added(registered: list[Callable[[Exhibit], None]], func: Callable[[Exhibit], None]) -> Callable[[Exhibit], None]:
    if func not in registered:
        registered.append(func)
    return func


def ready(exhibit: Exhibit) -> None:
    """Tell everybody; by `evidence.services` alone."""
    for func in _on_ready:
        func(exhibit)


def refused(exhibit: Exhibit) -> None:
    """Tell everybody; by `evidence.services` alone."""
    for func in _on_refused:
        func(exhibit)


def assigned(row: Quarantined) -> None:
    """Tell everybody; by `evidence.services` alone."""
    for func in _on_assigned:
        func(row)


def withdrawn(exhibit: Exhibit, *, reason: str, by: Any) -> None:
    """Tell everybody; by `evidence.withdrawals` alone."""
    for func in _on_withdrawn:
        func(exhibit, reason, by)
