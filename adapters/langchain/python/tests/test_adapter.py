"""What the spans, logs and metrics of runs say, how the adapter goes in and out, and that its faults stay its own."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import Any

import pytest
import vigie
import vigie_langchain
from langchain_core.callbacks import BaseCallbackHandler, dispatch_custom_event, manager
from langchain_core.language_models.fake import FakeListLLM
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.tools import tool
from langchain_core.tracers.context import collect_runs
from langgraph.graph import MessagesState, StateGraph
from langgraph.prebuilt import tools_condition
from models import Chat, Shelf
from scenarios import INPUT, Place, add, agent, interrupt, simple
from vigie.testing import Records
from vigie_langchain import VigieCallbackHandler
from vigie_langchain.names import Names

HERE = Path(__file__).resolve().parent
ADAPTER = HERE.parents[1]


def span_of(records: Records, name: str) -> dict[str, Any]:
    (span,) = [span for span in records.spans if span["name"] == name]
    return span


def place() -> Place:
    return Place({}, lambda: vigie.span("http"), lambda: None)


# What is said


def test_a_chat_span_has_the_names_of_the_conventions(records: Records) -> None:
    simple().invoke(INPUT)
    span = span_of(records, "chat fake-chat-1")
    assert span["span_kind"] == "client"
    assert span["attributes"] == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "fakeai",
        "gen_ai.request.model": "fake-chat-1",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.response.model": "fake-chat-1-2026",
        "gen_ai.response.id": "resp-1",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 40,
        "gen_ai.usage.cache_creation.input_tokens": 10,
        "gen_ai.usage.reasoning.output_tokens": 5,
    }
    assert span_of(records, "invoke_workflow RunnableSequence")["attributes"] == {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": "RunnableSequence",
    }


def test_a_stream_says_when_its_first_chunk_came(records: Records) -> None:
    for _ in Chat(chunks=50).stream("hello"):
        pass
    span = span_of(records, "chat fake-chat-1")
    seconds = span["attributes"]["gen_ai.response.time_to_first_chunk"]
    assert 0 < seconds < span["duration_ns"] / 1e9
    points = {metric["name"]: metric for metric in metrics() if "chunk" in metric["name"]}
    assert points["gen_ai.client.operation.time_to_first_chunk"]["count"] >= 1
    assert points["gen_ai.client.operation.time_per_output_chunk"]["count"] >= 1


def test_a_caller_between_two_chunks_is_where_it_was(records: Records) -> None:
    with vigie.span("app") as app:
        for _ in Chat().stream("hello"):
            assert vigie.current_context().span_id == app.span_id


def test_a_caller_is_where_it_was_in_a_task_too(records: Records) -> None:
    async def calls() -> None:
        with vigie.span("app") as app:
            await Chat().ainvoke("hello")
            assert vigie.current_context().span_id == app.span_id
            async for _ in simple().astream(INPUT):
                assert vigie.current_context().span_id == app.span_id
            assert vigie.current_context().span_id == app.span_id

    asyncio.run(calls())


def test_a_model_of_texts(records: Records) -> None:
    FakeListLLM(responses=["one"]).invoke("hello")
    (span,) = records.spans
    assert span["name"].startswith("text_completion ")
    assert span["attributes"]["gen_ai.operation.name"] == "text_completion"


def test_tools_and_retrievers(records: Records) -> None:
    add.invoke({"type": "tool_call", "id": "c-1", "name": "add", "args": {"a": 1, "b": 2}})
    Shelf().invoke("query")
    assert span_of(records, "execute_tool add")["attributes"] == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "add",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": "c-1",
    }
    retrieval = span_of(records, "retrieval shelf")
    assert retrieval["span_kind"] == "client"
    assert retrieval["attributes"] == {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": "shelf",
        "vigie.gen_ai.documents": 2,
    }


def test_an_error_has_its_type_its_words_and_its_stack(records: Records) -> None:
    @tool
    def broken() -> str:
        """Breaks."""
        raise LookupError("nothing there")

    with pytest.raises(LookupError):
        broken.invoke({})
    span = span_of(records, "execute_tool broken")
    assert (span["status"], span["status_message"]) == ("error", "LookupError: nothing there")
    assert span["attributes"]["error.type"] == "LookupError"
    assert "nothing there" in span["events"][0]["attributes"]["exception.stacktrace"]


def test_every_descendant_has_the_conversation(records: Records) -> None:
    agent(place())
    assert {span["attributes"]["gen_ai.conversation.id"] for span in records.spans} == {"t-agent"}


def test_a_resumed_run_links_to_the_interrupted_one(records: Records) -> None:
    interrupt(place())
    first, second = [span for span in records.spans if span["name"] == "invoke_workflow asking"]
    assert second["links"] == [{"trace_id": first["trace_id"], "span_id": first["span_id"]}]


def test_an_error_that_is_only_named_like_an_interrupt_is_an_error(records: Records) -> None:
    class GraphInterrupt(Exception):
        pass

    def fail(_: object) -> None:
        raise GraphInterrupt("really")

    with pytest.raises(GraphInterrupt):
        RunnableLambda(fail).invoke("x")
    assert records.spans[0]["status"] == "error"


def test_logs_in_a_body_carry_trace_and_run(records: Records) -> None:
    seen = []

    def body(text: str, config: Any) -> str:
        seen.append(str(config["callbacks"].parent_run_id))
        vigie.get_logger("app").info("inside")
        return text

    RunnableLambda(body).invoke("x")
    (log,), (span,) = records.logs, records.spans
    assert (log["trace_id"], log["span_id"]) == (span["trace_id"], span["span_id"])
    assert log["run_id"] == seen[0]


def test_a_users_span_in_a_body_is_the_parent_of_what_is_called_in_it(records: Records) -> None:
    def body(_: object) -> Any:
        with vigie.span("step"):
            return simple().invoke(INPUT)

    RunnableLambda(body).with_config(run_name="outer").invoke("x")
    spans = {span["name"]: span for span in records.spans}
    assert spans["step"]["parent_span_id"] == spans["invoke_workflow outer"]["span_id"]
    assert spans["RunnableSequence"]["parent_span_id"] == spans["step"]["span_id"]


def test_events_of_the_application(records: Records) -> None:
    def body(text: str) -> str:
        dispatch_custom_event("progress", {"done": 3})
        return text

    RunnableLambda(body).invoke("x")
    (event,) = records.spans[0]["events"]
    assert event["name"] == "progress" and "attributes" not in event, "content is off"


def test_the_routing_of_langgraph_itself_is_noise(records: Records) -> None:
    graph = StateGraph(MessagesState)
    graph.add_node("chat", lambda state: {"messages": [Chat().invoke(state["messages"])]})
    graph.add_node("tools", lambda state: state)
    graph.add_edge("__start__", "chat")
    graph.add_conditional_edges("chat", tools_condition)
    graph.compile().invoke({"messages": [("human", "hello")]})
    assert [span["name"] for span in records.spans] == [
        "chat fake-chat-1",
        "node chat",
        "invoke_workflow LangGraph",
    ]


def test_noise_is_passed_over_unless_it_is_asked_for() -> None:
    chain = RunnablePassthrough() | RunnablePassthrough.assign(q=lambda x: x["q"]) | simple()
    for show_all in (False, True):
        with vigie.testing.capture() as records:
            chain.invoke(INPUT, {"callbacks": [VigieCallbackHandler(show_all=show_all)]})
        names = {span["name"] for span in records.spans}
        assert ("StrOutputParser" in names) is ("RunnablePassthrough" in names) is show_all


# Content

TEXT = "my token is ghp_0123456789abcdefghijklmnopqrstuvwxyz and my name is Ada"


def test_content_is_off_by_default(records: Records) -> None:
    simple().invoke({"q": TEXT})
    assert "Ada" not in "\n".join(records.lines)


def test_content_as_counts() -> None:
    with vigie.testing.capture() as records:
        simple().invoke({"q": TEXT}, {"callbacks": [VigieCallbackHandler(content="metadata")]})
    attributes = span_of(records, "chat fake-chat-1")["attributes"]
    assert attributes["vigie.gen_ai.messages"] == 1
    assert attributes["vigie.gen_ai.content_characters"] == len(TEXT)
    assert "Ada" not in "\n".join(records.lines)


def test_content_in_full_is_redacted_by_vigie_and_by_the_user() -> None:
    handler = VigieCallbackHandler(content="full", redact=lambda text: text.replace("Ada", "[name]"))
    with vigie.testing.capture() as records:
        simple().invoke({"q": TEXT}, {"callbacks": [handler]})
        add.invoke(
            {"type": "tool_call", "id": "c", "name": "add", "args": {"a": 1, "b": 2}},
            {"callbacks": [handler]},
        )
        Shelf().invoke("q", {"callbacks": [handler]})
    (asked,) = span_of(records, "chat fake-chat-1")["attributes"]["gen_ai.input.messages"]
    assert asked["role"] == "user" and asked["parts"][0]["type"] == "text"
    text = asked["parts"][0]["content"]
    assert "[name]" in text and "ghp_" not in text and "Ada" not in text
    tool_span = span_of(records, "execute_tool add")["attributes"]
    assert tool_span["gen_ai.tool.call.arguments"] == {"a": 1, "b": 2}
    assert tool_span["gen_ai.tool.call.result"] == "3"
    documents = span_of(records, "retrieval shelf")["attributes"]["gen_ai.retrieval.documents"]
    assert documents[0] == {"id": "d-1", "content": "one", "score": 0.9}


def test_long_content_is_cut_or_goes_into_a_file(tmp_path: Path) -> None:
    question = {"q": "é" * 1000}
    for folder in (None, tmp_path):
        handler = VigieCallbackHandler(content="full", content_bytes=100, content_folder=folder)
        with vigie.testing.capture() as records:
            simple().invoke(question, {"callbacks": [handler]})
        attributes = span_of(records, "chat fake-chat-1")["attributes"]
        if folder is None:
            text = attributes["gen_ai.input.messages"]
            assert len(text.encode()) <= 100 and text.endswith("[truncated]")
        else:
            file = Path(attributes["gen_ai.input.messages.file"])
            assert json.loads(file.read_text("utf-8"))[0]["parts"][0]["content"] == question["q"]
            assert file.stat().st_mode & 0o077 == 0


# Metrics and costs


def metrics() -> list[dict[str, Any]]:
    # The end of a capture is a flush, which writes the metrics.
    with vigie.testing.capture() as records:
        pass
    return records.metrics


def points(name: str, **attributes: object) -> list[dict[str, Any]]:
    def is_meant(metric: dict[str, Any]) -> bool:
        said = metric.get("attributes", {})
        return metric["name"] == name and all(said.get(key) == value for key, value in attributes.items())

    return [metric for metric in metrics() if is_meant(metric)]


def test_durations_and_tokens_are_counted_once(records: Records) -> None:
    model = Chat(model="counted-1")
    # The handler is there twice: as the process's and as this call's.
    simple(model).invoke(INPUT, {"callbacks": [VigieCallbackHandler()]})
    model_is = {"gen_ai.request.model": "counted-1"}
    (duration,) = points("gen_ai.client.operation.duration", **model_is)
    assert duration["count"] == 1
    sums = {
        p["attributes"]["gen_ai.token.type"]: p["sum"]
        for p in points("gen_ai.client.token.usage", **model_is)
    }
    assert sums == {"input": 100, "output": 20}
    assert len([span for span in records.spans if span["name"] == "chat counted-1"]) == 1


def test_durations_of_workflows_agents_and_tools(records: Records) -> None:
    agent(place())
    assert points("gen_ai.invoke_agent.duration", **{"gen_ai.agent.name": "adder"})
    assert points("gen_ai.execute_tool.duration", **{"gen_ai.tool.name": "add"})
    simple().invoke(INPUT)
    assert points("gen_ai.invoke_workflow.duration", **{"gen_ai.workflow.name": "RunnableSequence"})


def test_the_adapter_measures_itself(records: Records) -> None:
    inside = []
    RunnableLambda(lambda x: inside.append(points("vigie.gen_ai.runs.open")[0]["value"])).invoke("x")
    assert inside == [1]
    assert points("vigie.gen_ai.callbacks.failed")[0]["value"] == 0


def test_what_the_providers_instrumentation_counts_is_not_counted_again(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("opentelemetry.instrumentation.openai")

    class OpenAIInstrumentor:
        _instance = types.SimpleNamespace(_is_instrumented_by_opentelemetry=True)

    module.OpenAIInstrumentor = OpenAIInstrumentor  # type: ignore[attr-defined]  # a stand-in for the module
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for active in (True, False):
        OpenAIInstrumentor._instance._is_instrumented_by_opentelemetry = active
        name = f"doubled-{active}"
        simple(Chat(provider="openai", model=name)).invoke(INPUT)
        attributes = span_of(records, f"chat {name}")["attributes"]
        assert ("gen_ai.usage.input_tokens" in attributes) is not active
        assert bool(points("gen_ai.client.token.usage", **{"gen_ai.request.model": name})) is not active


def test_known_models_have_a_cost_and_unknown_ones_none(records: Records) -> None:
    simple(Chat(provider="openai", model="gpt-5")).invoke(INPUT)
    simple(Chat(provider="nobody", model="nothing")).invoke(INPUT)
    known = span_of(records, "chat gpt-5")["attributes"]["vigie.gen_ai.cost"]
    # 1.25 USD a million input tokens, a tenth of it for the 40 cached ones, 10 for output.
    assert known == pytest.approx((60 * 1.25 + 40 * 0.125 + 20 * 10) / 1e6, rel=0.2)
    assert "vigie.gen_ai.cost" not in span_of(records, "chat nothing")["attributes"]


def test_the_users_prices_come_first() -> None:
    prices = {"fakeai/fake-chat-1-2026": {"input": 10, "output": 20, "cache_read": 1}}
    with vigie.testing.capture() as records:
        simple().invoke(INPUT, {"callbacks": [VigieCallbackHandler(prices=prices)]})
    cost = span_of(records, "chat fake-chat-1")["attributes"]["vigie.gen_ai.cost"]
    assert cost == pytest.approx((50 * 10 + 40 * 1 + 10 * 10 + 20 * 20) / 1e6)


# In and out


def test_it_goes_in_once_and_out_whenever(records: Records) -> None:
    vigie_langchain.instrument()
    simple().invoke(INPUT)
    assert len(records.spans) == 2
    for _ in range(2):
        vigie_langchain.uninstrument()
    simple().invoke(INPUT)
    assert len(records.spans) == 2


def test_other_settings_replace_the_former(records: Records) -> None:
    vigie_langchain.instrument(show_all=True)
    simple().invoke(INPUT)
    assert "StrOutputParser" in {span["name"] for span in records.spans}


def test_a_handler_alone_is_enough() -> None:
    with vigie.testing.capture() as records:
        simple().invoke(INPUT, {"callbacks": [VigieCallbackHandler()]})
    assert len(records.spans) == 2


def test_a_handler_of_another_hears_of_an_asynchronous_model_of_texts(records: Records) -> None:
    model = FakeListLLM(responses=["a", "b"])
    with collect_runs() as others:
        asyncio.run(model.abatch(["x", "y"]))
    assert [run.run_type for run in others.traced_runs] == ["llm", "llm"]
    assert [span["name"] for span in records.spans] == ["text_completion FakeListLLM"] * 2


def test_chunks_are_counted_beside_a_handler_of_another_and_in_a_subclass(records: Records) -> None:
    parents, tokens = [], []

    class Own(VigieCallbackHandler):
        def on_llm_new_token(self, token: Any, **kwargs: Any) -> None:
            parents.append(kwargs["parent_run_id"])
            super().on_llm_new_token(token, **kwargs)

    class Other(BaseCallbackHandler):
        def on_llm_new_token(self, token: Any, **kwargs: Any) -> None:
            tokens.append(token)

    async def streamed(handlers: list[Any]) -> None:
        async for _ in Chat(chunks=2).astream("hello", {"callbacks": handlers}):
            pass

    vigie_langchain.uninstrument()
    for handlers in ([VigieCallbackHandler()], [VigieCallbackHandler(), Other()], [Own()]):
        list(Chat(chunks=2).stream("hello", {"callbacks": handlers}))
        asyncio.run(streamed(handlers))
    assert len(records.spans) == 6
    assert all("gen_ai.response.time_to_first_chunk" in span["attributes"] for span in records.spans)
    assert (len(parents), tokens) == (6, ["part 0 ", "part 1 ", ""] * 2)


def test_a_chunk_goes_without_dispatch_where_there_is_no_other_handler(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dispatched = []
    original = manager.handle_event

    def handle_event(handlers: Any, event: str, *args: Any, **kwargs: Any) -> None:
        dispatched.append(event)
        original(handlers, event, *args, **kwargs)

    monkeypatch.setattr(manager, "handle_event", handle_event)
    vigie_langchain.uninstrument()
    list(Chat(chunks=2).stream("hello", {"callbacks": [VigieCallbackHandler()]}))
    assert "on_chat_model_start" in dispatched
    assert "on_llm_new_token" not in dispatched


def test_every_thread_is_seen(records: Records) -> None:
    thread = threading.Thread(target=simple().invoke, args=(INPUT,))
    thread.start()
    thread.join()
    assert len(records.spans) == 2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"content": "all"}, "content: 'all'; accepted: off, metadata, full"),
        ({"content_bytes": 0}, "content_bytes: 0; accepted: a whole number above 0"),
        ({"redact": "x"}, "redact must be a function"),
        ({"prices": {"m": {"input": 1}}}, "prices: m: input and output are needed"),
        ({"prices": {"m": {"input": 1, "output": -1}}}, "prices: m: output: -1; accepted: USD"),
        ({"colour": 1}, "colour"),
    ],
)
def test_settings_that_are_not_accepted(settings: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        vigie_langchain.instrument(**settings)


def test_a_fault_of_the_adapter_is_counted_and_nobody_notices(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = vigie_langchain.stats()["failed"]

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    class Broken(VigieCallbackHandler):
        def __init__(self) -> None:
            super().__init__(content="full")
            self._runs = types.SimpleNamespace(  # type: ignore[assignment]  # on purpose
                **dict.fromkeys(("start", "end", "kept", "context", "add_event", "set_attributes"), broken)
            )
            self._contents = types.SimpleNamespace(is_off=False)  # type: ignore[assignment]  # on purpose

    handler = Broken()
    config: Any = {"callbacks": [handler]}
    assert simple().invoke(INPUT, config) == "hello"
    assert add.invoke({"a": 1, "b": 2}, config) == 3
    assert len(Shelf().invoke("q", config)) == 2
    assert capfd.readouterr() == ("", "")
    assert vigie_langchain.stats()["failed"] > before


# The table


def test_the_generated_table_is_the_file() -> None:
    spec = importlib.util.spec_from_file_location("generate", ADAPTER / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert generate.PYTHON.read_text("utf-8") == generate.python_text()


def test_the_latest_names_are_for_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    from vigie_langchain.names import wants_latest

    assert Names(latest=False).cache_write_tokens == "gen_ai.usage.cache_creation.input_tokens"
    assert Names(latest=True).cache_write_tokens == "gen_ai.usage.cache_write.input_tokens"
    for value, wanted in (("", False), ("http, gen_ai_latest_experimental", True), ("http/dup", False)):
        monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", value)
        assert wants_latest() is wanted


def test_importing_the_adapter_does_nothing() -> None:
    program = "import threading, vigie_langchain; print(threading.active_count())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("1\n", "")
