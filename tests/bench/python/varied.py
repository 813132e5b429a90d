"""The values of the second shapes: text that is not ASCII, values inside of values, an error with a cause, many series.

Not for those of the first shapes: see `workloads.py`.
"""

from __future__ import annotations

import datetime
import random
import uuid

MESSAGE = "Bestellung für Zoë Müller – 3 Artikel geprüft"
CUSTOMER = "Zoë Müller-Lüdenscheidt"
NOTE = "価格は税込みです。「至急」"
AGENT = 'Mozilla/5.0 (X11; Linux x86_64) "Überall"'
ORDER_ID = uuid.UUID("0191f3a4-7c1e-7b7e-9d35-3f5a1c2b4d6e")
# Made once: Python's own code for it takes as long as a span of ours, and OpenTelemetry's spans take texts only.
ORDER_TEXT = str(ORDER_ID)
PLACED_AT = datetime.datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=datetime.timezone.utc)
TAGS = ["neu", "größe-m", "rot"]
HEADERS = {
    "tracestate": "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,acme@vendor=s:1;t:abc,dd=s:2;o:rum,es=s:0.5,other=xyz",
    "baggage": "tenant=acme%2Cinc,user=J%C3%BCrgen%20M%C3%BCller,plan=gold,cart=3%20items%3B%20rush",
}
# In an order without a pattern, which is the same in every process.
SERIES = [
    (method, f"/shop/{route}/größe", status)
    for method in ("GET", "POST", "PUT", "DELETE")
    for status in ("200", "201", "400", "404", "500")
    for route in range(100)
]
random.Random(1).shuffle(SERIES)


def _charge() -> None:
    try:
        raise ConnectionResetError("Verbindung zurückgesetzt: größe > 4096")
    except ConnectionResetError as error:
        raise ValueError("card declined: überzogen") from error


def declined() -> ValueError:
    """An error with a cause and the stacks of both, as a failed charge has one."""
    try:
        _charge()
    except ValueError as error:
        return error
    raise AssertionError("it always fails")
