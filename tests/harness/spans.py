"""Spans kept in memory, instead of a collector's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from watching import tracing


@contextmanager
def kept() -> Iterator[InMemorySpanExporter]:
    """Traces are on inside the block; `get_finished_spans()` of what is given tells them."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    before = tracing._tracer, tracing._provider
    tracing._tracer, tracing._provider = provider.get_tracer("tests"), provider
    try:
        yield exporter
    finally:
        tracing._tracer, tracing._provider = before
        provider.shutdown()


def told(exporter: InMemorySpanExporter) -> list[dict[str, Any]]:
    """Finished spans as plain data: name, trace, id, above, links (of [trace, id]), attributes."""
    return [
        {
            "name": each.name,
            "trace": f"{each.context.trace_id:032x}",
            "id": f"{each.context.span_id:016x}",
            "above": f"{each.parent.span_id:016x}" if each.parent else "",
            "links": [[f"{link.context.trace_id:032x}", f"{link.context.span_id:016x}"] for link in each.links],
            "attributes": {name: str(value) for name, value in (each.attributes or {}).items()},
        }
        for each in exporter.get_finished_spans()
    ]
