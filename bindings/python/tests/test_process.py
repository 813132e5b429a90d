"""Process life: fork, multiprocessing, exits, uncaught errors, threads at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FULL, PRELUDE, Run

CHILDREN, SPANS = 10, 100


def count(finished_lines: list[dict[str, object]]) -> tuple[int, int, int]:
    spans = [line for line in finished_lines if line.get("kind") == "span"]
    logs = [line for line in finished_lines if "kind" not in line]
    return len(spans), len(logs), len({line["pid"] for line in spans})


@pytest.mark.parametrize("leave", ["os._exit(0)", "sys.exit(0)"])
def test_fork_keeps_everything(run: Run, leave: str) -> None:
    done = run(
        f"""
import os, sys
log = vigie.get_logger("x")
for n in range(100):
    log.info("before", n=n)
children = []
for child in range({CHILDREN}):
    pid = os.fork()
    if pid == 0:
        for n in range({SPANS}):
            with vigie.span("s", n=n):
                pass
        {leave}
    children.append(pid)
for pid in children:
    os.waitpid(pid, 0)
log.info("after")
"""
    ).ok()
    spans, logs, processes = count(done.lines())
    assert (spans, logs, processes) == (CHILDREN * SPANS, 101, CHILDREN), "nothing lost, nothing twice"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(run: Run, method: str) -> None:
    done = run(
        f"""
import multiprocessing

def work(child):
    with vigie.context(child=child):
        for n in range({SPANS}):
            with vigie.span("s", n=n):
                vigie.counter("work_total").add(1)

if __name__ == "__main__":
    context = multiprocessing.get_context("{method}")
    vigie.get_logger("x").info("before")
    children = [context.Process(target=work, args=(n,)) for n in range({CHILDREN})]
    for child in children: child.start()
    for child in children: child.join()
    assert [child.exitcode for child in children] == [0] * {CHILDREN}
""",
        timeout=120,
    ).ok()
    lines = done.lines()
    spans, logs, processes = count(lines)
    # A spawned child runs the module again, up to its guard.
    assert (spans, logs, processes) == (CHILDREN * SPANS, 1, CHILDREN)
    metrics = [line for line in lines if line.get("kind") == "metric"]
    last = {line["pid"]: line["value"] for line in metrics}
    assert sum(last.values()) == CHILDREN * SPANS


def test_multiprocessing_imported_after_init_and_first_use_in_the_child(run: Run) -> None:
    done = run(
        """
import multiprocessing

def work():
    import vigie
    vigie.counter("work_total").add(5)

if __name__ == "__main__":
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
""",
        prelude="import vigie\n",
        VIGIE_OUTPUTS='[{"to": "file", "path": "out.jsonl"}]',
    ).ok()
    # From 3.13 on such a child runs its atexit handlers too, and writes the same points again.
    assert {line["value"] for line in done.lines() if line.get("kind") == "metric"} == {5}


def test_process_pool_executor(run: Run) -> None:
    done = run(
        f"""
from concurrent.futures import ProcessPoolExecutor

def work(n):
    with vigie.span("s", n=n):
        return n

if __name__ == "__main__":
    vigie.get_logger("x").info("before")
    with ProcessPoolExecutor(4) as pool:
        assert sum(pool.map(work, range({CHILDREN * SPANS}))) > 0
"""
    ).ok()
    assert count(done.lines())[:2] == (CHILDREN * SPANS, 1)


def test_fork_while_other_threads_record(run: Run) -> None:
    rounds = 2_000 if FULL else 20
    done = run(
        f"""
import os, threading, time
stop = False
def hammer():
    log = vigie.get_logger("hammer")
    while not stop:
        log.info("x", a=1, b=[1, 2])
        time.sleep(0)
threads = [threading.Thread(target=hammer) for _ in range(8)]
for thread in threads: thread.start()
for round in range({rounds}):
    pid = os.fork()
    if pid == 0:
        for n in range(10):
            vigie.get_logger("child").info("c", n=n)
        os._exit(0)
    deadline = time.monotonic() + 20
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        assert time.monotonic() < deadline, "child hangs"
        time.sleep(0.001)
