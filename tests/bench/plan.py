"""Who is measured in which workload, and which ratio each is held to.

Not for measuring; `run.py` reads this.
"""

from __future__ import annotations

from dataclasses import dataclass

OURS = "vigie"
WORKLOADS = {
    "L1": "log record to /dev/null opened as a file",
    "L1k": "log record to /dev/null opened as a file, with a share and a rate of the log records set that keep it",
    "L1v": "log record: not ASCII, nested, an identifier, a time, an error with a cause",
    "L1f": "log record to a file on disk",
    "L1p": "log record to /dev/null opened as a file, three patterns of redaction on",
    "L0": "log record below the level",
    "L1s": "log record to /dev/null opened as a file, through the standard library's logging, unchanged",
    "L1t": "log record to /dev/null, through tracing, unchanged",
    "L0t": "log record below the level, through tracing, unchanged",
    "S1": "child span made current, 3 attributes, end",
    "S1v": "child span, 6 attributes of mixed kinds, an event, a link",
    "S1a": "the same through the OpenTelemetry API, unchanged",
    "S2": "three nested spans",
    "M1": "counter, 3 label values in the call",
    "M1a": "the same through the OpenTelemetry API, unchanged",
    "M1v": "counter, 3 label values of 2 000 combinations in random order",
    "M1b": "counter, bound",
    "H1a": "request to Express on a connection that stays, instrumented, 3 spans",
    "H1ao": "the same, or to FastAPI handed over by a server, with its spans sent to a server by OTLP",
    "M2": "histogram, 3 label values in the call",
    "M2b": "histogram, bound",
    "L1o": "log record to OTLP alone",
    "L1fo": "log record to a file and OTLP",
    "S1o": "child span, 3 attributes, to OTLP alone",
    "S1fo": "child span, 3 attributes, to a file and OTLP",
    "M1o": "counter, 3 label values in the call, with OTLP alone",
    "M1fo": "counter, 3 label values in the call, with a file and OTLP",
    "E1": "child span, 3 attributes, received by a server, with so many on their way that nothing is dropped",
    "D1": "log record to a hundred servers that are down",
    "P1": "extract and inject",
    "P1v": "extract and inject, escapes in baggage, 6 members of tracestate",
    "X1": "exposition of 10 000 series",
    "I1": "import",
    "I2": "first record after an import",
    # Of PowerShell alone, where the engine's own cost of a command is the yardstick.
    "W0": "Write-VigieLog without attributes",
    "W4": "Write-VigieLog with 4 attributes",
    "Woff": "Write-VigieLog below the level",
    "Wblock": "Write-VigieLog below the level, attributes as a script block",
    "Wpipe": "a record down the pipeline into Write-VigieLog",
    "Wstatic": "[Vigie.Log]::Info",
    "Wstatic4": "[Vigie.Log]::Info with 4 attributes",
    "Wspan": "Use-VigieSpan",
    "Wspanv": "Use-VigieSpan in a process that did other things before",
    "Wcount": "Add-VigieCounter",
}
# The same program without anybody who records.
UNTRACED = "untraced"
# The same program with an instrumentation behind which nobody does anything.
NOTHING = "nothing"
# Ours with OTLP has ours with a file beside it.
FILE = "vigie-file"
RECORDING = {workload: [FILE] for workload in ("L1o", "L1fo", "S1o", "S1fo", "M1o", "M1fo")}
PEERS: dict[str, dict[str, list[str]]] = {
    "python": {
        "L1": ["picologging", "structlog", "stdlib", "stdlib-orjson"],
        "L1k": [],
        "L1v": ["picologging", "structlog", "stdlib", "stdlib-orjson"],
        "L1f": ["picologging", "structlog", "stdlib"],
        "L1p": ["picologging", "structlog"],
        "L0": ["picologging", "structlog", "stdlib"],
        # A handler that does nothing is the floor of any that does something.
        "L1s": ["stdlib-nothing", "stdlib"],
        "S1": ["ddtrace", "opentelemetry"],
        # ddtrace has events only behind an underscore.
        "S1v": ["opentelemetry"],
        "S1a": ["opentelemetry"],
        "S2": ["ddtrace", "opentelemetry"],
        "M1": ["prometheus", "opentelemetry"],
        "M1a": ["opentelemetry"],
        "M1v": ["prometheus", "opentelemetry"],
        "M1b": ["prometheus"],
        "H1ao": ["opentelemetry", UNTRACED, NOTHING],
        "M2": ["prometheus", "opentelemetry"],
        "M2b": ["prometheus"],
        "E1": ["opentelemetry"],
        **RECORDING,
        "P1": ["opentelemetry"],
        "P1v": ["opentelemetry"],
        "X1": ["prometheus"],
        "I1": ["stdlib", "structlog", "opentelemetry", "ddtrace"],
    },
    "node": {
        "L1": ["pino", "pino-iso", "pino-transport", "winston"],
        "L1k": [],
        # winston leaves the members of an error out.
        "L1v": ["pino", "pino-iso"],
        "L1f": ["pino", "winston"],
        "L0": ["pino", "winston"],
        "S1": ["opentelemetry"],
        "S1v": ["opentelemetry"],
        "S1a": ["opentelemetry"],
        "S2": ["opentelemetry"],
        "M1": ["prometheus", "opentelemetry"],
        "M1a": ["opentelemetry"],
        "M1v": ["prometheus", "opentelemetry"],
        "M1b": ["prometheus"],
        "M2": ["prometheus", "opentelemetry"],
        "M2b": ["prometheus"],
        "H1a": ["opentelemetry", UNTRACED],
        "H1ao": ["opentelemetry", UNTRACED],
        "E1": ["opentelemetry"],
        **RECORDING,
        "P1": ["opentelemetry"],
        "P1v": ["opentelemetry"],
        "X1": ["prometheus"],
        "I1": ["pino", "opentelemetry"],
    },
    "rust": {
        "L1": ["slog-json", "tracing-json"],
        "L1k": [],
        # tracing has no values inside of values.
        "L1v": ["slog-json"],
        "L1f": ["slog-json", "tracing-json"],
        "L1p": ["slog-json"],
        "L0": ["tracing-json"],
        "L1t": ["tracing-json"],
        "L0t": ["tracing-json"],
        "S1": ["opentelemetry"],
        "S1a": ["opentelemetry"],
        "M1a": ["opentelemetry"],
        "S1v": ["opentelemetry"],
        "S2": ["opentelemetry"],
        "M1": ["prometheus", "opentelemetry"],
        "M1v": ["prometheus", "opentelemetry"],
        "M1b": ["prometheus"],
        "M2": ["prometheus", "opentelemetry"],
        "M2b": ["prometheus"],
        "E1": ["opentelemetry"],
        **RECORDING,
        "D1": [],
        "P1": ["opentelemetry"],
        "P1v": ["opentelemetry"],
        "X1": ["prometheus"],
    },
    "powershell": {
        "I1": ["empty"],
        "I2": [],
        "W0": ["bare"],
        "W4": ["bare", "json", "transcript", "information"],
        "Woff": ["bare"],
        "Wblock": ["bare"],
        "Wpipe": ["bare"],
        "Wstatic": ["bare"],
        "Wstatic4": ["bare", "json"],
        "Wspan": ["bare"],
        "Wspanv": ["bare"],
        "Wcount": ["bare"],
    },
}
# What a fresh process does for I1. The standard library's logging is the yardstick in Python.
IMPORTS = {
    "python": {
        # The attribute makes sure that it is the package and not a folder of that name.
        "vigie": "import vigie; vigie.init",
        "stdlib": "import logging",
        "structlog": "import structlog",
        "opentelemetry": "import opentelemetry.sdk.trace",
        "ddtrace": "import ddtrace.trace",
    },
    "node": {
        "vigie": "vigie",
        "pino": "pino",
        "opentelemetry": "@opentelemetry/sdk-trace-node",
    },
}


