"""Turns the vectors that C can express into a flat script of ops (see README.md); `flatten.py <vectors-dir> <out-dir> > script`.

Not a driver: it plays nothing and judges nothing.
"""

import base64
import json
import pathlib
import sys
from collections.abc import Iterator
from typing import Any

INSTRUMENTS = ("counter", "up_down_counter", "gauge", "histogram")
SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def plain(value: Any) -> Any:
    """The parts of a typed string joined to text with surrogates, or to bytes when it is not UTF-8."""
    match value:
        case {"$utf8": data}:
            return base64.b64decode(data)
        case {"$utf16": units}:
            return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass")
        case {"$repeat": [text, times]}:
            return plain(text) * times
        case {"$concat": texts}:
            return "".join(plain(text) for text in texts)
    return value


def raw(value: Any) -> bytes:
    """A string as the bytes that a C program hands over."""
    text = plain(value)
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def quoted(value: Any) -> bytes:
    """A string as JSON text; surrogates as escapes, bytes that are not UTF-8 as they are."""
    text = plain(value)
    if isinstance(text, bytes):
        return b'"' + text + b'"'

    def escaped(character: str) -> str:
        if character in SHORT:
            return SHORT[character]
        hidden = character < " " or "\ud800" <= character <= "\udfff"
        return f"\\u{ord(character):04x}" if hidden else character

    return b'"' + "".join(map(escaped, text)).encode() + b'"'


def members(pairs: list[tuple[Any, Any]]) -> bytes:
    return b"{" + b",".join(quoted(key) + b":" + wire(value) for key, value in pairs) + b"}"


def pairs_of(value: Any) -> list[tuple[Any, Any]]:
    match value:
        case {"$pairs": pairs}:
            return [(key, member) for key, member in pairs]
        case {"$keys": count}:
            return [(f"k{n}", n) for n in range(count)]
    return list((value or {}).items())


def wire(value: Any) -> bytes:
    """A value as JSON text."""
    match value:
        case {"$float": text} | {"$int": text}:
            return text.encode()
        case {"$nest": depth}:
            return b'{"n":' * depth + b"1" + b"}" * depth
        case {"$nest_list": depth}:
            return b"[" * depth + b"1" + b"]" * depth
        case {"$items": count}:
            return json.dumps(list(range(count))).encode()
        case {"$utf8": _} | {"$utf16": _} | {"$repeat": _} | {"$concat": _} | str():
            return quoted(value)
        case dict():
            return members(pairs_of(value))
        case list():
            return b"[" + b",".join(map(wire, value)) + b"]"
    return json.dumps(value).encode()


def attributes(value: Any) -> bytes:
    return members(pairs_of(value)) if value else b""


def error(value: Any) -> bytes:
    if not value:
        return b""
    parts = [quoted(key) + b":" + quoted(value[key]) for key in ("type", "message", "stack") if key in value]
    if "cause" in value:
        parts.append(b'"cause":' + error(value["cause"]))
    if "errors" in value:
        parts.append(b'"errors":[' + b",".join(map(error, value["errors"])) + b"]")
    if "attributes" in value:
        parts.append(b'"attributes":' + members(pairs_of(value["attributes"])))
    return b"{" + b",".join(parts) + b"}"


def op(word: str, *arguments: bytes | str) -> bytes:
    data = [argument.encode() if isinstance(argument, str) else argument for argument in arguments]
    return b" ".join([word.encode()] + [b"%d:%s" % (len(part), part) for part in data]) + b"\n"


def number(step: dict[str, Any], key: str) -> str:
    return str(step.get(key, ""))


def span(step: dict[str, Any]) -> Iterator[bytes]:
    options = [b'"start_time_ns":' + wire(step["start_ns"])] if "start_ns" in step else []
    links = [
        members([(key, link[key]) for key in ("trace_id", "span_id", "attributes") if key in link])
        for link in step.get("links", [])
    ]
    options += [b'"links":[' + b",".join(links) + b"]"] if links else []
    given = b"{" + b",".join(options) + b"}" if options else b""
    root = "root" if step.get("root") else ""
    name, kind, given_attributes = raw(step["span"]), step.get("kind", ""), attributes(step.get("attributes"))
    yield op("span", name, kind, given_attributes, given, number(step, "end_ns"), root)
    yield from nested(step)


def nested(step: dict[str, Any]) -> Iterator[bytes]:
    for inner in step["steps"]:
        yield from ops(inner)
    yield op("pop")


def headers(given: list[list[str]]) -> bytes:
    values: dict[str, list[str]] = {}
    for name, value in given:
        values.setdefault(name, []).append(value)
    return json.dumps(
        {name: found if len(found) > 1 else found[0] for name, found in values.items()}
    ).encode()


def ops(step: dict[str, Any]) -> Iterator[bytes]:
    given = attributes(step.get("attributes"))
    match step:
        case {"log": logger}:
            yield op("logger", raw(logger))
            yield from (op("bind", attributes(bound)) for bound in step.get("bind", []))
            yield op("log", str(step["level"]), raw(step["message"]), given, error(step.get("error")))
        case {"context": ambient}:
            yield op("context", attributes(ambient), attributes(step.get("baggage")))
            yield from nested(step)
        case {"extract": carrier}:
            told = step.get("public_endpoint")
            yield op("extract", headers(carrier), "" if told is None else str(int(told)))
            yield from nested(step)
        case {"span": _}:
            yield from span(step)
        case {"set": values}:
            yield from (op("set", members([pair])) for pair in pairs_of(values))
        case {"event": name}:
            yield op("event", raw(name), given, number(step, "time_ns"))
        case {"link": link}:
            yield op("link", link["trace_id"], link["span_id"], given)
        case {"exception": raised}:
            texts = [raw(raised.get(key, "")) for key in ("type", "message", "stack")]
            yield op("exception", error(raised), given, *texts)
        case {"status": status}:
            yield op("status", status, raw(step.get("message", "")))
        case {"rename": name}:
            yield op("rename", raw(name))
        case {"inject": _} | {"stats": _} | {"flush": _}:
            yield op(next(iter(step)))
        case {"metrics_text": kind}:
            yield op("metrics_text", kind)
        case {"init": config}:
            yield op("reinit", json.dumps(config))
        case {"set_level": level}:
            yield op("set_level", step.get("logger", ""), level or "")
        case {"reconfigure": config}:
            yield op("reconfigure", json.dumps(config))
        case _:
            kind = next(kind for kind in INSTRUMENTS if kind in step)
            options = json.dumps(step["options"]) if "options" in step else ""
            bound = "bound" if step.get("bound") else ""
            yield op(kind, raw(step[kind]), wire(step["value"]), given, options, bound)


def main(vectors: str, out: str) -> None:
    for path in sorted(pathlib.Path(vectors).glob("*.json")):
        text = path.read_text("utf-8")
        text = text.replace("$OUT", str(pathlib.Path(out) / f"{path.stem}.jsonl")).replace(
            "$VECTORS", vectors
        )
        vector = json.loads(text)
        if "c" in vector.get("not_expressible", {}):
            continue
        env = vector.get("env", {})
        lines = [op("vector", path.stem, str(pathlib.Path(out) / f"{path.stem}.extra"))]
        lines += [op("env", name, value) for name, value in env.items()]
        lines.append(op("init", json.dumps(vector["config"])))
        lines += [part for step in vector["steps"] for part in ops(step)]
        lines.append(op("end"))
        lines += [op("unenv", name) for name in env]
        sys.stdout.buffer.write(b"".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
