"""The exporter as a program: `python -m vigie_qdrant http://127.0.0.1:6333`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import vigie

from .exporter import Canary, Exporter


def main(arguments: list[str] | None = None) -> int:
    """Run until it is interrupted, or with ``--once`` a single time. 0 is well, 1 no answer, 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog="vigie-qdrant", description="A Qdrant server's health as metrics.")
    parser.add_argument("url", help="where its REST interface listens, such as http://127.0.0.1:6333")
    parser.add_argument("--every", type=float, default=15.0, metavar="SECONDS", help="between scrapes (15)")
    parser.add_argument("--timeout", type=float, default=5.0, metavar="SECONDS", help="for one answer (5)")
    parser.add_argument(
        "--listen", default="127.0.0.1:9469", metavar="ADDRESS", help="of the metrics (127.0.0.1:9469)"
    )
    parser.add_argument("--canaries", type=Path, metavar="FILE", help="a JSON list of canaries")
    parser.add_argument("--metrics-prefix", default="", help="the server's setting of that name")
    parser.add_argument("--per-collection", action="store_true", help="quantiles of requests by collection")
    parser.add_argument("--once", action="store_true", help="scrape once and print the metrics")
    given = parser.parse_args(arguments)
    try:
        exporter = Exporter(
            given.url,
            every=given.every,
            timeout=given.timeout,
            # By the environment: arguments are seen by everybody on the machine.
            api_key=os.environ.get("QDRANT_API_KEY"),
            canaries=_canaries(given.canaries),
            metrics_prefix=given.metrics_prefix,
            per_collection=given.per_collection,
        )
    except (OSError, ValueError, TypeError) as error:
        print(f"vigie-qdrant: {error}", file=sys.stderr)
        return 2
    if given.once:
        vigie.init(service="vigie-qdrant", outputs=[{"to": "console", "signals": ["logs"]}])
        answered = exporter.scrape()
        sys.stdout.write(vigie.metrics_text())
        return 0 if answered else 1
    outputs: list[dict[str, Any]] = [
        {"to": "console", "signals": ["logs"]},
        {"to": "prometheus", "listen": given.listen},
    ]
    vigie.init(service="vigie-qdrant", outputs=outputs)
    exporter.start()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
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
