"""Which tools and prompts a side has listed, and which of the tools were called: the names that may be labels.

A name comes from the peer, so that it would be a label of any length and number otherwise. Not for what the lists say
beside names and sizes.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any

from . import names
from .instruments import counter, gauge
from .names import Side
from .size import members_of, size_of, tokens_of


class Listed:
    """The names of one side. They only grow: other callers may see other lists."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._lock = Lock()
        self._tools: dict[str, bool] = {}
        self._prompts: set[str] = set()

    def tools(self, tools: Iterable[Any]) -> None:
        """Learns the tools of a list, and what each of them costs in it."""
        for tool in tools:
            name = (members_of(tool) or {}).get("name")
            if isinstance(name, str) and self._admit(name):
                attributes = {names.SIDE: self._side, names.TOOL: name}
                gauge(names.DEFINITION_TOKENS).set(tokens_of(size_of(tool)), **attributes)
        self._count()

    def prompts(self, prompts: Iterable[Any]) -> None:
        """Learns the prompts of a list."""
        for prompt in prompts:
            name = (members_of(prompt) or {}).get("name")
            with self._lock:
                if isinstance(name, str) and len(self._prompts) < names.NAMES_KEPT:
                    self._prompts.add(name)

    def called(self, name: str, worked: bool) -> str:
        """Counts a call and gives the label: a call that worked shows that there is such a tool, listed or not."""
        if worked and name not in self._tools:
            self._admit(name)
        with self._lock:
            known = name in self._tools
            first = known and not self._tools[name]
            if known:
                self._tools[name] = True
        label = name if known else names.OTHER
        counter(names.TOOL_CALLS).add(1, **{names.SIDE: self._side, names.TOOL: label})
        if first:
            self._count()
        return label

    def prompt(self, name: str) -> str:
        """The label of a prompt."""
        return name if name in self._prompts else names.OTHER

    def _admit(self, name: str) -> bool:
        with self._lock:
            if name in self._tools:
                return True
            if len(self._tools) >= names.NAMES_KEPT:
                return False
            self._tools[name] = False
        # The series is there from the start, so that an alert sees a tool that nobody calls.
        counter(names.TOOL_CALLS).add(0, **{names.SIDE: self._side, names.TOOL: name})
        return True

    def _count(self) -> None:
        with self._lock:
            listed = len(self._tools)
            never = sum(not called for called in self._tools.values())
        gauge(names.TOOLS_LISTED).set(listed, **{names.SIDE: self._side})
        gauge(names.TOOLS_NEVER_CALLED).set(never, **{names.SIDE: self._side})


SIDES: dict[Side, Listed] = {"client": Listed("client"), "server": Listed("server")}
