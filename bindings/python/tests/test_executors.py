"""Where the context goes with work that is handed over: executors, queues, decorated functions, pickles."""

from __future__ import annotations

import asyncio
import copy
import multiprocessing
import pickle
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import vigie
import vigie.executors
from conftest import Records, Run

log = vigie.get_logger("work")


def current() -> str | None:
    return vigie.current_context().span_id


def test_threads_work_in_the_context_of_who_submits() -> None:
    with vigie.executors.ThreadPoolExecutor(2) as pool:
        with vigie.span("a") as first:
            one = pool.submit(current)
            many = pool.map(lambda _: current(), range(5))
        with vigie.span("b") as second:
            other = pool.submit(current)
        bare = pool.submit(current)
    assert one.result() == first.span_id and set(many) == {first.span_id}
    assert (other.result(), bare.result()) == (second.span_id, None)


def test_work_that_outlives_the_span_keeps_its_context(records: Records) -> None:
    go = threading.Event()

    def late() -> None:
        go.wait()
        log.info("late")

    with vigie.executors.ThreadPoolExecutor(1) as pool:
        with vigie.context(request_id="r"), vigie.span("request") as span:
            pool.submit(late)
        go.set()
    assert (records.last["span_id"], records.last["request_id"]) == (span.span_id, "r")


def test_arguments_results_and_errors_are_the_originals() -> None:
    def work(*args: int, **kwargs: int) -> tuple[Any, ...]:
        if not args:
            raise ValueError("none")
        return args, kwargs

    with vigie.executors.ThreadPoolExecutor() as pool:
        assert pool.submit(work, 1, place=2, function=3).result() == ((1,), {"place": 2, "function": 3})
        with pytest.raises(ValueError, match="none"):
            pool.submit(work).result()


def test_as_the_default_executor_of_a_loop() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(vigie.executors.ThreadPoolExecutor(1))
        with vigie.span("parent") as span:
            assert await loop.run_in_executor(None, current) == span.span_id
            assert await asyncio.to_thread(current) == span.span_id
        assert await loop.run_in_executor(None, current) is None

    asyncio.run(main())


