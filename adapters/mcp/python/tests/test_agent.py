"""Spans that another library has open when a request is sent: an agent's, as OpenTelemetry keeps it."""

from __future__ import annotations

import vigie
import vigie.testing
from opentelemetry.sdk.trace import TracerProvider
from vigie_mcp import names
from vigie_mcp.operation import begin
from vigie_mcp.request import Request

Records = vigie.testing.Records
tracer = TracerProvider().get_tracer("agent")


def test_an_agents_span_of_the_same_tool_is_enriched_and_not_doubled(records: Records) -> None:
    said = {names.OPERATION: names.EXECUTE_TOOL, names.TOOL: "add"}
    with tracer.start_as_current_span("execute_tool add", attributes=said) as span:
        operation = begin(Request("client", "tools/call", {"name": "add"}))
        assert operation is not None and operation.context is not None
        assert operation.context.span_id == f"{span.get_span_context().span_id:016x}"
        operation.answered({"content": []})
    assert records.spans == []
    assert span.attributes[names.METHOD] == "tools/call"  # type: ignore[attr-defined, index]  # the SDK's span shows them
    assert span.attributes[names.RESULT_SIZE] == 14  # type: ignore[attr-defined, index]  # the SDK's span shows them
    assert records.logs[0]["span_id"] == f"{span.get_span_context().span_id:016x}"


def test_any_other_span_of_it_is_the_parent(records: Records) -> None:
    with tracer.start_as_current_span("step", attributes={names.TOOL: "subtract"}) as span:
        operation = begin(Request("client", "tools/call", {"name": "add"}))
        assert operation is not None
        operation.answered({"content": []})
    ours = records.spans[0]
    assert ours["parent_span_id"] == f"{span.get_span_context().span_id:016x}"
    assert ours["trace_id"] == f"{span.get_span_context().trace_id:032x}"
