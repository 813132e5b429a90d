"""A websocket of FastAPI under uvicorn behind Vigie's middleware, and a real client: one that says goodbye, one that is refused, and
one that goes without a word."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

import pytest
from programs import environment
from serving import free_port, serving, until

CURE = "enable with: pip install websockets (tests/requirements.txt has it)"
client = pytest.importorskip("websockets.sync.client", reason=f"websockets is missing; {CURE}")
pytest.importorskip("uvicorn", reason="uvicorn is missing; tests/requirements.txt has it")
pytest.importorskip("fastapi", reason="fastapi is missing; tests/requirements.txt has it")

APPLICATION = """
import vigie
import vigie.asgi
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

vigie.init(service="shop", outputs=[{"to": "file", "path": "lines.jsonl"}])
app = FastAPI()


@app.websocket("/rooms/{room}")
async def rooms(socket: WebSocket, room: str):
    if room == "private":
        return await socket.close()
    await socket.accept()
    count = 0
    try:
        while True:
            await socket.send_text((await socket.receive_text()).upper())
            count += 1
            vigie.get_logger("shop").info("said", room=room)
            vigie.event(count=count)
    except WebSocketDisconnect:
        if room != "polite":
            raise


app = vigie.asgi.Middleware(app)
"""


def test_websockets_have_one_event_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    (tmp_path / "shop.py").write_text(APPLICATION, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "shop:app", "--port", str(port), "--log-level", "critical"]
    with serving(command, port, tmp_path):
        address = f"ws://127.0.0.1:{port}/rooms"
        ids = {"X-Request-ID": "r-1"}
        with client.connect(f"{address}/polite", additional_headers=ids) as socket:
            assert socket.response.headers["X-Request-ID"] == "r-1"
            for _ in range(3):
                socket.send("hello")
                assert socket.recv() == "HELLO"
        with pytest.raises(Exception, match="403"), client.connect(f"{address}/private"):
            pass
        with client.connect(f"{address}/rude") as socket:
            socket.send("hello")
            assert socket.recv() == "HELLO"
            # The connection is cut, and nobody takes leave.
            socket.socket.shutdown(SHUT_RDWR)
        path = tmp_path / "lines.jsonl"

        def ended() -> list[dict[str, Any]] | None:
            lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            return lines if sum(line.get("event") == "http.request" for line in lines) == 3 else None

        lines = until("three events", ended)
    told = {
        line["url.path"]: (line["level"], line["outcome"], line["message"], line.get("count"))
        for line in lines
        if line.get("event") == "http.request"
    }
    assert told == {
        "/rooms/polite": ("INFO", "success", "GET /rooms/polite 101", 3),
        "/rooms/private": ("INFO", "success", "GET /rooms/private 403", None),
        "/rooms/rude": ("WARN", "unknown", "GET /rooms/rude 101", 1),
    }
    said = [line for line in lines if line.get("message") == "said"]
    assert [line["request_id"] for line in said[:3]] == ["r-1"] * 3 and len(said) == 4
    spans = {line["span_id"]: line["name"] for line in lines if line.get("kind") == "span"}
    assert list(spans.values()) == ["GET /rooms/{room}"] * 3
    assert all(line["span_id"] in spans for line in said)
