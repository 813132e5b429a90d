"""``OTEL_CONFIG_FILE``: the file that OpenTelemetry's SDKs are configured by, behind ``vigie.otel``."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import Run

FILE = """
file_format: "1.0"
resource:
  attributes:
    - {name: service.name, value: "${SHOP}"}
    - {name: team, value: checkout}
tracer_provider:
  processors:
    - batch:
        schedule_delay: 5000
        exporter:
          otlp_file/development: {output_stream: "${SPANS}"}
"""

PROGRAM = """
import vigie.otel
from opentelemetry import trace
vigie.otel.install()
with trace.get_tracer("t").start_as_current_span("pay"):
    pass
"""


def test_the_file_of_opentelemetry_is_read(run: Run, tmp_path: Path) -> None:
    file, spans = tmp_path / "otel.yaml", tmp_path / "spans.jsonl"
    file.write_text(FILE, "utf-8")
    variables = {
        "OTEL_CONFIG_FILE": str(file),
        "SHOP": "shop",
        "SPANS": f"file://{spans}",
        "OTEL_SERVICE_NAME": "ignored",
    }
    done = run(PROGRAM, prelude="", **variables)
    (request,) = [json.loads(line)["resourceSpans"][0] for line in spans.read_text("utf-8").splitlines()]
    attributes = {pair["key"]: pair["value"] for pair in request["resource"]["attributes"]}
    assert (attributes["service.name"], attributes["team"]) == (
        {"stringValue": "shop"},
        {"stringValue": "checkout"},
    )
    assert request["scopeSpans"][0]["spans"][0]["name"] == "pay"
    (told,) = [line for line in done.err.splitlines() if line.startswith("vigie: ")]
    assert "tracer_provider.processors[0].batch.schedule_delay" in told
