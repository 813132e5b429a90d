"""The ways of a context behind the OpenTelemetry API, played with the official SDK or with Vigie; a program of `test_otel_contexts`.

``python otel_contexts.py official|vigie`` prints a JSON object: under each way's name the names of the spans that others should be
below, in order, and those that they are below; "" is none.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import json
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context.context import Context

IS_VIGIE = sys.argv[1] == "vigie"
if IS_VIGIE:
    import vigie
    import vigie.otel

    vigie.init(service="ways", outputs=[{"to": "null"}])
    vigie.otel.install()
else:
    from opentelemetry.sdk.trace import TracerProvider

    trace.set_tracer_provider(TracerProvider())

tracer = trace.get_tracer("ways")
WAYS: dict[str, tuple[list[str], Callable[[], Any]]] = {}
# The names of spans by their ids.
names: dict[int, str] = {}
found: list[str] = []


def way(*expected: str, only_vigie: bool = False) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """A way, and the names that `below` should find on it."""

    def kept(function: Callable[[], Any]) -> Callable[[], Any]:
        if IS_VIGIE or not only_vigie:
            WAYS[function.__name__.replace("_", " ")] = (list(expected), function)
        return function

    return kept


def below(where: Context | None = None) -> None:
    """Notes which span one is below that starts here."""
    span = tracer.start_span("probe", context=where)
    parent = getattr(span, "parent", None)
    found.append("" if parent is None else names.get(parent.span_id, "?"))
    span.end()


def current(name: str, **options: Any) -> Any:
    """A span that is current in a block."""
    return trace.use_span(started(name, **options), end_on_exit=True)


def started(name: str, **options: Any) -> trace.Span:
    span = tracer.start_span(name, **options)
    names[span.get_span_context().span_id] = name
    return span


def named_native(span: Any) -> None:
    names[int(span.span_id, 16)] = "native"


@way("a", "b", "a", "")
def blocks_in_blocks() -> None:
    with current("a"):
        below()
        with current("b"):
            below()
        below()
    below()


@way("", "")
def a_span_that_is_only_started() -> None:
    span = started("a")
    below()
    span.end()
    below()


@way("a", "", "a")
def a_span_that_is_current_twice() -> None:
    span = started("a")
    for _ in range(2):
        with trace.use_span(span, end_on_exit=False):
            below()
        if len(found) == 1:
            below()
    span.end()


@way("a", "b", "a", "")
def tokens() -> None:
    first = context.attach(trace.set_span_in_context(started("a")))
    below()
    second = context.attach(trace.set_span_in_context(started("b")))
    below()
    context.detach(second)
    below()
    context.detach(first)
    below()


@way("a", "")
def a_context_that_is_given() -> None:
    given = trace.set_span_in_context(started("a"))
    with current("b"):
        below(given)
        below(Context())


@way("a")
def an_exception_that_leaves_a_block() -> None:
    with current("a"):
        try:
            with current("b"):
                raise ValueError
        except ValueError:
            below()


@way("a", "")
def a_decorated_function() -> None:
    @tracer.start_as_current_span("a")
    def work() -> None:
        names[trace.get_current_span().get_span_context().span_id] = "a"
        below()

    work()
    below()


@way("inner", "a")
def a_copied_context_keeps_what_happens_in_it() -> None:
    def inside() -> None:
        context.attach(trace.set_span_in_context(started("inner")))
        below()

    with current("a"):
        contextvars.copy_context().run(inside)
        below()


@way("", "a")
def threads_begin_with_nothing() -> None:
    with current("a"):
        thread = threading.Thread(target=below)
        thread.start()
        thread.join()
        below()


@way("a")
def a_thread_with_a_copied_context() -> None:
    with current("a"):
        thread = threading.Thread(target=contextvars.copy_context().run, args=(below,))
        thread.start()
        thread.join()


@way("", "a")
def pools_of_threads() -> None:
    with ThreadPoolExecutor(1) as pool, current("a"):
        pool.submit(below).result()
        pool.submit(contextvars.copy_context().run, below).result()


@way("a", "a", "")
def a_plain_generator_that_is_read_to_its_end() -> None:
    def items() -> Iterator[int]:
        with current("a"):
            below()
            yield 1
            below()

    list(items())
    below()


def asynchronous(function: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Played in an event loop of its own."""

    @functools.wraps(function)
    def played() -> None:
        asyncio.run(function())  # type: ignore[arg-type]  # Coroutine functions are all there are.

    return played


async def below_later() -> None:
    await asyncio.sleep(0)
    below()


@way("a", "a")
@asynchronous
async def tasks_inherit() -> None:
    with current("a"):
        await asyncio.create_task(below_later())
        await below_later()


