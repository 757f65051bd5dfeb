"""What apps above want to be told of requests. Hooks run in the transaction that makes the news true."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from uuid import UUID

from appraisal.requests.models import Appointment, AppraisalRequest, Opinion, SceneSignature

Hook = Callable[[AppraisalRequest, Opinion], None]
Arrival = Callable[[AppraisalRequest, Appointment], None]
Signature = Callable[[AppraisalRequest, SceneSignature], None]
Numbers = Callable[[Sequence[AppraisalRequest]], Mapping[UUID, str]]
Numbered = Callable[[str], Iterable[UUID]]
_numbers: list[tuple[Numbers, Numbered]] = []
_on_verdicts: list[Hook] = []
_on_arrival: list[Arrival] = []
_on_signature: list[Signature] = []


def on_verdicts(func: Hook) -> Hook:
    """Call `func(request, opinion)` when verdicts arrived, were superseded or taken back, also after a cancellation.

    The request's row is locked; lock what hangs on it after it, never before.
    """
    if func not in _on_verdicts:
        _on_verdicts.append(func)
    return func


def verdicts(request: AppraisalRequest, opinion: Opinion) -> None:
    """Tell everybody; by the receivers alone."""
    for func in _on_verdicts:
        func(request, opinion)


def on_arrival(func: Arrival) -> Arrival:
    """Call `func(request, appointment)` when somebody of the right holder is on the premises. Locks: as above."""
    if func not in _on_arrival:
        _on_arrival.append(func)
    return func


def arrival(request: AppraisalRequest, appointment: Appointment) -> None:
    """Tell everybody; by the receivers alone."""
    for func in _on_arrival:
        func(request, appointment)


def on_signature(func: Signature) -> Signature:
    """Call `func(request, signature)` when verdicts were signed on the premises. Locks: as above."""
    if func not in _on_signature:
        _on_signature.append(func)
    return func


def signature(request: AppraisalRequest, signed: SceneSignature) -> None:
    """Tell everybody; by the receivers alone."""
    for func in _on_signature:
        func(request, signed)


def register_numbers(of: Numbers, found: Numbered) -> None:
    """Say how other systems number requests: `of(requests)` gives request to case number, `found(text)` the requests
    and visits whose case number holds the words."""
    if (of, found) not in _numbers:
        _numbers.append((of, found))


def numbers_of(requests: Sequence[AppraisalRequest]) -> dict[UUID, str]:
    """Case numbers to show beside requests."""
    return {pk: number for of, _found in _numbers for pk, number in of(requests).items()} if requests else {}


def numbered(text: str) -> Collection[UUID]:
    """Requests and visits by the case number that another system has for them."""
    return {pk for _of, found in _numbers for pk in found(text)}
