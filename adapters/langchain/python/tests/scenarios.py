"""The sixteen scenarios, once, for whatever traces: each is a program of LangChain as people write it.

Not for what is expected: see ``test_scenarios`` and ``peers``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict

from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda
from langchain_core.tools import tool
from models import Chat, Shelf, SlowChat

PROMPT = ChatPromptTemplate.from_messages([("human", "{q}")])
INPUT = {"q": "hello"}


@dataclass
class Place:
    """Where a scenario runs: the caller's config, a span of an HTTP client, and the id of the span that is current."""

    config: RunnableConfig
    http: Callable[[], contextlib.AbstractContextManager[Any]]
    current: Callable[[], object]
    seen: dict[str, Any] = field(default_factory=dict)

    def thread(self, conversation: str) -> RunnableConfig:
        """The config with a conversation."""
        return {**self.config, "configurable": {"thread_id": conversation}}


def simple(model: Runnable[Any, Any] | None = None) -> Runnable[Any, Any]:
    """A prompt, a model, a parser."""
    return PROMPT | (model or Chat()) | StrOutputParser()


@tool
def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


def chain(at: Place) -> None:
    simple().invoke(INPUT, at.config)


def a_tool(at: Place) -> None:
    add.invoke({"type": "tool_call", "id": "c-1", "name": "add", "args": {"a": 1, "b": 2}}, at.config)


def retriever(at: Place) -> None:
    (RunnableLambda(lambda q: q["q"]).with_config(run_name="pick") | Shelf()).invoke(INPUT, at.config)


def stream(at: Place) -> None:
    for _ in simple().stream(INPUT, at.config):
        at.seen.setdefault("between", at.current())


def closed_early(at: Place) -> None:
    chunks = simple().stream(INPUT, at.config)
    next(iter(chunks))
    chunks.close()  # type: ignore[attr-defined]  # it is a generator


def batch(at: Place) -> None:
    def body(text: str) -> str:
        at.seen.setdefault("bodies", set()).add(at.current())
        return text

    (simple() | RunnableLambda(body).with_config(run_name="body")).batch([INPUT] * 4, at.config)


def in_async(at: Place) -> None:
    asyncio.run(simple().ainvoke(INPUT, at.config))


def gather(at: Place) -> None:
    async def both() -> None:
        await asyncio.gather(*(simple().ainvoke(INPUT, at.config) for _ in range(3)))

    asyncio.run(both())


def cancel(at: Place) -> None:
    async def cancelled() -> None:
        model = SlowChat()
        task = asyncio.create_task(simple(model).ainvoke(INPUT, at.config))
        while not model.calls:
            await asyncio.sleep(0.01)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())


def error(at: Place) -> None:
    def fail() -> None:
        raise ValueError("no")

    with contextlib.suppress(ValueError):
        simple(Chat(body=fail)).invoke(INPUT, at.config)


def retry(at: Place) -> None:
    calls = iter((True, True, False))

    def fail_twice() -> None:
        if next(calls):
            raise ValueError("not yet")

    model = Chat(body=fail_twice).with_retry(wait_exponential_jitter=False, stop_after_attempt=3)
    simple(model).invoke(INPUT, at.config)


def agent(at: Place) -> None:
    from langchain.agents import create_agent

    calls = [{"name": "add", "args": {"a": 1, "b": 2}, "id": "call-1"}]
    model = Chat(answers=(AIMessage("", tool_calls=calls), AIMessage("3")))
    create_agent(model, [add], name="adder").invoke({"messages": [("human", "1 + 2?")]}, at.thread("t-agent"))


class State(TypedDict):
    """The state of a graph."""

    x: str


def _graph(node: Any, **options: Any) -> Any:
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(State)
    graph.add_node("work", node)
    graph.add_edge(START, "work")
    graph.add_edge("work", END)
    return graph.compile(**options)


def nested(at: Place) -> None:
    def inner(state: State) -> State:
        simple().invoke(INPUT)
        return state

    _graph(_graph(inner, name="inner"), name="outer").invoke({"x": "a"}, at.thread("t-nested"))


def interrupt(at: Place) -> None:
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.types import Command
    from langgraph.types import interrupt as ask

    graph = _graph(lambda state: {"x": ask("really?")}, checkpointer=InMemorySaver(), name="asking")
    graph.invoke({"x": "a"}, at.thread("t-asking"))
    graph.invoke(Command(resume="yes"), at.thread("t-asking"))


def http(at: Place) -> None:
    def request() -> None:
        with at.http():
            pass

    simple(Chat(body=request)).invoke(INPUT, at.config)


def two_graphs(at: Place) -> None:
    async def node(state: State) -> State:
        await simple().ainvoke(INPUT)
        return state

    async def both() -> None:
        graph = _graph(node, name="graph")
        await asyncio.gather(graph.ainvoke({"x": "a"}, at.config), graph.ainvoke({"x": "b"}, at.config))

    asyncio.run(both())


SCENARIOS: dict[str, Callable[[Place], None]] = {
    "chain": chain,
    "tool": a_tool,
    "retriever": retriever,
    "stream": stream,
    "stream closed early": closed_early,
    "batch with threads": batch,
    "async": in_async,
    "gather": gather,
    "cancel": cancel,
    "error": error,
    "retry": retry,
    "LangGraph agent": agent,
    "nested graph": nested,
    "interrupt and resume": interrupt,
    "HTTP call in the model's body": http,
    "two graphs at once": two_graphs,
}
