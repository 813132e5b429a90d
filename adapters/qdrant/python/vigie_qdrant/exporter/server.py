"""Asks a Qdrant server over HTTP, by the standard library. Not for what the answers mean."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import quote, urlsplit

MOST_BYTES = 64 * 1024 * 1024


class Unavailable(Exception):
    """The server did not answer, or not with what was asked for. ``reason`` is a short word for a label."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


class Server:
    """One server. Every question is a connection of its own, so that none waits for another."""

    def __init__(self, url: str, *, api_key: str | None = None, timeout: float = 5.0) -> None:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url: {url!r} is not http://HOST[:PORT][/PREFIX], or the same with https")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        # Without a port it is Qdrant's own, as its clients have it.
        self._port = parts.port or 6333
        self._prefix = parts.path.rstrip("/")
        self._headers = {"api-key": api_key} if api_key else {}
        self._timeout = timeout
        self.name = f"{self._host}:{self._port}"

    def result(self, path: str) -> Any:
        """The ``result`` of an answer of JSON."""
        return self._json("GET", path, None)

    def ask(self, path: str, question: dict[str, object]) -> Any:
        """The same of a question with a body."""
        return self._json("POST", path, json.dumps(question).encode())

    def text(self, path: str) -> str:
        """An answer as it is."""
        return self._read("GET", path, None).decode("utf-8", "replace")

    def _json(self, method: str, path: str, body: bytes | None) -> Any:
        try:
            return json.loads(self._read(method, path, body))["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable("malformed", f"{path}: the answer is not of Qdrant") from error

    def _read(self, method: str, path: str, body: bytes | None) -> bytes:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self._timeout)
        headers = {**self._headers, "content-type": "application/json"} if body is not None else self._headers
        try:
            connection.request(method, self._prefix + path, body=body, headers=headers)
            response = connection.getresponse()
            answer = response.read(MOST_BYTES + 1)
        except TimeoutError as error:
            raise Unavailable("timeout", f"{path}: no answer in {self._timeout:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("connection", f"{path}: {type(error).__name__}") from error
        finally:
            connection.close()
        if response.status != 200:
            raise Unavailable(str(response.status), f"{path}: status {response.status}")
        if len(answer) > MOST_BYTES:
            raise Unavailable("too_large", f"{path}: more than {MOST_BYTES} bytes")
        return answer


def path_of(collection: str, rest: str = "") -> str:
    """The path of a collection, or of something below it."""
    return f"/collections/{quote(collection, safe='')}{rest}"
