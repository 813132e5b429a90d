"""The last scrape in words, for eyes: one line of the server, one of each collection, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from .collections import STATUSES
from .gauges import Gauges

_STATUS_OF = {number: word for word, number in STATUSES.items()}
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_UNKNOWN = "-"


def report(gauges: Gauges, diagnoses: Mapping[str, str]) -> str:
    """The whole of it, in lines."""
    found = _Values(gauges)
    if found.one("up") != 1:
        return f"{gauges.server} does not answer ({gauges.failures['metrics']})\n"
    blocks = [
        [_server(gauges.server, found)],
        _table(found),
        [f"{collection}: {words}" for collection, words in sorted(diagnoses.items())],
        _canaries(found),
        [
            f"slowest {labels['request']} of {labels['collection']}: {seconds:.3g} s"
            for labels, seconds in found.all("slow_request.max")
        ],
        [f"not known: {part} ({reason})" for part, reason in sorted(gauges.failures.items())],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


class _Values:
    """The values of the scrape, by name."""

    def __init__(self, gauges: Gauges) -> None:
        self._found: dict[str, list[tuple[dict[str, str], float]]] = {}
        for (name, labels), value in gauges.values():
            self._found.setdefault(name, []).append((dict(labels), value))

    def all(self, name: str) -> list[tuple[dict[str, str], float]]:
        """Each value with its labels."""
        return self._found.get(name, [])

    def one(self, name: str, **labels: str) -> float | None:
        """The value with just these labels."""
        return next((value for found, value in self.all(name) if found == labels), None)


def _server(name: str, found: _Values) -> str:
    parts = []
    collections, resident, ratio, peers = (
        found.one(one) for one in ("collections", "memory.resident", "memory.ratio", "cluster.peers")
    )
    if collections is not None:
        parts.append(_many(collections, "collection"))
    if resident is not None:
        parts.append(f"{_bytes(resident)} of memory" + (f", {ratio:.0%} of the machine's" if ratio else ""))
    if peers is not None:
        parts.append(_many(peers, "peer"))
    if found.one("cluster.consensus.working") == 0:
        parts.append("consensus does not work")
    if found.one("recovery_mode"):
        parts.append("in recovery mode")
    return "; ".join([f"{name} answers", *parts])


def _table(found: _Values) -> list[str]:
    rows = [("COLLECTION", "STATUS", "POINTS", "INDEXED", "SEGMENTS", "WAITING", "REPLICAS")]
    rows += [
        (
            name,
            _STATUS_OF.get(int(status), _UNKNOWN),
            _count(found.one("collection.points", collection=name)),
            _share(found.one("collection.indexed.ratio", collection=name)),
            _count(found.one("collection.segments", collection=name)),
            _count(found.one("collection.update_queue", collection=name)),
            _replicas(name, found),
        )
        for name, status in sorted(
            (labels["collection"], value) for labels, value in found.all("collection.status")
        )
    ]
    if len(rows) == 1:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _replicas(collection: str, found: _Values) -> str:
    missing = found.one("collection.replicas.missing", collection=collection)
    dead = found.one("collection.replicas.dead", collection=collection)
    if missing is None and dead is None:
        return _UNKNOWN
    wrong = [f"{count:.0f} {word}" for count, word in ((missing, "missing"), (dead, "dead")) if count]
    return ", ".join(wrong) or "all"


def _canaries(found: _Values) -> list[str]:
    lines = []
    for labels, seconds in found.all("canary.duration"):
        said = [f"{seconds * 1000:.3g} ms"]
        for name, words in (
            ("canary.recall", "of an exact search's answers"),
            ("canary.known", "of the known ids"),
        ):
            share = found.one(name, **labels)
            if share is not None:
                said.insert(-1, f"{share:.0%} {words}")
        lines.append(f"canary {labels['canary']} in {labels['collection']}: {', '.join(said)}")
    return lines


def _many(count: float, word: str) -> str:
    return f"{count:.0f} {word}{'' if count == 1 else 's'}"


def _count(number: float | None) -> str:
    return _UNKNOWN if number is None else f"{number:.0f}"


def _share(ratio: float | None) -> str:
    # Not 100% while anything is left.
    return _UNKNOWN if ratio is None else f"{int(ratio * 100)}%"


def _bytes(count: float) -> str:
    unit = 0
    while count >= 1024 and unit < len(_UNITS) - 1:
        count, unit = count / 1024, unit + 1
    return f"{count:.3g} {_UNITS[unit]}"
