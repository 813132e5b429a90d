"""The same records in each language, and what has to arrive of them as OTLP."""

from __future__ import annotations

from typing import Any

# 2026-01-02T03:04:05Z; each reading of the clock is a millisecond later.
START = 1767323045000000000
TRACE, SPAN = f"{1:032x}", f"{2:016x}"
OTHER_TRACE, OTHER_SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

PYTHON = f"""
import json, sys, vigie
vigie.init(json.loads(sys.argv[1]))
log = vigie.get_logger("shop.cart")
log.info("values", text="ä\\u0000\\U0001f600", yes=True, no=False, int=-42, large=9223372036854775807,
         larger=9223372036854775808, double=9.5, none=None, list=[1, "a", [0.5, None]], map={{"a": {{"b": 1}}}},
         empty=[], nan=float("nan"), down=float("-inf"), bytes=b"\\x00\\xff")
other = vigie.context_from({{"traceparent": "00-{OTHER_TRACE}-{OTHER_SPAN}-01"}})
with vigie.span("checkout", kind="server", order_id=42) as span:
    log.warn("order {{order_id}} placed", order_id=42, event="order.placed")
    span.add_event("retry", n=2)
    span.add_link(other, why="batch")
    span.set_status("error", "timed out")
vigie.counter("orders", unit="1", description="Orders placed.").add(3, region="eu")
vigie.up_down_counter("open").add(-2)
vigie.gauge("depth").set(2.5)
latency = vigie.histogram("latency", unit="s", buckets=[0.5, 1.5])
for value in (0.25, 1.25, 99.5):
    latency.record(value, route="/")
assert vigie.shutdown(timeout=10)
"""

NODE = f"""
import * as vigie from 'vigie'
vigie.init(JSON.parse(process.argv[2]))
const log = vigie.getLogger('shop.cart')
log.info('values', {{ text: 'ä\\u0000\\u{{1f600}}', yes: true, no: false, int: -42, large: 9223372036854775807n,
  larger: 9223372036854775808n, double: 9.5, none: null, list: [1, 'a', [0.5, null]], map: {{ a: {{ b: 1 }} }},
  empty: [], nan: NaN, down: -Infinity, bytes: new Uint8Array([0, 255]) }})
vigie.span('checkout', {{ order_id: 42 }}, (span) => {{
  log.warn('order {{order_id}} placed', {{ order_id: 42, event: 'order.placed' }})
  span.addEvent('retry', {{ n: 2 }})
  span.addLink({{ context: {{ traceId: '{OTHER_TRACE}', spanId: '{OTHER_SPAN}' }}, attributes: {{ why: 'batch' }} }})
  span.setStatus('error', 'timed out')
}}, {{ kind: 'server' }})
vigie.counter('orders', {{ unit: '1', description: 'Orders placed.' }}).add(3, {{ region: 'eu' }})
vigie.upDownCounter('open').add(-2)
vigie.gauge('depth').set(2.5)
const latency = vigie.histogram('latency', {{ unit: 's', buckets: [0.5, 1.5] }})
for (const value of [0.25, 1.25, 99.5]) latency.record(value, {{ route: '/' }})
if (!(await vigie.shutdown(10000))) process.exit(1)
"""

C = rf"""
#include <string.h>
#include <vigie.h>
#define CHECK(call) if ((call) != VIGIE_OK) return __LINE__

int main(int argc, char **argv)
{{
    uint64_t log, span, other;
    const double seconds[] = {{0.25, 1.25, 99.5}};
    const uint8_t *config = (const uint8_t *)argv[1];
    int i;
    CHECK(vigie_init(config, strlen(argv[1])));
    CHECK(vigie_logger(VIGIE_TEXT("shop.cart"), &log));
    CHECK(vigie_logger_log(log, VIGIE_INFO, VIGIE_TEXT("values"), VIGIE_TEXT(
        "{{\"text\":\"ä\\u0000\\ud83d\\ude00\",\"yes\":true,\"no\":false,\"int\":-42,\"large\":9223372036854775807,"
        "\"larger\":9223372036854775808,\"double\":9.5,\"none\":null,\"list\":[1,\"a\",[0.5,null]],"
        "\"map\":{{\"a\":{{\"b\":1}}}},\"empty\":[]}}"), 0));
    CHECK(vigie_extract(VIGIE_TEXT("{{\"traceparent\":\"00-{OTHER_TRACE}-{OTHER_SPAN}-01\"}}"), &other));
    CHECK(vigie_span_start(VIGIE_TEXT("checkout"), VIGIE_KIND_SERVER, 0, VIGIE_TEXT("{{\"order_id\":42}}"), &span));
    CHECK(vigie_logger_log(log, VIGIE_WARN, VIGIE_TEXT("order {{order_id}} placed"),
                           VIGIE_TEXT("{{\"order_id\":42,\"event\":\"order.placed\"}}"), span));
    CHECK(vigie_span_event(span, VIGIE_TEXT("retry"), VIGIE_TEXT("{{\"n\":2}}")));
    CHECK(vigie_span_link(span, other, VIGIE_TEXT("{{\"why\":\"batch\"}}")));
    CHECK(vigie_span_status(span, VIGIE_STATUS_ERROR, VIGIE_TEXT("timed out")));
    CHECK(vigie_span_end(span));
    CHECK(vigie_metric_describe(VIGIE_TEXT("orders"), VIGIE_TEXT("{{\"unit\":\"1\",\"description\":\"Orders placed.\"}}")));
    CHECK(vigie_metric_describe(VIGIE_TEXT("latency"), VIGIE_TEXT("{{\"unit\":\"s\",\"buckets\":[0.5,1.5]}}")));
    CHECK(vigie_counter_add(VIGIE_TEXT("orders"), 3, VIGIE_TEXT("{{\"region\":\"eu\"}}")));
    CHECK(vigie_up_down_counter_add(VIGIE_TEXT("open"), -2, VIGIE_TEXT("")));
    CHECK(vigie_gauge_set(VIGIE_TEXT("depth"), 2.5, VIGIE_TEXT("")));
    for (i = 0; i < 3; i++)
        CHECK(vigie_histogram_record(VIGIE_TEXT("latency"), seconds[i], VIGIE_TEXT("{{\"route\":\"/\"}}")));
    CHECK(vigie_shutdown(10000));
    return 0;
}}
"""