PROCESSES = """
import multiprocessing, sys
import vigie.executors

def work(n):
    vigie.get_logger("work").info("done", n=n)
    with vigie.span("part"):
        return vigie.current_context().baggage

if __name__ == "__main__":
    how = multiprocessing.get_context(sys.argv[1] if len(sys.argv) > 1 else METHOD)
    with vigie.executors.ProcessPoolExecutor(2, mp_context=how) as pool:
        with vigie.context(user_id="u-7", region="eu", baggage={"k": "v"}), vigie.span("parent"):
            assert list(pool.map(work, range(4))) == [{"k": "v"}] * 4
    vigie.get_logger("work").info("end")
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes(method: str, run: Run) -> None:
    prelude = (
        f'METHOD = "{method}"\nimport vigie\n'
        'vigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl", "signals": ["logs", "spans"]}])\n'
    )
    finished = run(PROCESSES, prelude=prelude).ok()
    lines = finished.lines()
    [parent] = [line for line in lines if line.get("name") == "parent"]
    done = [line for line in lines if line.get("message") == "done"]
    assert sorted(line["n"] for line in done) == [0, 1, 2, 3]
    for line in done:
        assert (line["span_id"], line["user_id"], line["region"]) == (parent["span_id"], "u-7", "eu")
        assert line["pid"] != parent["pid"]
    parts = [line["parent_span_id"] for line in lines if line.get("name") == "part"]
    assert parts == [parent["span_id"]] * 4
    assert finished.err == ""


def test_items_of_queues_bring_their_context() -> None:
    jobs: queue.Queue[vigie.executors.Carried[int]] = queue.Queue()
    seen = []

    def worker() -> None:
        for _ in range(2):
            with jobs.get() as number:
                seen.append((number, current()))
            seen.append((0, current()))

    thread = threading.Thread(target=worker)
    thread.start()
    with vigie.span("a") as first:
        jobs.put(vigie.executors.Carried(1))
    with vigie.span("b") as second:
        jobs.put(vigie.executors.Carried(2))
    thread.join()
    assert seen == [(1, first.span_id), (0, None), (2, second.span_id), (0, None)]


def test_items_of_queues_of_tasks_and_of_processes() -> None:
    async def main() -> None:
        jobs: asyncio.Queue[vigie.executors.Carried[str]] = asyncio.Queue()
        with vigie.span("a") as span:
            await jobs.put(vigie.executors.Carried("item"))
        with await jobs.get() as item:
            assert (item, current()) == ("item", span.span_id)

    asyncio.run(main())
    sent: Any = multiprocessing.get_context("spawn").SimpleQueue()
    with vigie.context(tenant_id="acme"), vigie.span("a") as span:
        sent.put(vigie.executors.Carried([1, 2]))
    with sent.get() as item, vigie.testing.capture() as records:
        log.info("taken")
        assert (item, current()) == ([1, 2], span.span_id)
    assert records.logs[0]["tenant_id"] == "acme"
    sent.close()


def test_contexts_are_pickled_and_copied(records: Records) -> None:
    with (
        vigie.context(user_id="ü\n7", n=2**70, nested={"a": [1, None]}, time="x", baggage={"k": "é,"}),
        vigie.span("s"),
    ):
        context = vigie.current_context()
        log.info("before")
    again = pickle.loads(pickle.dumps(context))
    assert (again.trace_id, again.span_id, again.sampled) == (
        context.trace_id,
        context.span_id,
        context.sampled,
    )
    assert again.baggage == {"k": "é,"} and again.is_remote
    with again:
        log.info("before")
    first, second = ({**line, "timestamp": 0} for line in records.logs)
    assert first == second and list(first) == list(second)
    assert copy.copy(context) is context and copy.deepcopy({"c": context})["c"] is context
    assert pickle.loads(pickle.dumps(vigie.current_context())).trace_id is None


def test_a_decorated_function_has_context(records: Records) -> None:
    @vigie.in_context("order_id", component="import")
    def take(order_id: int, /, lines: int = 2, *, dry: bool = False) -> int:
        """Takes."""
        log.info("taken")
        return lines

    assert take(42) == 2 and take.__doc__ == "Takes." and take.__name__ == "take"
    assert (records.last["order_id"], records.last["component"]) == (42, "import")

    @vigie.in_context("lines", "dry", lines=0)
    async def asynchronous(lines: int = 2, *, dry: bool = False) -> None:
        await asyncio.sleep(0)
        log.info("taken")

    asyncio.run(asynchronous(dry=True))
    assert (records.last["lines"], records.last["dry"]) == (2, True)
    log.info("outside")
    assert "dry" not in records.last


def test_decorated_generators_have_it_in_each_step(records: Records) -> None:
    @vigie.in_context("n")
    def steps(n: int) -> Iterator[int]:
        log.info("step")
        yield n
        log.info("step")

    running = [steps(1), steps(2)]
    assert [next(one) for one in running] == [1, 2]
    log.info("between")
    assert [next(one, None) for one in running] == [None, None]
    assert [line.get("n") for line in records.logs] == [1, 2, None, 1, 2]

    @vigie.in_context(n=3)
    async def stream() -> AsyncIterator[int]:
        yield 1
        log.info("step")

    async def read() -> None:
        async for _ in stream():
            pass

    asyncio.run(read())
    assert records.last["n"] == 3


def test_what_cannot_be_decorated() -> None:
    with pytest.raises(TypeError, match=r"'order_id': no parameter of .*; accepted: end, sep"):
        vigie.in_context("order_id")(lambda end, sep: print(end=end, sep=sep))
    with pytest.raises(TypeError, match="hand in the function itself"):
        vigie.in_context(a=1)(5)  # type: ignore[type-var]  # That is the point.

    @vigie.in_context("a")
    def strict(a: int) -> int:
        return a

    with pytest.raises(TypeError, match="strict"):
        strict()  # type: ignore[call-arg]  # The call says itself what is wrong with it.
