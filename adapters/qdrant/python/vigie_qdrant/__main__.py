"""The exporter as a program: `vigie-qdrant http://127.0.0.1:6333`, and as a command of Vigie's own, `vigie qdrant`."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import vigie

from .exporter import Canary, Exporter

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def main(arguments: list[str] | None = None) -> int:
    """Serve until it is interrupted, or with ``--once`` show what there is. 0 is well, 1 no answer, 2 wrong arguments."""
    given = _parser().parse_args(arguments)
    try:
        exporter = Exporter(
            given.url,
            every=given.interval,
            timeout=given.timeout,
            # By the environment: arguments are seen by everybody on the machine.
            api_key=os.environ.get(given.api_key_variable),
            canaries=_canaries(given.canaries),
            metrics_prefix=given.metrics_prefix,
            per_collection=given.per_collection,
        )
        return _show(exporter) if given.once else _serve(exporter, given.listen)
    except (OSError, ValueError, TypeError, vigie.ConfigError) as error:
        print(f"vigie-qdrant: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vigie-qdrant", description="A Qdrant server's health: shown once, or served to Prometheus."
    )
    add = parser.add_argument
    add(
        "url",
        nargs="?",
        default="http://127.0.0.1:6333",
        metavar="URL",
        help="where the server's REST interface listens (http://127.0.0.1:6333)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--once", action="store_true", help="show the state and why it is so, and end")
    what.add_argument(
        "--listen",
        default="127.0.0.1:9469",
        metavar="ADDRESS",
        help="serve the metrics at http://ADDRESS/metrics (127.0.0.1:9469)",
    )
    add(
        "--interval",
        type=_seconds,
        default=15.0,
        metavar="TIME",
        help="between scrapes, as 500ms, 15s, 1m (15s)",
    )
    add("--timeout", type=_seconds, default=5.0, metavar="TIME", help="for one answer (5s)")
    add(
        "--api-key-variable",
        default="QDRANT_API_KEY",
        metavar="NAME",
        help="the variable of the environment that has the API key (QDRANT_API_KEY)",
    )
    add(
        "--canaries",
        type=Path,
        metavar="FILE",
        help="a JSON list of canaries, searches whose answers are known",
    )
    add("--metrics-prefix", default="", metavar="PREFIX", help="the server's setting service.metrics_prefix")
    add("--per-collection", action="store_true", help="quantiles of requests by collection")
    return parser


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number and one of ms, s, m, h, as in 15s")
    return float(found[1]) * _SECONDS[found[2]]


def _show(exporter: Exporter) -> int:
    # The report says what the log lines would.
    vigie.init(service="vigie-qdrant", outputs=[{"to": "null"}])
    answered = exporter.scrape()
    sys.stdout.write(exporter.report())
    return 0 if answered else 1


def _serve(exporter: Exporter, address: str) -> int:
    outputs: list[dict[str, Any]] = [
        {"to": "console", "signals": ["logs"]},
        {"to": "prometheus", "listen": address},
    ]
    vigie.init(service="vigie-qdrant", outputs=outputs)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    exporter.start()
    print(f"vigie-qdrant: metrics at http://{address}/metrics", file=sys.stderr)
    ended.wait()
    exporter.stop(0)
    vigie.shutdown()
    return 0


def _canaries(file: Path | None) -> list[Canary]:
    if file is None:
        return []
    try:
        return [Canary(**one) for one in json.loads(file.read_text())]
    except (ValueError, TypeError) as error:
        raise ValueError(f"{file}: not a list of canaries: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