# In one language: what the core makes of it is the same in all.
HOSTILE = r"""
import json, sys, vigie
vigie.init(json.loads(sys.argv[1]))
log = vigie.get_logger("shop.cart")
pieces = ["", " ", "a", "\"", "\\", "\n", "\r\n", "\0", "\x1b[31m", "é", "\U0001f600", "\u2028", "{", "}", ",", ":", "\ud800"]
texts = [one + two + "x" + two + one for one in pieces for two in pieces]
for n, text in enumerate(texts):
    log.info("m" + text, n=n, text=text, **{"key" + text.strip(): text})
log.info("long", **{letter: letter * 70_000 for letter in "abcdef"})
for n in range(3_000):
    with vigie.span(f"span {n % 7}", n=n):
        log.debug("{n} of many", n=n, half=n / 2)
try:
    raise ValueError("not so")
except ValueError:
    log.exception("failed")
depth = vigie.gauge("depth")
for value in (float("inf"), -0.0, 0.1, 1e308, 5e-324, 2**63 - 1, -(2**63)):
    depth.set(value, of=str(value))
assert vigie.shutdown(timeout=20)
"""
HOSTILE_COUNTS = {"logs": 17 * 17 + 3_002, "spans": 3_000, "metrics": 1}

SOURCES = {"python": PYTHON, "node": NODE, "c": C}
# What enters C as JSON text.
NOT_IN_JSON = ("nan", "down", "bytes")
COUNTS = {"logs": 2, "spans": 1, "metrics": 4}


def expected_logs(language: str) -> list[dict[str, Any]]:
    values = {
        "text": {"string": "ä\0\U0001f600"},
        "yes": {"bool": True},
        "no": {"bool": False},
        "int": {"int": -42},
        "large": {"int": 2**63 - 1},
        "larger": {"string": str(2**63)},
        "double": {"double": "9.5"},
        "none": None,
        "list": {"array": [{"int": 1}, {"string": "a"}, {"array": [{"double": "0.5"}, None]}]},
        "map": {"map": {"a": {"map": {"b": {"int": 1}}}}},
        "empty": {"array": []},
        "nan": {"double": "nan"},
        "down": {"double": "-inf"},
        "bytes": {"bytes": "AP8="},
    }
    if language == "c":
        values = {key: value for key, value in values.items() if key not in NOT_IN_JSON}
    placed = {
        "message_template.text": {"string": "order {order_id} placed"},
        "order_id": {"int": 42},
    }
    both = {"scope": "shop.cart", "dropped": 0}
    return [
        {
            **both,
            "time": START,
            "observed": START,
            "severity": (9, "INFO"),
            "body": {"string": "values"},
            "attributes": values,
            "event": "",
            "span": ("", "", 0),
        },
        {
            **both,
            "time": START + 2_000_000,
            "observed": START + 2_000_000,
            "severity": (13, "WARN"),
            "body": {"string": "order 42 placed"},
            "attributes": placed,
            "event": "order.placed",
            "span": (TRACE, SPAN, 1),
        },
    ]


EXPECTED_SPAN = {
    "span": (TRACE, SPAN, 0x101),
    "parent": "",
    "name": "checkout",
    "kind": 2,
    "times": (START + 1_000_000, START + 4_000_000),
    "status": (2, "timed out"),
    "attributes": {"order_id": {"int": 42}},
    "events": [(START + 3_000_000, "retry", {"n": {"int": 2}})],
    "links": [(OTHER_TRACE, OTHER_SPAN, {"why": {"string": "batch"}})],
    "dropped": (0, 0, 0),
}

AT = START + 5_000_000


def instrument(name: str, kind: str, point: dict[str, Any], **said: Any) -> dict[str, Any]:
    points = [{"times": (AT, AT), "attributes": {}, **point}]
    return {"name": name, "kind": kind, "unit": "", "description": "", "points": points, **said}


EXPECTED_METRICS = [
    instrument("depth", "gauge", {"value": {"as_double": 2.5}}),
    instrument(
        "latency",
        "histogram",
        {
            "attributes": {"route": {"string": "/"}},
            "counts": (3, [1, 1, 1], [0.5, 1.5]),
            "sum": 101.0,
            "range": (0.25, 99.5),
        },
        unit="s",
        temporality=2,
    ),
    instrument("open", "sum", {"value": {"as_int": -2}}, temporality=2, is_monotonic=False),
    instrument(
        "orders",
        "sum",
        {"attributes": {"region": {"string": "eu"}}, "value": {"as_int": 3}},
        unit="1",
        description="Orders placed.",
        temporality=2,
        is_monotonic=True,
    ),
]
