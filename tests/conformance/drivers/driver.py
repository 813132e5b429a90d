"""Plays the conformance vectors through the public Python face; `driver.py <vectors-dir> <out-dir>`.

Not a judge: what a vector means is in tests/conformance/README.md, and the runner compares.
"""

import base64
import datetime
import json
import os
import pathlib
import sys
from typing import Any

import vigie


def build(value: Any) -> Any:
    """A value of a vector as the Python value that it stands for."""
    match value:
        case {"$float": text}:
            return float(text)
        case {"$int": text}:
            return int(text)
        case {"$bytes": data}:
            return base64.b64decode(data)
        case {"$utf16": units}:
            return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass")
        case {"$repeat": [text, times]}:
            return build(text) * times
        case {"$concat": texts}:
            return "".join(build(text) for text in texts)
        case {"$nest": depth}:
            made: Any = 1
            for _ in range(depth):
                made = {"n": made}
            return made
        case {"$nest_list": depth}:
            made = 1
            for _ in range(depth):
                made = [made]
            return made
        case {"$keys": count}:
            return {f"k{n}": n for n in range(count)}
        case {"$items": count}:
            return list(range(count))
        case {"$pairs": pairs}:
            return {build(key): build(member) for key, member in pairs}
        case {"$cycle": kind}:
            made = {"n": 1} if kind == "map" else [1]
            made.__setitem__("self", made) if kind == "map" else made.append(made)
            return made
        case {"$datetime": text}:
            return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        case {"$set": members}:
            return {build(member) for member in members}
        case dict():
            return {key: build(member) for key, member in value.items()}
        case list():
            return [build(member) for member in value]
    return value


def link(given: dict[str, Any]) -> Any:
    context = vigie.context_from({"traceparent": f"00-{given['trace_id']}-{given['span_id']}-01"})
    return (context, build(given.get("attributes", {})))


class Player:
    """Plays the steps of one vector; extras go into `extra`."""

    def __init__(self, extra: pathlib.Path) -> None:
        self.extra = extra
        self.spans: list[Any] = []
        self.outside = vigie.current_context()
        extra.write_bytes(b"")

    def note(self, kind: str, data: str) -> None:
        with self.extra.open("ab") as file:
            file.write(b"%s %d\n%s\n" % (kind.encode(), len(data.encode()), data.encode()))

    def attempt(self, call: Any, *arguments: Any) -> bool:
        try:
            call(*arguments)
        except vigie.ConfigError as error:
            self.note("result", str(error))
            return False
        return True

    def steps(self, steps: list[dict[str, Any]]) -> None:
        for step in steps:
            self.step(step)

    def step(self, step: dict[str, Any]) -> None:
        attributes = build(step.get("attributes", {}))
        match step:
            case {"log": name, "level": level, "message": message}:
                logger = vigie.get_logger(build(name))
                for bound in step.get("bind", []):
                    logger = logger.bind(**build(bound))
                if "error" in step:
                    attributes = {**attributes, "exc_info": build(step["error"])}
                # A number of the vectors is OpenTelemetry's, which Python takes as text; its own are logging's.
                logger.log(str(level), build(message), **attributes)
            case {"context": ambient}:
                with vigie.context(baggage=build(step.get("baggage", {})), **build(ambient)):
                    self.steps(step["steps"])
            case {"extract": headers}:
                carrier: dict[str, Any] = {}
                for name, value in headers:
                    carrier[name] = [*carrier[name], value] if name in carrier else [value]
                with vigie.extract(
                    {name: found if len(found) > 1 else found[0] for name, found in carrier.items()},
                    public_endpoint=step.get("public_endpoint"),
                ):
                    self.steps(step["steps"])
            case {"span": _}:
                self.span(step, attributes)
            case {"set": values}:
                for key, value in build(values).items():
                    self.spans[-1].set_attribute(key, value)
            case {"event": name}:
                self.spans[-1].add_event(build(name), timestamp=step.get("time_ns"), **attributes)
            case {"link": to}:
                context, _ = link(to)
                self.spans[-1].add_link(context, **attributes)
            case {"exception": error}:
                self.spans[-1].record_exception(build(error), **attributes)
            case {"status": status}:
                self.spans[-1].set_status(status, step.get("message"))
            case {"rename": name}:
                self.spans[-1].update_name(build(name))
            case {"inject": _}:
                self.note("carrier", json.dumps(vigie.inject({})))
            case {"metrics_text": kind}:
                self.note("text", vigie.metrics_text(openmetrics=kind == "openmetrics"))
            case {"stats": _}:
                vigie.flush()
                self.note("stats", json.dumps(vigie.stats()))
            case {"flush": _}:
                vigie.flush()
            case {"set_level": level}:
                vigie.set_level(level, logger=step.get("logger"))
            case {"init": config}:
                if self.attempt(vigie.init, config):
                    self.note("result", "ok")
            case {"reconfigure": config}:
                if self.attempt(vigie.reconfigure, config):
                    self.note("result", "ok")
            case _:
                self.attempt(self.measure, step, attributes)

    def span(self, step: dict[str, Any], attributes: dict[str, Any]) -> None:
        options = {
            "kind": step.get("kind", "internal"),
            "parent": self.outside if step.get("root") else None,
            "start_time": step.get("start_ns"),
            "links": [link(given) for given in step.get("links", [])],
        }
        with vigie.span(build(step["span"]), **options, **attributes) as span:
            self.spans.append(span)
            self.steps(step["steps"])
            self.spans.pop().end(end_time=step.get("end_ns"))

    def measure(self, step: dict[str, Any], attributes: dict[str, Any]) -> None:
        kind = next(kind for kind in ("counter", "up_down_counter", "gauge", "histogram") if kind in step)
        instrument = getattr(vigie, kind)(step[kind], **step.get("options", {}))
        verb = {"gauge": "set", "histogram": "record"}.get(kind, "add")
        if step.get("bound"):
            instrument, attributes = instrument.bind(**attributes), {}
        getattr(instrument, verb)(build(step["value"]), **attributes)


def main(vectors: str, out: str) -> None:
    for path in sorted(pathlib.Path(vectors).glob("*.json")):
        text = path.read_text("utf-8").replace("$OUT", str(pathlib.Path(out) / f"{path.stem}.jsonl"))
        text = text.replace("$VECTORS", vectors)
        vector = json.loads(text)
        if "python" in vector.get("not_expressible", {}):
            continue
        os.environ.update(vector.get("env", {}))
        player = Player(pathlib.Path(out) / f"{path.stem}.extra")
        if player.attempt(vigie.init, vector["config"]):
            player.steps(vector["steps"])
        vigie.shutdown()
        for name in vector.get("env", {}):
            del os.environ[name]


if __name__ == "__main__":
    main(*sys.argv[1:])
