"""Random vectors without expected lines: what every language must do alike, whatever it is.

Not for saying what is right: the vectors in `vectors/` do. `test_generated.py` compares the drivers with each other.
"""

import json
import pathlib
import random
from typing import Any

Json = dict[str, Any]

CHARACTERS = list('abcXYZ 019_-./:{}"\\\n\r\t\0\x1b\x7f\x85\x9f\xa0\u2028\u2029\u202e\u2066é日😀$%#,;=')
PLAIN_KEYS = [
    "a",
    "b",
    "order_id",
    "user",
    "password",
    "api_key",
    "input_tokens",
    "tokenCount",
    "refreshToken",
    "pin",
    "cvv_code",
    "secret",
    "x.y",
    "level",
    "kind",
    "message",
    "trace_id",
    "host",
    "pid",
    "error",
    "template",
    "Authorization",
    "token_type",
    "n",
    "cookie-jar",
    "privateKey",
    "__proto__",
    "length",
    "constructor",
    "timestamp",
    "service",
    "entities",
    "é",
    'k"q',
]
# Their place takes a string in any case, so nothing depends on the kind of the value.
STRING_KEYS = [
    "user_id",
    "request_id",
    "session_id",
    "tenant_id",
    "correlation_id",
    "event",
    "category",
    "outcome",
]
SECRETS = ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "AKIAIOSFODNN7EXAMPLE", "xoxb-1234567890-abcdefghijkl")
INTEGERS = (0, 1, -1, 42, -7, 10**6, 2**53 - 1, -(2**53) + 1)
BIG = (2**63 - 1, -(2**63), 2**63, 2**64, -(2**63) - 1, 10**25, 2**53 + 1)
DOUBLES = (0.5, 0.1, 1e-7, 1.5e-9, 123.456, -0.25, 2.5, 1e21, 1.7e300, 5e-324)
INSTRUMENTS = ("counter", "up_down_counter", "gauge", "histogram")
# Arguments of functions of some language, which cannot be attributes there.
ARGUMENTS = {"kind", "parent", "start_time", "links", "timestamp"}
CONFIG = {
    "service": "shop",
    "level": "trace",
    "outputs": [{"to": "file", "path": "$OUT"}],
    "testing": {"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1, "host": "h", "pid": 7},
}


class Generator:
    """Draws vectors from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def text(self, longest: int = 20) -> str:
        text = "".join(self.pick(CHARACTERS) for _ in range(self.random.randint(0, longest)))
        return f"{text} {self.pick(SECRETS)} " if self.chance(0.05) else text

    def name(self) -> str:
        return self.text(6) or "n"

    def number(self) -> Any:
        if self.chance(0.5):
            return self.pick(INTEGERS)
        if self.chance(0.3):
            return {"$int": str(self.pick(BIG))}
        drawn = self.pick((*DOUBLES, self.random.uniform(-1e6, 1e6), self.random.random() * 1e-9))
        return {"$float": repr(drawn)}

    def value(self, depth: int = 0) -> Any:
        drawn = self.random.random()
        if drawn < 0.4:
            return self.text()
        if drawn < 0.65:
            return self.number()
        if drawn < 0.75 or depth > 4:
            return self.pick((True, False, None))
        if drawn < 0.9:
            return self.attributes(depth + 1)
        return [self.value(depth + 1) for _ in range(self.random.randint(0, 5))]

    def attributes(self, depth: int = 0, most: int = 6) -> Json:
        drawn: Json = {}
        for _ in range(self.random.randint(0, most)):
            if self.chance(0.2):
                drawn[self.pick(STRING_KEYS)] = self.text()
            else:
                # Keys that look like numbers have an order of their own in JavaScript.
                drawn[self.pick(PLAIN_KEYS) if self.chance(0.8) else "k" + self.text(4)] = self.value(depth)
        return drawn

    def arguments(self, most: int = 4) -> Json:
        return {key: value for key, value in self.attributes(most=most).items() if key not in ARGUMENTS}

    def message(self, keys: list[str]) -> str:
        def part() -> str:
            hole = self.pick(keys or ["a"])
            spec = self.pick(("", "", ":.2f", ":08d", ":5d", ":>5"))
            return self.pick((f"{{{hole}{spec}}}", f"{{{hole}{spec}}}", "{{", "}}", "{}", self.text(8)))

        return "".join(part() for _ in range(self.random.randint(0, 4)))

    def log(self) -> Json:
        own, bound = self.attributes(), [self.attributes(most=2) for _ in range(self.random.randint(0, 2))]
        keys = [key for given in (own, *bound) for key in given]
        levels = ("trace", "debug", "info", "WARNING", "warn", "error", "fatal")
        step: Json = {
            "log": self.pick(("a", "a.b", "é\n")),
            "level": self.pick(levels),
            "message": self.message(keys),
        }
        step |= {"attributes": own, "bind": bound}
        if self.chance(0.1):
            step["error"] = {
                "type": self.name(),
                "message": self.text(),
                "cause": {"type": "C", "message": self.text()},
            }
        return step

    def in_span(self) -> Json:
        drawn = self.random.random()
        if drawn < 0.4:
            return {"set": self.arguments(2)}
        if drawn < 0.7:
            return {"event": self.name(), "attributes": self.arguments()}
        if drawn < 0.8:
            return {"status": self.pick(("ok", "error", "unset")), "message": self.text()}
        if drawn < 0.9:
            return {"exception": {"type": "E", "message": self.name(), "stack": self.name()}}
        return {"rename": self.name()}

    def measure(self) -> Json:
        kind = self.pick(INSTRUMENTS)
        value = self.pick((1, 2, 0.5, 1.25, -1, 7, 100, 2**53 - 1))
        step = {kind: kind[0] + self.pick(("_x", "_y")), "value": value, "attributes": self.arguments(2)}
        return step | ({"bound": True} if self.chance(0.3) else {})

    def steps(self, depth: int, inside: bool, count: int) -> list[Json]:
        drawn = []
        for _ in range(count):
            share = self.random.random()
            nested = self.random.randint(0, 3)
            if share < 0.45 or depth > 3:
                drawn.append(self.log())
            elif share < 0.6:
                drawn.append({"context": self.arguments(3), "steps": self.steps(depth + 1, inside, nested)})
            elif share < 0.75:
                step = {
                    "span": self.name(),
                    "attributes": self.arguments(3),
                    "steps": self.steps(depth + 1, True, nested),
                }
                drawn.append(step | ({"kind": "client"} if self.chance(0.3) else {}))
            elif inside:
                drawn.append(self.in_span())
            else:
                drawn.append(self.measure())
        return drawn


def write(folder: pathlib.Path, seed: int, count: int) -> None:
    """Writes so many vectors into a folder."""
    generator = Generator(seed)
    for number in range(count):
        name = f"{number:05d}-generated"
        steps = generator.steps(0, False, generator.pick((1, 2, 4)))
        steps += [{"metrics_text": "prometheus"}, {"metrics_text": "openmetrics"}, {"inject": True}]
        vector = {"name": name, "why": f"seed {seed}", "config": CONFIG, "steps": steps, "expected": []}
        (folder / f"{name}.json").write_text(json.dumps(vector), "utf-8")