@dataclass(frozen=True)
class Gate:
    """How much faster than a peer (`times`), what part of a peer's time at most (`at_most`), a distance
    to a peer (`within_ns`; to nothing without one), or at least two thirds of the lead over the same peer in
    another workload (`like`), by one or several measures. What a third one takes (`beyond`) is taken off both.

    Wall time is taken at its minimum and CPU time over all threads; where a gate names both, the worse
    of the two counts, so that moving work to another thread gains nothing.
    """

    lang: str
    workload: str
    peer: str | None
    times: float | None = None
    at_most: float | None = None
    within_ns: float | None = None
    like: str | None = None
    beyond: str | None = None
    measures: tuple[str, ...] = ("ns_min", "cpu_ns")


GATES = [
    Gate("python", "L1", "picologging", 5),
    Gate("python", "L1", "structlog", 9),
    *(Gate("python", "L1v", peer, 4) for peer in PEERS["python"]["L1v"]),
    Gate("python", "L0", "picologging", 3),
    Gate("python", "L1s", "stdlib-nothing", at_most=1.3, measures=("thread_cpu_ns",)),
    Gate("python", "S1", "ddtrace", 10),
    Gate("python", "S1", "opentelemetry", 20),
    Gate("python", "S1v", "opentelemetry", like="S1"),
    Gate("python", "S1a", "opentelemetry", 5),
    Gate("python", "M1a", "opentelemetry", 5),
    Gate("python", "H1ao", "opentelemetry", at_most=0.25, beyond=UNTRACED),
    Gate("python", "H1ao", "opentelemetry", at_most=0.25, beyond=UNTRACED, measures=("thread_cpu_ns",)),
    Gate("python", "M1", "prometheus", 8),
    Gate("python", "M1v", "prometheus", like="M1"),
    Gate("python", "M1b", "prometheus", 8),
    Gate("python", "M2", "prometheus", 8),
    Gate("python", "E1", "opentelemetry", 20, measures=("ns_min",)),
    Gate("python", "E1", "opentelemetry", 20, measures=("cpu_ns",)),
    Gate("python", "P1", "opentelemetry", 20),
    Gate("python", "P1v", "opentelemetry", 20),
    Gate("python", "X1", "prometheus", 100),
    Gate("python", "I1", "stdlib", within_ns=5e6, measures=("ns_min",)),
    Gate("node", "L1", "pino", 4, measures=("cpu_ns",)),
    Gate("node", "L1", "pino", 6, measures=("thread_cpu_ns",)),
    Gate("node", "L1v", "pino", 4, measures=("cpu_ns",)),
    Gate("node", "L0", "pino", within_ns=5, measures=("ns_min",)),
    Gate("node", "S1", "opentelemetry", 2.8),
    Gate("node", "S1v", "opentelemetry", like="S1"),
    Gate("node", "S1a", "opentelemetry", 2),
    Gate("node", "M1a", "opentelemetry", 5),
    Gate("node", "H1a", "opentelemetry", at_most=0.5, beyond=UNTRACED, measures=("cpu_ns",)),
    Gate("node", "H1a", "opentelemetry", at_most=0.5, beyond=UNTRACED, measures=("thread_cpu_ns",)),
    Gate("node", "H1ao", "opentelemetry", at_most=0.5, beyond=UNTRACED, measures=("cpu_ns",)),
    Gate("node", "H1ao", "opentelemetry", at_most=0.5, beyond=UNTRACED, measures=("thread_cpu_ns",)),
    Gate("node", "M1", "prometheus", 5),
    Gate("node", "M1v", "prometheus", like="M1"),
    Gate("node", "M1b", "prometheus", 50),
    Gate("node", "E1", "opentelemetry", 3, measures=("ns_min",)),
    Gate("node", "E1", "opentelemetry", 4, measures=("cpu_ns",)),
    Gate("node", "P1", "opentelemetry", 6),
    Gate("node", "P1v", "opentelemetry", 6),
    Gate("node", "X1", "prometheus", 10),
    Gate("node", "I1", "pino", 2, measures=("ns_min",)),
    Gate("rust", "L1", "slog-json", 1.15, measures=("ns_min",)),
    Gate("rust", "L1v", "slog-json", 4),
    Gate("rust", "L1t", "tracing-json", 4, measures=("cpu_ns",)),
    Gate("rust", "L0t", "tracing-json", within_ns=1, measures=("cpu_ns",)),
    Gate("rust", "S1", "opentelemetry", 2.2, measures=("ns_min",)),
    Gate("rust", "S1v", "opentelemetry", like="S1"),
    Gate("rust", "E1", "opentelemetry", 2, measures=("ns_min",)),
    Gate("rust", "E1", "opentelemetry", 2.5, measures=("cpu_ns",)),
    Gate("rust", "M1v", "prometheus", like="M1"),
    *(
        Gate(lang, workload, FILE, at_most=1.1 if workload[2:] == "o" else 1.6, measures=("thread_cpu_ns",))
        for lang in ("python", "node", "rust")
        for workload in RECORDING
    ),
    Gate("rust", "D1", None, within_ns=1e6, measures=("p999_ns",)),
    Gate("powershell", "I1", "empty", within_ns=60e6, measures=("ns_min",)),
    Gate("powershell", "I2", None, within_ns=10e6, measures=("ns_min",)),
    Gate("powershell", "W0", "bare", at_most=1.3),
    Gate("powershell", "W4", "bare", at_most=1.5),
    Gate("powershell", "W4", "json", 40),
    Gate("powershell", "Woff", "bare", at_most=1.15),
    Gate("powershell", "Wblock", "bare", at_most=1.15),
    Gate("powershell", "Wpipe", "bare", at_most=0.2),
    Gate("powershell", "Wstatic", "bare", at_most=0.03),
    Gate("powershell", "Wstatic4", "json", 40),
    Gate("powershell", "Wspan", "bare", at_most=2.5),
    Gate("powershell", "Wspanv", "bare", at_most=2.5),
]
