"""The ways of a context where gevent or eventlet has patched the interpreter; a program of `test_patched_contexts`.

``python patched_contexts.py gevent|eventlet`` prints a JSON object: under each way's name what was current at each look, as the
name of the span, "" for none, and what should have been.
"""

# ruff: noqa: E402  What patches the interpreter comes before all else.

from __future__ import annotations

import sys

LIBRARY = sys.argv[1]
if LIBRARY == "gevent":
    from gevent import monkey

    monkey.patch_all()
    import gevent
    from gevent.pywsgi import WSGIServer
else:
    import eventlet

    eventlet.monkey_patch()
    import eventlet.wsgi

import json
import queue
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import vigie
import vigie.executors
import vigie.wsgi

vigie.init(service="ways", outputs=[{"to": "null"}])
names: dict[str | None, str] = {None: ""}
found: list[str] = []
told: dict[str, dict[str, list[str]]] = {}


def way(*expected: str) -> Callable[[Callable[[], None]], None]:
    def play(function: Callable[[], None]) -> None:
        found.clear()
        function()
        assert vigie.current_context().span_id is None, function.__name__
        told[function.__name__.replace("_", " ")] = {"expected": list(expected), "found": list(found)}

    return play


def look() -> str:
    found.append(names.get(vigie.current_context().span_id, "?"))
    return found[-1]


def span(name: str) -> vigie.Span:
    made = vigie.span(name)
    names[made.span_id] = name
    return made


if LIBRARY == "gevent":
    pause, spawn = gevent.sleep, gevent.spawn

    def ended(*tasks: Any) -> None:
        gevent.joinall(tasks)

    def kill(task: Any) -> None:
        task.kill()

else:
    pause, spawn = eventlet.sleep, eventlet.spawn

    def ended(*tasks: Any) -> None:
        for task in tasks:
            task.wait()

    def kill(task: Any) -> None:
        task.kill()


def inside(name: str, steps: int = 3) -> None:
    with span(name):
        for _ in range(steps):
            pause(0)
            look()


@way(*"abcabcabc")
def greenlets_by_turns() -> None:
    ended(*(spawn(inside, name) for name in "abc"))


@way("a", "a")
def a_wrapped_greenlet() -> None:
    with span("a"):
        task = spawn(vigie.wrap(look))
        pause(0)
        ended(task)
        look()


@way("a", "b", "a", "b")
def a_thread_that_is_none() -> None:
    with span("a"):
        thread = threading.Thread(target=vigie.wrap(look))
        look()
        with span("b"):
            look()
            thread.start()
            thread.join()
            look()


@way("")
def a_bare_thread() -> None:
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()


@way("a", "")
def an_executor_of_such_threads() -> None:
    with vigie.executors.ThreadPoolExecutor(1) as pool:
        with span("a"):
            one = pool.submit(look)
        other = pool.submit(look)
        one.result(), other.result()


@way("sent", "reads")
def an_item_of_a_queue() -> None:
    items: queue.Queue[vigie.executors.Carried[int]] = queue.Queue()
    with span("sent"):
        items.put(vigie.executors.Carried(1))

    def reads() -> None:
        with span("reads"):
            with items.get():
                look()
            look()

    ended(spawn(reads))


@way("a")
def a_greenlet_that_is_killed() -> None:
    def endless() -> None:
        with span("b"):
            pause(60)

    with span("a"):
        task = spawn(endless)
        pause(0.01)
        kill(task)
        look()


@way("a", "b", "a", "")
def a_generator_that_goes_from_one_to_another() -> None:
    def steps() -> Iterator[None]:
        with span("b"):
            yield look()  # type: ignore[misc]  # Nothing is made of it.
            yield None

    with span("a"):
        look()
        opened = steps()
        ended(spawn(next, opened))
        ended(spawn(opened.close))
        look()
    look()


def serve(app: Any) -> tuple[int, Callable[[], None]]:
    """A server of the library; gives its port, and what ends it."""
    if LIBRARY == "gevent":
        server = WSGIServer(("127.0.0.1", 0), app, log=None)
        server.start()
        return server.server_port, server.stop
    listener = eventlet.listen(("127.0.0.1", 0))
    task = spawn(eventlet.wsgi.server, listener, app, log_output=False)
    return listener.getsockname()[1], task.kill


@way("right")
def requests_that_are_served_at_once() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        number = int(environ["PATH_INFO"][1:])
        for _ in range(3):
            pause(0.001)
            vigie.get_logger("app").info("step", number=number)
        vigie.event(number=number)
        start_response("200 OK", [])
        yield b"a"
        pause(0.001)
        vigie.get_logger("app").info("step", number=number)

    port, stop = serve(vigie.wsgi.Middleware(app))

    def ask(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("GET", f"/{number}", headers={"X-Correlation-ID": str(number)})
        assert connection.getresponse().read() == b"a"
        connection.close()

    with vigie.testing.capture() as records:
        ended(*(spawn(ask, number) for number in range(20)))
    stop()
    wrong = [line for line in records.logs if line["correlation_id"] != str(line["number"])]
    found.append("right" if not wrong and len(records.logs) == 100 else f"{len(records.logs)}, {wrong}")


print(json.dumps(told))
