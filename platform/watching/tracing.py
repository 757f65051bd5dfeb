"""Traces (OpenTelemetry): a request, the letters it writes, the tasks that carry them, the answers that come back.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) is set; then the SDK reads the usual OTEL_ variables. Off,
a span costs one comparison. Attributes are names of routes, tasks and kinds, seats and ids; never contents.

A letter's `traceparent` travels beside it, on its delivery, and is no part of what is sealed or acknowledged. Letters
of one matter are one trace, whoever writes the next of them: the request in which an answer was given is linked.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Literal

from watching import scrub

log = logging.getLogger(__name__)
Kind = Literal["internal", "server", "client", "producer", "consumer"]
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
"""W3C Trace Context, version 00."""

_tracer: Any = None
_provider: Any = None


def is_on() -> bool:
    """Whether spans are made at all."""
    return _tracer is not None


def start(environment: Mapping[str, str] | None = None) -> bool:
    """Begin, where the environment names a collector. Returns whether spans are made now."""
    global _tracer, _provider
    given = os.environ if environment is None else environment
    wanted = given.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or given.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    off = given.get("OTEL_SDK_DISABLED", "").lower() == "true" or given.get("OTEL_TRACES_EXPORTER") == "none"
    if not wanted or off or _tracer is not None:
        return _tracer is not None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanLimits, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    service = given.get("OTEL_SERVICE_NAME") or "chazhenjia"
    _provider = TracerProvider(
        resource=Resource.create({"service.name": service}), span_limits=SpanLimits(max_span_attribute_length=200)
    )
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = _provider.get_tracer("chazhenjia")
    return True


def stop() -> None:
    """Send what waits and make no more spans."""
    global _tracer, _provider
    provider, _tracer, _provider = _provider, None, None
    if provider is not None:
        provider.shutdown()


def flush() -> None:
    """Send what waits."""
    if _provider is not None:
        _provider.force_flush()


def span(
    name: str, *, parent: str = "", kind: Kind = "internal", linked: bool = False, **attributes: object
) -> AbstractContextManager[Any]:
    """Everything inside the block is one step of a trace.

    parent: a traceparent from elsewhere; without one, whatever this thread is inside of. linked: with a parent, note
    what this thread is inside of as a link. An error that leaves the block is noted by its kind.
    """
    return _span(name, parent, kind, linked, attributes) if _tracer is not None else nullcontext()


@contextmanager
def _span(name: str, parent: str, kind: Kind, linked: bool, attributes: dict[str, object]) -> Iterator[Any]:
    from opentelemetry import trace
    from opentelemetry.trace import Link, SpanKind, Status, StatusCode

    here = trace.get_current_span().get_span_context()
    above = _context_of(parent)
    links = [Link(here)] if linked and above is not None and here.is_valid else []
    with _tracer.start_as_current_span(
        name,
        context=above,
        kind=SpanKind[kind.upper()],
        attributes=_told(attributes),
        links=links,
        record_exception=False,
        set_status_on_exception=False,
    ) as made:
        try:
            yield made
        except BaseException as error:
            made.set_attribute("error.type", type(error).__name__)
            made.set_status(Status(StatusCode.ERROR))
            raise


def note(**attributes: object) -> None:
    """Add to the step that this thread is inside of."""
    if _tracer is not None:
        from opentelemetry import trace

        trace.get_current_span().set_attributes(_told(attributes))


def _told(attributes: Mapping[str, object]) -> dict[str, Any]:
    told = {name.replace("__", "."): scrub.value(each, name) for name, each in attributes.items()}
    return {name: each for name, each in told.items() if each not in (None, "")}


def _context_of(parent: str) -> Any:
    """The context that a traceparent names; None for what is none."""
    if not TRACEPARENT.fullmatch(parent):
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent})


def carried() -> str:
    """The traceparent of the step that this thread is inside of; empty when there is none, or none that is sampled."""
    if _tracer is None:
        return ""
    from opentelemetry import trace

    here = trace.get_current_span().get_span_context()
    if not here.is_valid or not here.trace_flags.sampled:
        return ""
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{int(here.trace_flags):02x}"


def trace_id() -> str:
    """The trace that this thread is inside of, for logs; empty when there is none."""
    said = carried()
    return said[3:35] if said else ""
