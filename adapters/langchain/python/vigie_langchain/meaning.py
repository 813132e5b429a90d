"""What a run of a chain is: an agent, a workflow, a node of a graph, a step, or nothing that anybody wants to see."""

from __future__ import annotations

from . import semantics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal

    Meaning = Literal["agent", "workflow", "node", "chain"] | None

_TYPES = frozenset(semantics.HIDDEN["run_types"])
_TAGS = frozenset(semantics.HIDDEN["tags"])
_NAMES = frozenset(semantics.HIDDEN["names"])
_PREFIXES = tuple(semantics.HIDDEN["prefixes"])
_STEP = "graph:step:"
_ATTEMPT = "retry:attempt:"
# What a compiled graph is called that was given no name.
_GRAPH = "LangGraph"


def of_chain(
    name: str, run_type: str | None, tags: Sequence[str], metadata: Mapping[str, Any], *, outermost: bool
) -> Meaning:
    """The meaning of a chain's run; None when it is passed over."""
    if run_type in _TYPES or not _TAGS.isdisjoint(tags):
        return None
    if metadata.get("langgraph_node") == name and any(tag.startswith(_STEP) for tag in tags):
        return None if name in _NAMES else "node"
    if metadata.get("lc_agent_name") == name:
        return "agent"
    if outermost or name == _GRAPH:
        return "workflow"
    return None if name in _NAMES or name.startswith(_PREFIXES) else "chain"


def attempt_of(tags: Sequence[str] | None) -> int | None:
    """Which attempt of a retried run it is, from 2 on; None for the first, which is not marked."""
    for tag in tags or ():
        if tag.startswith(_ATTEMPT):
            return int(tag[len(_ATTEMPT) :])
    return None


def conversation_of(metadata: Mapping[str, Any]) -> str | None:
    """The conversation's id, under whichever key the application keeps it."""
    for key in semantics.CONVERSATION_KEYS:
        if (conversation := metadata.get(key)) is not None:
            return str(conversation)
    return None