stop = True
for thread in threads: thread.join()
""",
        timeout=1800,
    ).ok()
    lines = done.lines()
    assert sum(line["logger"] == "child" for line in lines) == rounds * 10


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        ("", 0),
        ("import sys; sys.exit(3)", 3),
        ("import sys; sys.exit()", 0),
        ("raise SystemExit(4)", 4),
        # With its handler: a shell starts what it puts into the background with SIGINT ignored.
        (
            "import os, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
            "os.kill(os.getpid(), signal.SIGINT)",
            -2,
        ),
    ],
)
def test_exits_lose_nothing_and_change_nothing(run: Run, leave: str, code: int) -> None:
    source = f"""
log = vigie.get_logger("x")
for n in range(10_000):
    log.info("n", n=n)
{leave}
"""
    done = run(source)
    assert done.code == code
    logs = [line for line in done.lines() if line["logger"] == "x"]
    assert [line["n"] for line in logs] == list(range(10_000))
    bare = run(leave, prelude="")
    assert (bare.code, bare.out) == (done.code, done.out)
    assert (bare.err == "") == (done.err == "")


def test_os_exit_loses_at_most_a_window(run: Run) -> None:
    done = run(
        """
import os
log = vigie.get_logger("x")
for n in range(10_000):
    log.info("n", n=n)
log.error("written at once")
os._exit(7)
"""
    )
    assert (done.code, done.err) == (7, "")
    assert [line["message"] for line in done.lines()][-1] == "written at once"
    assert len(done.lines()) == 10_001


def test_uncaught_errors_are_recorded_and_go_on(run: Run) -> None:
    source = """
def fails():
    raise ValueError("why")
fails()
"""
    done, bare = run(source), run(source, prelude="\n" * PRELUDE.count("\n"))
    assert (done.code, done.err) == (bare.code, bare.err) == (1, done.err)
    assert "ValueError: why" in done.err
    (line,) = done.lines()
    assert (line["level"], line["error"]["type"], line["error"]["message"]) == ("FATAL", "ValueError", "why")
    assert "in fails" in line["error"]["stack"]


def test_uncaught_errors_in_threads(run: Run) -> None:
    source = """
import threading
def fails():
    raise ValueError("why")
thread = threading.Thread(target=fails, name="worker-7")
thread.start()
thread.join()
quiet = threading.Thread(target=lambda: exit(1))
quiet.start()
quiet.join()
"""
    done, bare = run(source), run(source, prelude="\n" * PRELUDE.count("\n"))
    assert (done.code, done.err) == (bare.code, bare.err)
    (line,) = done.lines()
    assert (line["level"], line["error"]["message"], line["thread"]) == ("FATAL", "why", "worker-7")


def test_hooks_of_others_go_on(run: Run) -> None:
    done = run(
        """
import sys
print("set up")
def after(kind, error, trace):
    print("theirs", kind.__name__)
    previous(kind, error, trace)
previous, sys.excepthook = sys.excepthook, after
raise ValueError("why")
""",
        prelude="""
import sys
def before(kind, error, trace):
    print("before", kind.__name__)
sys.excepthook = before
"""
        + PRELUDE,
    )
    assert (done.code, done.out, done.err) == (1, "set up\ntheirs ValueError\nbefore ValueError\n", "")
    assert len(done.lines()) == 1


def test_late_records(run: Run) -> None:
    done = run(
        """
import atexit, weakref
log = vigie.get_logger("x")
class Late:
    def __del__(self):
        log.info("del")
class Other:
    pass
atexit.register(lambda: log.info("atexit after"))
late, other = Late(), Other()
weakref.finalize(other, log.info, "weakref")
cycle = [Late()]
cycle.append(cycle)
log.info("first")
""",
        prelude="""
import atexit, vigie
vigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl"}])
atexit.register(lambda: vigie.get_logger("x").info("atexit before"))
""",
    ).ok()
    messages = [line["message"] for line in done.lines()]
    assert messages[0] == "first"
    assert {"del", "atexit before", "atexit after", "weakref"} <= set(messages)


def test_threads_that_record_while_the_interpreter_ends(run: Run, tmp_path: Path) -> None:
    for _ in range(500 if FULL else 5):
        done = run(
            """
