"""Context: keys, baggage, headers, and where it follows: tasks, threads, executors, generators."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import sys
import threading
from collections.abc import AsyncGenerator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import vigie
from conftest import Records

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
log = vigie.get_logger("context")


def current() -> str | None:
    return vigie.current_context().span_id


def test_keys_stand_on_logs_and_spans(records: Records) -> None:
    with vigie.context(user_id="u-7", region="eu"), vigie.context(correlation_id="c", region="us", n=1):
        log.info("hi")
        with vigie.span("s"):
            pass
    log.info("outside")
    inside, outside = records.logs
    assert (inside["user_id"], inside["correlation_id"], inside["region"], inside["n"]) == (
        "u-7",
        "c",
        "us",
        1,
    )
    assert "user_id" not in outside
    (span,) = records.spans
    assert (span["user_id"], span["correlation_id"]) == ("u-7", "c")
    assert "region" not in span


def test_baggage_travels(records: Records) -> None:
    with vigie.context(baggage={"plan": "gold", "a": "é,;="}) as context:
        assert context.baggage == {"plan": "gold", "a": "é,;="}
        headers = vigie.inject()
    assert vigie.context_from(headers).baggage == {"plan": "gold", "a": "é,;="}
    assert vigie.current_context().baggage == {}
    assert records.logs == []


def test_inject_and_extract() -> None:
    incoming = {"TraceParent": TRACEPARENT, "tracestate": "a=1", "X-CORRELATION-ID": "c-1"}
    with vigie.extract(incoming) as context:
        assert (context.trace_id, context.span_id) == (TRACEPARENT[3:35], TRACEPARENT[36:52])
        assert (context.is_remote, context.sampled, context.trace_state) == (True, True, "a=1")
        with vigie.span("s") as span:
            headers = vigie.inject({"kept": "1"})
        assert span.trace_id == context.trace_id
    assert headers["traceparent"] == f"00-{span.trace_id}-{span.span_id}-01"
    assert (headers["tracestate"], headers["X-Correlation-ID"], headers["kept"]) == ("a=1", "c-1", "1")


@pytest.mark.parametrize(
    "carrier",
    [
        [(b"host", b"x"), (b"traceparent", TRACEPARENT.encode())],
        [("traceparent", TRACEPARENT)],
        {"traceparent": [TRACEPARENT]},
        {"TRACEPARENT": (TRACEPARENT,)},
        {"REQUEST_METHOD": "GET", "wsgi.input": object(), "HTTP_TRACEPARENT": TRACEPARENT},
        [("HTTP_TRACEPARENT", TRACEPARENT)],
        type("Headers", (), {"items": lambda _: iter([("traceparent", TRACEPARENT)])})(),
    ],
)
def test_carriers_of_many_shapes(carrier: Any) -> None:
    assert vigie.context_from(carrier).trace_id == TRACEPARENT[3:35]


def test_wsgi_environ() -> None:
    environ = {
        "HTTP_TRACEPARENT": TRACEPARENT, "HTTP_TRACESTATE": "a=1", "HTTP_BAGGAGE": "k=v", "HTTP_X_CORRELATION_ID": "c-1",
        "HTTP_HOST": "x", "HTTP_": "y", "SERVER_PORT": "80",
    }  # fmt: skip
    with vigie.extract(environ) as context:
        assert (context.span_id, context.trace_state, context.baggage) == (
            TRACEPARENT[36:52],
            "a=1",
            {"k": "v"},
        )
        assert vigie.inject()["X-Correlation-ID"] == "c-1"


@pytest.mark.parametrize(
    "carrier", [None, 1, [], {}, [1], {"traceparent": "junk"}, {"traceparent": None}, object()]
)
def test_carriers_without_a_trace(carrier: Any) -> None:
    assert vigie.context_from(carrier).trace_id is None


def test_other_propagators() -> None:
    settings: dict[str, Any] = {"service": "tests", "level": "trace", "outputs": [{"to": "null"}]}
    incoming = {"traceparent": TRACEPARENT, "tracestate": "a=1", "Baggage": "k=v", "X-Correlation-ID": "c"}
    try:
        vigie.reconfigure(settings, propagators=["tracecontext"])
        with vigie.context(correlation_id="own", baggage={"l": "w"}), vigie.extract(incoming) as context:
            assert vigie.inject() == {"traceparent": TRACEPARENT, "tracestate": "a=1"}
            assert context.baggage == {"l": "w"}
        vigie.reconfigure(settings, propagators=["correlation", "baggage"], propagate=["tenant_id"])
        # Pairs are read another way than a dict.
        with vigie.extract(list(incoming.items())) as context, vigie.context(tenant_id="acme"):
            assert context.trace_id is None
            headers = vigie.inject()
            assert list(headers.items()) == [("X-Correlation-ID", "c"), ("baggage", "k=v,tenant_id=acme")]
        vigie.reconfigure(settings, propagators=[])
        with vigie.extract(incoming), vigie.span("s"):
            assert vigie.inject() == {}
        with pytest.raises(vigie.ConfigError, match=r'propagators\[0\]: "ottrace" is not built yet'):
            vigie.reconfigure(settings, propagators=["ottrace"])
    finally:
        vigie.reconfigure(settings)


@pytest.fixture
def other_formats() -> Iterator[dict[str, Any]]:
    settings: dict[str, Any] = {"service": "tests", "level": "trace", "outputs": [{"to": "null"}]}
    vigie.reconfigure(settings, propagators=["jaeger", "b3multi"])
    yield settings
    vigie.reconfigure(settings)


@pytest.mark.parametrize(
    "carrier",
    [
        {"Uber-Trace-Id": "a:b:0:1", "UberCtx-Plan": "gold"},
        {"uber-trace-id": b"a:b:0:1", "uberctx-plan": [b"gold"]},
        {"HTTP_UBER_TRACE_ID": "a:b:0:1", "HTTP_UBERCTX_PLAN": "gold"},
        [("uber-trace-id", b"a:b:0:1"), ("uberctx-plan", b"gold"), ("other", None)],
        [(b"x-b3-traceid", b"%032x" % 10), (b"x-b3-spanid", b"%016x" % 11), (b"uberctx-plan", b"gold")],
    ],
)
def test_fields_of_other_formats_are_found_in_carriers_of_many_shapes(
    other_formats: dict[str, Any], carrier: Any
) -> None:
    with vigie.extract(carrier) as context:
        assert (context.trace_id, context.span_id, context.baggage) == (
            f"{10:032x}",
            f"{11:016x}",
            {"plan": "gold"},
        )
        headers = vigie.inject()
        assert headers["uber-trace-id"] == f"{10:032x}:{11:016x}:0:1" and headers["uberctx-plan"] == "gold"
        assert headers["X-B3-TraceId"] == f"{10:032x}" and "traceparent" not in headers


def test_headers_of_messages() -> None:
    with vigie.context(baggage={"k": "v"}), vigie.span("send") as span:
        headers: list[Any] = [("other", b"x"), ("TraceParent", b"of another span"), "no pair"]
        assert vigie.inject(headers) is headers
        parent = f"00-{span.trace_id}-{span.span_id}-03".encode()
        assert headers == [("other", b"x"), "no pair", ("traceparent", parent), ("baggage", b"k=v")]
        vigie.inject(headers)
        assert len(headers) == 4, "a message that is sent on names one parent"
        of_bytes: list[Any] = [(b"host", b"x")]
        vigie.inject(of_bytes)
        assert of_bytes[1:] == [(b"traceparent", parent), (b"baggage", b"k=v")]
    assert vigie.context_from(headers).span_id == span.span_id
    # AMQP has a table, with texts or bytes.
    assert vigie.context_from({"traceparent": parent, "tracestate": b"a=1"}).trace_state == "a=1"


def test_a_flood_of_headers_leaves_what_the_specification_asks_for() -> None:
    carrier = [("baggage", b"k%d=v" % (n % 100)) for n in range(10_000)] + [("baggage", b"x" * 8192)] * 10_000
    context = vigie.context_from([("traceparent", TRACEPARENT), *carrier])
    assert (len(context.baggage), context.trace_id) == (64, TRACEPARENT[3:35])


def test_a_public_endpoint_links() -> None:
    settings: dict[str, Any] = {"service": "tests", "level": "trace", "outputs": [{"to": "null"}]}
    vigie.reconfigure(settings, public_endpoint=True)
    try:
        carrier = {"traceparent": TRACEPARENT, "baggage": "k=v", "X-Correlation-ID": "c"}
        with (
            vigie.testing.capture() as records,
            vigie.extract(carrier) as context,
            vigie.span("server") as span,
        ):
            assert (context.trace_id, context.baggage) == (None, {})
            assert vigie.inject() == {"traceparent": f"00-{span.trace_id}-{span.span_id}-03"}
        [line] = records.spans
        assert line["links"] == [{"trace_id": TRACEPARENT[3:35], "span_id": TRACEPARENT[36:52]}]
        assert line["trace_id"] != TRACEPARENT[3:35] and "parent_span_id" not in line
    finally:
        vigie.reconfigure(settings)


def test_a_header_under_two_spellings_counts_twice() -> None:
    other = TRACEPARENT.replace("b7ad", "c7ad")
    assert vigie.context_from({"traceparent": TRACEPARENT, "Traceparent": other}).trace_id is None
    assert vigie.context_from({"baggage": "a=1,b=2", "Baggage": "a=3"}).baggage == {"a": "3", "b": "2"}


def test_inject_into_other_mappings() -> None:
    class Picky(dict):  # type: ignore[type-arg]
        def __setitem__(self, key: str, value: str) -> None:
            raise RuntimeError("read only")

    with vigie.span("s") as span:
        assert vigie.inject(Picky()) == {}
        assert vigie.inject({}, span.context)["traceparent"].split("-")[2] == span.span_id
    outside = vigie.inject({}, span)
    assert outside["traceparent"].split("-")[2] == span.span_id
    assert vigie.inject({}) == {}


def test_tasks_inherit_and_do_not_leak() -> None:
    async def child() -> str | None:
        before = current()
        with vigie.span("child"):
            await asyncio.sleep(0.001)
        assert current() == before
        return before

    async def main() -> None:
        with vigie.span("parent") as parent:
            tasks = [asyncio.create_task(child()) for _ in range(5)]
            gathered = await asyncio.gather(*(child() for _ in range(5)))
        assert {await task for task in tasks} == {parent.span_id}, "also those that outlive the block"
        assert set(gathered) == {parent.span_id}
        assert current() is None

    asyncio.run(main())


def test_interleaved_tasks_keep_apart(records: Records) -> None:
    async def work(n: int) -> None:
        with vigie.context(n=n), vigie.span(f"task {n}") as span:
            for _ in range(5):
                await asyncio.sleep(0)
                log.info("step")
                assert current() == span.span_id

    async def main() -> None:
        await asyncio.gather(*(work(n) for n in range(20)))

    asyncio.run(main())
    spans = {span["span_id"]: span["name"] for span in records.spans}
    assert all(spans[line["span_id"]] == f"task {line['n']}" for line in records.logs)
    assert len(records.logs) == 100


def test_cancelled_tasks_and_timeouts(records: Records) -> None:
    async def work() -> None:
        with vigie.span("cancelled"):
            await asyncio.sleep(10)

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(work(), 0.01)
        assert current() is None

    asyncio.run(main())
    assert [span["name"] for span in records.spans] == ["cancelled"]


def test_threads_start_without_and_with_wrap() -> None:
    seen: dict[str, str | None] = {}

    def look(name: str) -> None:
        seen[name] = current()

    with vigie.span("parent") as span:
        threads = [
            threading.Thread(target=look, args=("bare",)),
            threading.Thread(target=vigie.wrap(look), args=("wrapped",)),
        ]
        for thread in threads:
            thread.start()
            thread.join()
    assert seen == {"bare": None, "wrapped": span.span_id}


def test_executors_with_wrap() -> None:
    with ThreadPoolExecutor(4) as pool:
        with vigie.span("parent") as span:
            wrapped = vigie.wrap(current)
            assert {found.result() for found in [pool.submit(wrapped) for _ in range(20)]} == {span.span_id}
        assert {found.result() for found in [pool.submit(current) for _ in range(20)]} == {None}

    async def main() -> None:
        with vigie.span("parent") as span:
            loop = asyncio.get_running_loop()
            assert await loop.run_in_executor(None, vigie.wrap(current)) == span.span_id
            assert await asyncio.to_thread(current) == span.span_id, "to_thread copies the context itself"

    asyncio.run(main())


def test_wrap_of_coroutine_functions_and_its_errors() -> None:
    async def look(n: int) -> tuple[str | None, int]:
        await asyncio.sleep(0)
        return current(), n

    with vigie.span("parent") as span:
        wrapped = vigie.wrap(look)
    assert asyncio.run(wrapped(1)) == (span.span_id, 1)

    @vigie.wrap
    def fails() -> None:
        raise ValueError("why")

    with pytest.raises(ValueError, match="why"):
        fails()


def test_wrap_of_whatever_is_called() -> None:
    def steps(n: int) -> Generator[Any, Any, str | None]:
        got = yield current()
        try:
            yield got, n
        except ValueError:
            yield "thrown", current()
        return current()

    async def stream() -> AsyncGenerator[str | None]:
        await asyncio.sleep(0)
        yield current()
        await asyncio.sleep(0)
        yield current()

    async def look() -> str | None:
        await asyncio.sleep(0)
        return current()

    class Called:
        async def __call__(self) -> str | None:
            return await look()

    async def collected(items: Any) -> list[str | None]:
        return [item async for item in items]

    with vigie.span("parent") as span:
        generator, stream_, partial = (
            vigie.wrap(steps),
            vigie.wrap(stream),
            vigie.wrap(functools.partial(look)),
        )
        called, method = vigie.wrap(Called()), vigie.wrap(Called().__call__)
        bound = vigie.wrap(functools.partial(steps, 2))
    seen = generator(1)
    assert next(seen) == span.span_id
    assert current() is None, "between the steps it is not"
    assert seen.send("sent") == ("sent", 1)
    assert seen.throw(ValueError()) == ("thrown", span.span_id)
    with pytest.raises(StopIteration) as stop:
        next(seen)
    assert stop.value.value == span.span_id
    assert next(bound()) == span.span_id
    assert asyncio.run(collected(stream_())) == [span.span_id] * 2
    functions: list[Any] = [partial, called, method]
    for function in functions:
        assert asyncio.run(function()) == span.span_id
    assert inspect.isgeneratorfunction(generator)
    assert inspect.isasyncgenfunction(stream_)


@pytest.mark.parametrize("make", [vigie.wrap, vigie.traced, vigie.traced("name")])
def test_what_is_no_function_is_refused_at_once(make: Any) -> None:
    def steps() -> Generator[int]:
        yield 1

    async def look() -> None:
        pass

    unawaited = look()
    for wrong in (steps(), unawaited, 5, object()):
        with pytest.raises(TypeError, match="hand in the function itself"):
            make(wrong)
    unawaited.close()


def test_traced_sees_through_partial_functions(records: Records) -> None:
    async def look(n: int) -> str | None:
        await asyncio.sleep(0)
        return current()

    found = asyncio.run(vigie.traced("partial")(functools.partial(look, 1))())
    assert found == records.spans[0]["span_id"]


def test_one_wrapped_function_in_many_threads_at_once() -> None:
    with vigie.span("parent") as span:
        wrapped = vigie.wrap(lambda barrier: (barrier.wait(), current(), barrier.wait())[1])
    barrier = threading.Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        assert {found.result() for found in [pool.submit(wrapped, barrier) for _ in range(8)]} == {
            span.span_id
        }
        assert {found.result() for found in [pool.submit(current) for _ in range(8)]} == {None}


def test_generators_closed_in_another_task(capfd: pytest.CaptureFixture[str]) -> None:
    async def steps() -> AsyncGenerator[int, None]:
        with vigie.span("inside"):
            yield 1
            yield 2

    async def main() -> None:
        opened = steps()
        await asyncio.create_task(opened.__anext__())  # type: ignore[arg-type]  # a coroutine in all but name
        assert current() is None
        await opened.aclose()
        assert current() is None

    asyncio.run(main())
    assert capfd.readouterr().err == ""


def test_plain_generators_with_a_span_inside() -> None:
    def steps() -> Generator[int, None, None]:
        with vigie.span("inside"):
            yield 1

    opened = steps()
    contextvars.copy_context().run(next, opened)
    assert current() is None
    opened.close()
    assert current() is None


def test_copied_contexts_and_callbacks() -> None:
    seen = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with vigie.span("parent") as span:
            loop.call_soon(lambda: seen.append(current()))
            loop.call_later(0.001, lambda: seen.append(current()))
            seen.append(contextvars.copy_context().run(current))
        await asyncio.sleep(0.01)
        assert seen == [span.span_id, None, None], "what runs after the end is no longer inside"

    asyncio.run(main())


def test_a_context_may_be_entered_again_and_again() -> None:
    with vigie.span("s") as span:
        context = span.context
    for _ in range(3):
        with context, context:
            assert current() == span.span_id
        assert current() is None
    context.__exit__(None, None, None)
    assert current() is None


def test_context_variables_of_others_are_left_alone() -> None:
    mine: contextvars.ContextVar[int] = contextvars.ContextVar("mine", default=0)
    with vigie.span("s"):
        mine.set(5)
    assert mine.get() == 5


def test_an_ended_span_is_not_current_after_a_generator_is_closed_elsewhere(records: Records) -> None:
    def steps() -> Generator[int]:
        with vigie.span("leaky"):
            yield 1
            yield 2

    with vigie.span("outer") as outer:
        generator = steps()
        next(generator)
        assert current() not in (None, outer.span_id), "a plain generator shares its caller's context"
        contextvars.copy_context().run(generator.close)
        assert current() == outer.span_id
        log.info("inside")
        with vigie.span("child"):
            pass
    assert current() is None
    log.info("outside")
    with vigie.span("root") as root:
        assert root.trace_id != outer.trace_id
    inside, outside = records.logs
    assert (inside["span_id"], outside.get("trace_id")) == (outer.span_id, None)
    parents = {span["name"]: span.get("parent_span_id") for span in records.spans}
    assert parents == {"leaky": outer.span_id, "child": outer.span_id, "outer": None, "root": None}


def test_exits_out_of_order(records: Records) -> None:
    with vigie.span("outer") as outer:
        first, second = vigie.span("first"), vigie.span("second")
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        second.__exit__(None, None, None)
        assert current() == outer.span_id, "not the first, which was current before the second"
    assert current() is None


def test_tasks_that_outlive_the_span(records: Records) -> None:
    async def late(closed: asyncio.Event) -> tuple[str | None, str | None]:
        before = current()
        await closed.wait()
        log.info("late")
        return before, current()

    async def main() -> None:
        closed = asyncio.Event()
        with vigie.span("outer") as outer:
            with vigie.context(tenant_id="acme"), vigie.span("inner") as inner, vigie.context(n=1):
                task = asyncio.create_task(late(closed))
                await asyncio.sleep(0)
            closed.set()
            assert await task == (inner.span_id, outer.span_id)
            line = records.last
            assert (line["tenant_id"], line["n"], line["span_id"]) == ("acme", 1, outer.span_id)

    asyncio.run(main())


def test_an_explicit_parent_and_a_context_carried_on_purpose() -> None:
    with vigie.span("job") as job, vigie.context(user_id="u") as kept:
        wrapped = vigie.wrap(current)
    assert wrapped() == job.span_id, "who carries a context along continues the span"
    with job.context:
        assert current() == job.span_id
    with kept:
        assert current() is None
        assert vigie.inject() == {}
    with vigie.span("later", parent=job) as later:
        assert later.trace_id == job.trace_id
    with vigie.extract({"traceparent": TRACEPARENT}), vigie.context(n=1):
        assert current() == TRACEPARENT[36:52], "a span of another process is as open as can be known"


def test_long_chains_of_spans_are_freed() -> None:
    """One inside the other, freeing them would overflow the stack."""
    last = vigie.start_span("first")
    for _ in range(200_000):
        last = vigie.start_span("next", parent=last)
    del last
    following = vigie.start_span("first")
    for _ in range(1000):
        before, following = following, vigie.start_span("next", parent=following)
        before.end()
    assert sys.getrefcount(before) == 3, "held by this name, the span below and the call"