@way("0", "1", "2", "a")
@asynchronous
async def gathered_tasks_have_their_own() -> None:
    async def one(number: int) -> None:
        with current(str(number)):
            for _ in range(number + 1):
                await asyncio.sleep(0)
            below()

    with current("a"):
        await asyncio.gather(*map(one, range(3)))
        below()


@way("a", "")
@asynchronous
async def a_task_that_outlives_the_block() -> None:
    with current("a"):
        task = asyncio.create_task(asyncio.sleep(0.01))
        late = asyncio.create_task(below_after(task))
    await late
    below()


async def below_after(task: asyncio.Task[Any]) -> None:
    await task
    below()


@way("a", "a")
@asynchronous
async def a_cancelled_task() -> None:
    async def endless() -> None:
        with current("b"):
            await asyncio.sleep(60)

    with current("a"):
        task = asyncio.create_task(endless())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        below()
        await below_later()


@way("b", "a")
@asynchronous
async def a_wait_that_times_out() -> None:
    async def slow() -> None:
        with current("b"):
            below()
            await asyncio.sleep(60)

    with current("a"):
        try:
            await asyncio.wait_for(slow(), 0.01)
        except asyncio.TimeoutError:
            below()


@way("a", "a")
@asynchronous
async def to_thread_carries_it() -> None:
    with current("a"):
        await asyncio.to_thread(below)
        below()


@way("", "a")
@asynchronous
async def executors_do_not() -> None:
    with current("a"):
        await asyncio.get_running_loop().run_in_executor(None, below)
        below()


@way("a", "a", "")
@asynchronous
async def callbacks_of_the_loop() -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def last() -> None:
        below()
        done.set()

    with current("a"):
        loop.call_soon(below)
        loop.call_later(0.001, last)
    await done.wait()
    below()


@way("waits", "sets")
@asynchronous
async def an_event_wakes_a_task_in_its_own_context() -> None:
    event = asyncio.Event()

    async def waits() -> None:
        with current("waits"):
            await event.wait()
            below()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    with current("sets"):
        event.set()
        await task
        below()


@way("sent", "reads")
@asynchronous
async def a_context_in_a_queue() -> None:
    queue: asyncio.Queue[Context] = asyncio.Queue()
    with current("sent"):
        await queue.put(context.get_current())
    with current("reads"):
        below(await queue.get())
        below()


@way("a", "b", "a")
@asynchronous
async def stacks_of_blocks() -> None:
    with current("a"):
        below()
        async with AsyncExitStack() as stack:
            stack.enter_context(current("b"))
            await below_later()
        below()


@way("outer", "outer")
@asynchronous
async def a_future_that_another_task_ends() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def ends() -> None:
        with current("inner"):
            await asyncio.sleep(0)
            future.set_result(None)

    with current("outer"):
        future.add_done_callback(lambda _: below())
        task = asyncio.create_task(ends())
        await future
        below()
        await task


# The official one leaves a complaint behind, or another span current.
@way("a", only_vigie=True)
@asynchronous
async def an_asynchronous_generator_that_is_closed_in_another_task() -> None:
    async def items() -> AsyncIterator[int]:
        with current("b"):
            yield 1
            yield 2

    with current("a"):
        opened = items()
        await asyncio.create_task(anext_of(opened))
        await asyncio.create_task(closed(opened))
        below()


async def anext_of(opened: AsyncIterator[int]) -> int:
    return await opened.__anext__()


async def closed(opened: Any) -> None:
    await opened.aclose()


@way("", only_vigie=True)
@asynchronous
async def a_token_of_another_task() -> None:
    async def attaches() -> object:
        return context.attach(trace.set_span_in_context(started("a")))

    context.detach(await asyncio.create_task(attaches()))  # type: ignore[arg-type]  # It is one.
    below()


@way("native", "inner", "native", "a", only_vigie=True)
def both_faces_by_turns() -> None:
    with current("a"):
        with vigie.span("native") as native:
            named_native(native)
            below()
            with current("inner"):
                below()
            below()
        below()


@way("native", "", only_vigie=True)
@asynchronous
async def a_task_below_a_span_of_vigies_face() -> None:
    with vigie.span("native") as native:
        named_native(native)
        await asyncio.create_task(below_later())
    below()


@way("a", only_vigie=True)
def a_thread_by_vigies_wrap() -> None:
    with current("a"):
        thread = threading.Thread(target=vigie.wrap(below))
        thread.start()
        thread.join()


def main() -> None:
    told = {}
    for name, (expected, play) in WAYS.items():
        found.clear()
        play()
        told[name] = {"expected": expected, "found": list(found)}
        assert trace.get_current_span() is trace.INVALID_SPAN, name
    print(json.dumps(told))


main()