import threading, time
def hammer():
    log = vigie.get_logger("hammer")
    counter = vigie.counter("n_total")
    while True:
        with vigie.span("s", a=1):
            log.info("x", a=1, b=[1, 2], c=object())
            counter.add(1, a="b")
        # Enough records to be in the middle of one, not so many that reading them takes minutes.
        time.sleep(0.0005)
for _ in range(16):
    threading.Thread(target=hammer, daemon=True).start()
time.sleep(0.1)
""",
            timeout=30,
        )
        assert (done.code, done.err) == (0, "")
        assert len(done.lines()) > 100
        (tmp_path / "out.jsonl").unlink()


def test_flush_and_shutdown(run: Run) -> None:
    run(
        """
import time
log = vigie.get_logger("x")
log.info("a")
assert vigie.flush(timeout=5) is True
assert len(open("out.jsonl").readlines()) == 1
log.info("b")
assert vigie.shutdown(timeout=5) is True
assert vigie.shutdown() is True
assert len(open("out.jsonl").readlines()) == 2
log.info("late")
with vigie.span("late"):
    pass
vigie.counter("late_total").add(1)
assert vigie.flush() in (True, False)
(books,) = vigie.stats()["outputs"]
assert books["delivered"] == 2 and books["dropped"].get("shutdown", 0) >= 1, books
assert books["accepted"] == books["delivered"] + sum(books["dropped"].values()), books
vigie.init(service="t", outputs=[{"to": "file", "path": "again.jsonl"}])
log.info("again")
assert vigie.flush()
assert len(open("again.jsonl").readlines()) == 1
for odd in (0, -1, 1e300, float("inf")):
    vigie.flush(odd)
try:
    vigie.flush(float("nan"))
except ValueError:
    pass
"""
    ).ok()


@pytest.mark.parametrize("waiting", ["fill()", "flush()", "error()"])
def test_waiting_lets_other_threads_run(run: Run, waiting: str) -> None:
    done = run(
        f"""
import os, sys, threading, time
ticks, stop = 0, False
def tick():
    global ticks
    while not stop:
        ticks += 1
        time.sleep(0.001)
os.mkfifo("pipe")
keeper = os.open("pipe", os.O_RDWR)
vigie.reconfigure(service="t", outputs=[{{"to": "file", "path": "pipe"}}])
thread = threading.Thread(target=tick)
thread.start()
log = vigie.get_logger("x")
longest = 0

def fill():
    # Nobody reads: the pipe fills, then the buffer, then one record waits until the patience is over.
    with vigie.span("s"):
        for n in range(400):
            measure(lambda: log.info("fill", data="x" * 60_000))

def flush():
    log.info("fill", **{{f"k{{n}}": "x" * 60_000 for n in range(4)}})
    measure(lambda: vigie.flush(timeout=0.1))

def error():
    log.info("fill", **{{f"k{{n}}": "x" * 60_000 for n in range(4)}})
    measure(lambda: log.error("urgent"))

def measure(call):
    global longest
    before = ticks
    call()
    longest = max(longest, ticks - before)

{waiting}
stop = True
thread.join()
print(longest)
sys.stdout.flush()
os._exit(0 if longest >= 10 else 1)
""",
        timeout=30,
    )
    assert done.code == 0, (done.out, done.err)


def test_nothing_happens_before_first_use(run: Run) -> None:
    run(
        """
