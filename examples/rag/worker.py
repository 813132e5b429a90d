"""The worker: a long-running Python process that answers questions over HTTP on loopback.

    python worker.py FOLDER        (FOLDER: where the lines go; the step's command stands in RAG_STEP)

It continues the caller's trace, asks the graph, and hands the answer to a step in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import vigie
import vigie_langchain
import vigie_mcp
import vigie_qdrant
from corpus import passages
from graph import answer, build
from index import Index
from telemetry import outputs
from toolbox import tools

SERVICE = "rag-worker"
STEP_SERVICE = "rag-step"
STEP_DEADLINE_S = 10
BODY_LIMIT_BYTES = 64 * 1024


class StepFailed(Exception):
    """The step ended with an exit code other than 0."""


def run_step(answer: str, folder: Path) -> dict[str, Any]:
    """Lets the step in RAG_STEP look at the answer; the trace reaches it through its environment.

    Raises StepFailed and subprocess.TimeoutExpired, which the span around it records.
    """
    command = json.loads(os.environ["RAG_STEP"])
    attributes: dict[str, Any] = {"process.executable.name": Path(command[0]).name}
    with vigie.span("run step", kind="client", **attributes) as span:
        carried = {
            name.upper(): value
            for name, value in vigie.inject().items()
            if name in ("traceparent", "tracestate", "baggage")
        }
        environment = {
            **os.environ,
            **carried,
            "VIGIE_SERVICE": STEP_SERVICE,
            "VIGIE_OUTPUTS": json.dumps(outputs(STEP_SERVICE, folder)),
        }
        done = subprocess.run(
            command,
            input=answer.encode(),
            env=environment,
            capture_output=True,
            timeout=STEP_DEADLINE_S,
            check=False,
        )
        span.set_attribute("process.exit.code", done.returncode)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()[:200] or "it said nothing"
            raise StepFailed(f"exit code {done.returncode}: {said}")
        result: dict[str, Any] = json.loads(done.stdout)
        return result


class Handler(BaseHTTPRequestHandler):
    """POST /answer with `{"question": ...}`."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    # Head and body leave in one packet. Unbuffered they are two, and the second one waits for the
    # acknowledgement of the first, which the peer delays by 40 ms.
    wbufsize = 64 * 1024
    server: Worker

    def do_POST(self) -> None:
        attributes: dict[str, Any] = {
            "http.request.method": "POST",
            "url.path": self.path,
            "http.route": "/answer",
        }
        with (
            vigie.extract(dict(self.headers.items())),
            vigie.span("POST /answer", kind="server", **attributes) as span,
        ):
            try:
                status, reply = 200, self.answer()
            except Exception as error:
                status, reply = 500, {"error": f"{type(error).__name__}: {error}"}
                self.server.log.exception("question not answered")
                span.record_exception(error)
                span.set_status("error", str(error))
            span.set_attribute("http.response.status_code", status)
            questions.add(1, outcome="success" if status == 200 else "failure")
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self) -> dict[str, Any]:
        """Runs the graph and the step on the question in the request's body."""
        length = int(self.headers.get("Content-Length", 0))
        if not 0 < length <= BODY_LIMIT_BYTES:
            raise ValueError(f"a body of {length} bytes, 1 to {BODY_LIMIT_BYTES} are accepted")
        question = str(json.loads(self.rfile.read(length))["question"])
        reply = self.server.ask(question)
        reply["step"] = run_step(reply["answer"], self.server.folder)
        self.server.log.info(
            "answered from {sources} files in {tokens} tokens",
            sources=len(reply["sources"]),
            tokens=reply["step"]["tokens"],
            event="question.answered",
        )
        return reply

    def log_message(self, *_: Any) -> None:
        """Silences http.server's own access log: the span says the same."""


class Worker(ThreadingHTTPServer):
    """The server with what its handlers need."""

    daemon_threads = True

    def __init__(self, folder: Path, ask: Callable[[str], dict[str, Any]]) -> None:
        self.folder = folder
        self.ask = ask
        self.log = vigie.get_logger("rag.worker")
        language: dict[str, Any] = {"telemetry.sdk.language": "python"}
        self.log.info("worker started", **language)
        # Port 0: the system chooses one that is free.
        super().__init__(("127.0.0.1", 0), Handler)


def instrument() -> None:
    """Lets the adapters make the spans. They count what is asked and answered, and keep none of its text."""
    vigie_langchain.instrument(content="metadata")
    vigie_mcp.instrument(capture="metadata")
    vigie_qdrant.instrument()


def main() -> None:
    """Serves until standard input ends, which also happens when the parent dies."""
    folder = Path(sys.argv[1])
    vigie.init(service=SERVICE, level="debug", outputs=outputs(SERVICE, folder))
    instrument()
    with tools(folder) as found, Worker(folder, partial(answer, build(Index(passages()), found))) as server:
        threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
        print(json.dumps({"port": server.server_port}), flush=True)
        sys.stdin.read()
        server.shutdown()
    server.log.info("worker stopped")
    if not vigie.shutdown(timeout=5):
        sys.exit("some telemetry was not written within 5 s")


questions = vigie.counter("rag_questions_total", description="Questions by outcome")

if __name__ == "__main__":
    main()
