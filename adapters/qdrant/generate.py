"""Makes the tables of both packages from operations.json. `--check` only says whether they are as they would be made."""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MADE = "Made by generate.py from operations.json; a test compares them."


def python(table: dict[str, Any]) -> str:
    """The module of the Python package: names as constants, operations as a dict."""
    lines = [f'"""Names of operations, attributes and metrics. {MADE}"""', ""]
    lines += ["from typing import NamedTuple", "", ""]
    lines += ["class Operation(NamedTuple):", '    """What is known of one method of the clients."""', ""]
    lines += ['    group: str = "admin"', "    filter: str | None = None", "    items: str | None = None"]
    lines += ["    rows: str | None = None", "    scores: bool = False", "", ""]
    lines += ["class Metric(NamedTuple):", '    """How an instrument is made."""', ""]
    lines += ["    kind: str", "    name: str", "    unit: str", "    description: str"]
    lines += ["    buckets: tuple[float, ...] | None = None", "", ""]
    lines += [f'{key} = "{name}"' for key, name in table["attributes"].items()]
    lines.append("")
    for key, metric in table["metrics"].items():
        lines.append(f"{key} = Metric(")
        lines += [f"    {json.dumps(metric[field])}," for field in ("kind", "name", "unit", "description")]
        if "buckets" in metric:
            lines.append(f"    ({', '.join(str(bound) for bound in metric['buckets'])}),")
        lines.append(")")
    lines += ["", f"NOT_OPERATIONS = frozenset({json.dumps(table['not_operations']['python'])})", ""]
    lines.append("OPERATIONS = {")
    for name, entry in table["operations"].items():
        if entry.get("python", True):
            fields = {key: entry[key] for key in ("group", "filter", "rows", "scores") if key in entry}
            fields["items"] = entry.get("items", {}).get("python")
            order = ("group", "filter", "items", "rows", "scores")
            given = [
                f"{key}={json.dumps(fields[key]) if key != 'scores' else 'True'}"
                for key in order
                if fields.get(key)
            ]
            lines.append(f'    "{name}": Operation({", ".join(given)}),')
    return "\n".join([*lines, "}", ""])


def node(table: dict[str, Any]) -> str:
    """The module of the Node package, likewise, by the names of the methods there."""
    lines = [f"// Names of operations, attributes and metrics. {MADE}", ""]
    lines += ["/** What is known of one method of the client. */", "export interface Operation {"]
    lines += ["  readonly name: string", "  readonly group: string", "  readonly items?: readonly string[]"]
    lines += ["  readonly rows?: string", "  readonly scores?: boolean"]
    lines += ["  /** Whether the first argument, where it is a text, names a collection. */"]
    lines += ["  readonly collection?: boolean", "}", ""]
    lines += ["/** How an instrument is made. */", "export interface Metric {", "  readonly name: string"]
    lines += ["  readonly unit: string", "  readonly description: string"]
    lines += ["  readonly buckets?: readonly number[]", "}", ""]
    lines += [f"export const {key} = '{name}'" for key, name in table["attributes"].items()]
    lines.append("")
    for key, metric in table["metrics"].items():
        fields = {name: value for name, value in metric.items() if name != "kind"}
        lines.append(f"export const {key}: Metric = {json.dumps(fields)}")
    names = json.dumps(table["not_operations"]["node"])
    lines += ["", f"export const NOT_OPERATIONS: ReadonlySet<string> = new Set({names})", ""]
    lines.append("export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([")
    for name, entry in table["operations"].items():
        if entry["node"]:
            known = ("group", "rows", "scores", "collection")
            fields = {"name": name} | {key: entry[key] for key in known if key in entry}
            if entry.get("items", {}).get("node"):
                fields["items"] = entry["items"]["node"]
            # The client keeps an older name of one method.
            for method in (entry["node"], entry.get("node_too")):
                if method:
                    lines.append(f"  [{json.dumps(method)}, {json.dumps(fields)}],")
    return "\n".join([*lines, "])", ""])


def main() -> int:
    table = json.loads((HERE / "operations.json").read_text())
    made = {"python/vigie_qdrant/_names.py": python(table), "node/lib/names.ts": node(table)}
    if "--check" in sys.argv:
        stale = [name for name, text in made.items() if (HERE / name).read_text() != text]
        print(
            "\n".join(f"{name} is not what operations.json says: run generate.py" for name in stale), end=""
        )
        return len(stale)
    for name, text in made.items():
        (HERE / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
