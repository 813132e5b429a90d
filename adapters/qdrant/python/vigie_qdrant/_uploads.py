"""Batches of the uploaders: each attempt to send one is a span, in worker processes too."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import vigie

from . import _counting as counting
from . import _endpoints as endpoints
from . import _errors, _headers, _instruments
from . import _names as names
from ._calls import State
from ._exchanges import Answer, Totals, owner
from ._faults import fault

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATION = "upsert"


def batch(original: Callable[..., Any]) -> Callable[..., Any]:
    """``upload_batch(client, collection_name, batch, ...)`` of the uploaders: what it sends are attempts."""

    @functools.wraps(original)
    def upload_batch(*args: Any, **kwargs: Any) -> Any:
        if not State.active:
            return original(*args, **kwargs)
        before = owner.get()
        try:
            owner.set(Batch(before, *_batch_of(args, kwargs)))
        except Exception:
            fault("batch")
        try:
            return original(*args, **kwargs)
        finally:
            owner.set(before)

    return upload_batch


def _batch_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, int | None]:
    collection = kwargs["collection_name"] if "collection_name" in kwargs else args[1]
    ids, vectors, _ = kwargs["batch"] if "batch" in kwargs else args[2]
    return str(collection), counting.size_of(vectors if ids is None else ids)


class Batch:
    """One batch, which is sent until it arrives or the uploader gives up."""

    def __init__(self, upload: object, collection: str, size: int | None) -> None:
        # None in a worker process, whose upload is another process' call.
        self._upload = upload if isinstance(upload, Totals) else None
        self._collection = collection
        self._size = size
        self._attempts = 0
        self._reason = ""

    def sends(self, size: int | None, address: tuple[str, str, int | None]) -> Attempt:
        """One more attempt; its predecessor failed."""
        self._attempts += 1
        if self._attempts > 1:
            _instruments.retry(OPERATION, self._collection, self._reason)
            if self._upload is not None:
                self._upload.retries += 1
        if self._upload is not None:
            self._upload.sends(size, address)
        known: dict[str, object] = {
            names.SYSTEM: "qdrant",
            names.OPERATION: OPERATION,
            names.COLLECTION: self._collection,
            names.TRANSPORT: address[0],
            names.ATTEMPT: self._attempts,
        }
        if address[1]:
            known.update(endpoints.at(*address).attributes)
        if self._size is not None and self._size != 1:
            known[names.BATCH_SIZE] = self._size
        if size:
            known[names.REQUEST_BYTES] = size
        return Attempt(self, known)

    def ended(self, answer: Answer | None, reason: str) -> None:
        """An attempt has ended, well or for a reason to try again."""
        self._reason = reason
        if self._upload is not None and answer is not None:
            self._upload.answered(answer)


class Attempt:
    """One request of an uploader, with a span and headers of its own."""

    def __init__(self, of: Batch, known: dict[str, object]) -> None:
        self._batch = of
        self._span: Any = vigie.span(f"{OPERATION} {known[names.COLLECTION]}", kind="client", **known)  # type: ignore[arg-type]  # dotted keys: attributes
        self._span.__enter__()
        self._context: Any = None
        self.headers: dict[str, str] = {}
        try:
            self.headers = vigie.inject({})
            self._context = _headers.enter()
        except Exception:
            fault("headers")

    def answered(self, answer: Answer) -> None:
        """The server has answered."""
        said: dict[str, object] = {}
        answer.describe(said)
        if answer.bytes:
            said[names.RESPONSE_BYTES] = answer.bytes
        if answer.seconds is not None:
            said[names.SERVER_SECONDS] = answer.seconds
        if answer.is_error:
            said[names.ERROR_TYPE] = answer.status
            self._span.set_status("error", answer.status)
        self._end(said, answer, (answer.status or "") if answer.is_error else "")

    def failed(self, error: BaseException) -> None:
        """No answer came."""
        try:
            described = _errors.describe(error)
            if described.is_failure:
                self._span.set_status("error", described.words)
            self._end(described.attributes, None, str(described.labels[names.ERROR_TYPE]))
        except Exception:
            fault("attempt")

    def _end(self, said: dict[str, object], answer: Answer | None, reason: str) -> None:
        self._span.set_attributes(said)
        self._batch.ended(answer, reason)
        _headers.leave(self._context)
        self._span.__exit__(None, None, None)