import sys, threading, os
hooks = sys.excepthook
before = set(sys.modules)
import vigie
log = vigie.get_logger("x")
counter = vigie.counter("c_total", unit="1")
bound = counter.bind(a=1)
child = log.bind(tenant_id="t")
@vigie.traced
def f(): pass
vigie.gauge("g", callback=lambda: 1)
vigie.stats()
assert sys.excepthook is hooks
assert len(os.listdir("/proc/self/task")) == 1
assert not os.path.exists("out.jsonl")
assert "vigie._hooks" not in sys.modules
os.environ["VIGIE_OUTPUTS"] = '[{"to": "file", "path": "out.jsonl"}]'
os.environ["VIGIE_SERVICE"] = "late"
assert len(os.listdir("/proc/self/task")) == 1
child.info("first use")
assert sys.excepthook is not hooks
vigie.flush()
import json
assert json.loads(open("out.jsonl").readline())["service"] == "late"
""",
        prelude="",
    ).ok()


def test_the_default_service_is_the_script(run: Run) -> None:
    done = run('import vigie\nvigie.get_logger("x").info("hi")', prelude="").ok()
    assert '"service":"program"' in done.err


def test_configuration_errors(run: Run) -> None:
    run(
        """
import vigie
try:
    vigie.init(service=5, levle="info", outputs=[{"to": "nowhere"}], limits={"depth": -1}, odd=object())
except vigie.ConfigError as error:
    assert isinstance(error, ValueError) and isinstance(error, vigie.Error)
    assert "odd" in str(error)
    assert all(len(problem) == 3 for problem in error.problems)
try:
    vigie.init(service=5, levle="info", outputs=[{"to": "nowhere"}], limits={"depth": -1})
except vigie.ConfigError as error:
    text = str(error)
    for part in ("service", "levle", "level", "nowhere", "depth"):
        assert part in text, (part, text)
    assert len(error.problems) >= 4
for wrong in ([], "text", 5, {1: 2}, {"a": {}}, {"level": float("nan")}, {"outputs": 5}):
    try:
        vigie.init(wrong)
    except vigie.ConfigError:
        continue
    raise AssertionError(wrong)
import pathlib
vigie.init({"service": "t", "version": None}, outputs=[{"to": "file", "path": pathlib.Path("out.jsonl")}])
vigie.init(service="t", outputs=({"to": "file", "path": "out.jsonl"},))
try:
    vigie.init(service="other")
except vigie.ConfigError as error:
    assert "service" in str(error) and "outputs" in str(error)
vigie.reconfigure(service="other", outputs=[{"to": "null"}])
for make in (
    lambda: vigie.counter("9"), lambda: vigie.counter("a", unit="é"),
    lambda: vigie.histogram("h", exponential=True), lambda: vigie.summary("s", quantiles=[0.5]),
    lambda: vigie.histogram("h", buckets=[2, 1]), lambda: vigie.gauge("g", callback=5),
):
    try:
        make()
    except vigie.ConfigError:
        continue
    raise AssertionError("accepted")
said = []
for make in (
    lambda: vigie.counter(5), lambda: vigie.counter("a", unit=1), lambda: vigie.histogram("h", buckets="abc"),
    lambda: vigie.histogram("h", exponential="yes"), lambda: vigie.flush("soon"), lambda: vigie.shutdown(timeout=[]),
    lambda: vigie.metrics_text(openmetrics=1), lambda: vigie.summary("s", quantiles=5),
):
    try:
        make()
    except TypeError as error:
        said.append(str(error))
        continue
    raise AssertionError("accepted")
assert said == [
    "name must be a str, not int",
    "unit must be a str, not int",
    "buckets must be a sequence of numbers, not str",
    "exponential must be True or False, not str",
    "timeout must be a number, not str",
    "timeout must be a number, not list",
    "openmetrics must be True or False, not int",
    "quantiles must be a sequence of numbers, not int",
], said
vigie.counter("c")
try:
    vigie.gauge("c")
except vigie.ConfigError as error:
    assert "counter" in str(error) and "gauge" in str(error)
""",
        prelude="",
    ).ok()


def test_bound_loggers_go_to_spawned_children(run: Run) -> None:
    done = run(
        """
import multiprocessing
def work(log):
    log.info("from the child")
if __name__ == "__main__":
    log = vigie.get_logger("x").bind(tenant_id="acme", n=1)
    child = multiprocessing.get_context("spawn").Process(target=work, args=(log,))
    child.start()
    child.join()
    assert child.exitcode == 0
