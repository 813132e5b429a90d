"""The docstrings of ``_native.pyi``: those of the module itself, which are written once, in Rust.

``python bindings/python/tests/stub_texts.py`` writes them into the stub anew; a test compares.
"""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from vigie import _native

STUB = Path(__file__).parents[1] / "python" / "vigie" / "_native.pyi"
Node: TypeAlias = ast.ClassDef | ast.FunctionDef


def documented(tree: ast.Module) -> Iterator[tuple[str, Node]]:
    """Every class, function and method with its qualified name; of overloads the first."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from (
                (f"{node.name}.{member.name}", member)
                for member in node.body
                if isinstance(member, ast.FunctionDef)
            )


def text_of(name: str) -> str | None:
    """What the module says about a name. What the interpreter says of every class is left out."""
    thing: object = _native
    for part in name.split("."):
        thing = vars(thing)[part]
    if isinstance(thing, staticmethod):
        thing = thing.__func__
    text = getattr(thing, "__doc__", None)
    slot = name.rpartition(".")[2]
    if not text or text == getattr(getattr(type, slot, None), "__doc__", None):
        return None
    return inspect.cleandoc(text)


def wanted(source: str) -> Iterator[tuple[str, Node, str | None]]:
    seen = set()
    for name, node in documented(ast.parse(source)):
        if name not in seen:
            seen.add(name)
            yield name, node, text_of(name)


def differences(source: str) -> list[str]:
    """The names whose text in the stub is not the module's."""
    return [name for name, node, text in wanted(source) if ast.get_docstring(node) != text]


def rewritten(source: str) -> str:
    """The stub with the module's texts."""
    lines = source.split("\n")
    for _, node, text in reversed(list(wanted(source))):
        first = node.body[0]
        old = ast.get_docstring(node) is not None
        if old:
            lines[first.lineno - 1 : first.end_lineno] = []
        if text is None:
            continue
        indent = " " * (node.col_offset + 4)
        quoted = f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'
        block = textwrap.indent(quoted, indent, lambda line: line.strip() != "").split("\n")
        if not old and isinstance(first, ast.Expr):
            head = lines[first.lineno - 1]
            lines[first.lineno - 1 : first.end_lineno] = [head.removesuffix("...").rstrip(), *block]
        else:
            at = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))]) - 1
            lines[at:at] = block
    return "\n".join(lines)


if __name__ == "__main__":
    STUB.write_text(rewritten(STUB.read_text("utf-8")), "utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(STUB)], check=True)