"""
    ).ok()
    (line,) = done.lines()
    assert (line["logger"], line["tenant_id"], line["n"]) == ("x", "acme", 1)


@pytest.mark.parametrize("main_first", [True, False])
def test_subinterpreters_are_refused_clearly(run: Run, main_first: bool) -> None:
    done = run(
        f"""
if {main_first}:
    import vigie
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
source = '''
try:
    import vigie
    vigie.get_logger("x").info("from inside")
except ImportError as error:
    text = str(error)
    assert "sub-interpreter" in text or "subinterpreters" in text, text
else:
    raise AssertionError("accepted")
'''
other = interpreters.create()
failure = interpreters.run_string(other, source)
assert failure is None, failure
interpreters.destroy(other)
import vigie
vigie.get_logger("x").info("from the main one")
""",
        prelude="",
        VIGIE_OUTPUTS='[{"to": "file", "path": "out.jsonl"}]',
    ).ok()
    assert [line["message"] for line in done.lines()] == ["from the main one"]


# The event is raised before the program is looked for: what follows a failed exec is written too.
EXECS = {
    "execv": "os.execv(sys.executable, [sys.executable, '-c', 'pass'])",
    "execvpe": "os.execvpe(sys.executable, [sys.executable, '-c', 'pass'], dict(os.environ))",
    "in a child": "pid = os.fork()\nif pid == 0:\n    log.info('child')\n    os.execl(sys.executable, 'p', '-c', 'pass')"
    "\nos.waitpid(pid, 0)\nos.execl(sys.executable, 'p', '-c', 'pass')",
}


@pytest.mark.parametrize("how", EXECS)
def test_records_are_written_before_exec(run: Run, how: str) -> None:
    done = run(
        f"""
import os, sys
log = vigie.get_logger("x")
vigie.counter("started_total").add(1)
log.info("last")
{EXECS[how]}
"""
    ).ok()
    lines = done.lines()
    messages = [line["message"] for line in lines if "kind" not in line]
    assert "last" in messages
    assert ("child" in messages) == (how == "in a child")
    assert "started_total" in [line.get("name") for line in lines]


def test_a_forked_child_neither_serves_nor_holds_the_endpoint(run: Run) -> None:
    run(
        """
import os, signal, socket
from urllib.request import urlopen
vigie.init(service="t", outputs=[{"to": "prometheus", "listen": "127.0.0.1:0"}])
vigie.counter("orders").add(1)
where = vigie.stats()["outputs"][0]["listening"]
ready, tell = os.pipe()
pid = os.fork()
if pid == 0:
    vigie.counter("orders").add(10)
    assert vigie.stats()["outputs"][0]["listening"] is None
    os.write(tell, b"x")
    signal.pause()
os.read(ready, 1)
assert b"orders_total 1\\n" in urlopen(f"http://{where}/metrics").read(), "the parent's own"
vigie.shutdown()
host, port = where.split(":")
try:
    socket.create_connection((host, int(port)))
except ConnectionRefusedError:
    pass
else:
    raise AssertionError("the child holds the address")
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
""",
        prelude="import vigie\n",
    ).ok()


def test_a_forked_child_takes_an_endpoint_over_that_waits_for_it(run: Run) -> None:
    done = run(
        """
import os, time
from urllib.request import urlopen
import socket
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    where = f"127.0.0.1:{free.getsockname()[1]}"
vigie.init(
    service="t",
    outputs=[{"to": "prometheus", "listen": where, "retry": True}],
    metrics={"multiprocess": "metrics"},
)
vigie.counter("orders").add(1)
ready, tell = os.pipe()
if os.fork() != 0:
    os.read(ready, 1)
    assert b"orders_total 11\\n" in urlopen(f"http://{where}/metrics").read(), "of both"
    os._exit(0)
vigie.counter("orders").add(10)
os.write(tell, b"x")
deadline = time.monotonic() + 20
while vigie.stats()["outputs"][0]["listening"] is None:
    assert time.monotonic() < deadline, "nobody listens"
    time.sleep(0.05)
assert b"orders_total 11\\n" in urlopen(f"http://{where}/metrics").read(), "the parent's too"
print("taken over")
""",
        prelude="import vigie\n",
    ).ok()
    assert done.out == "taken over\n"
