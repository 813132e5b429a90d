"""Puts the adapter into the client's package and takes it out again. Not for what is recorded."""

from __future__ import annotations

import importlib
import logging
import threading
from typing import TYPE_CHECKING, Any

from . import _methods, _transport, _uploads, _workers
from ._calls import State

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("vigie_qdrant")
_lock = threading.Lock()

# Below the methods: module, owner inside it, attribute, and what wraps it.
_HOOKS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("http.api_client", "ApiClient", "send_inner", _transport.rest),
    ("http.api_client", "AsyncApiClient", "send_inner", _transport.rest_async),
    ("connection", "_GenericClientInterceptor", "intercept_unary_unary", _transport.grpc),
    ("connection", "_GenericAsyncClientInterceptor", "intercept_unary_unary", _transport.grpc_async),
    ("uploader.rest_uploader", "", "upload_batch", _uploads.batch),
    ("uploader.grpc_uploader", "", "upload_batch_grpc", _uploads.batch),
    ("parallel_processor", "ParallelWorkerPool", "start", _workers.pool),
)


class _Patch:
    """One attribute with something around it."""

    def __init__(self, owner: Any, name: str, wrap: Callable[..., Any]) -> None:
        self.owner = owner
        self.name = name
        self._is_own = name in vars(owner)
        self._original = getattr(owner, name)
        self._wrapper = wrap(self._original)
        setattr(owner, name, self._wrapper)

    def remove(self) -> bool:
        """Whether the original is back. Under another's wrapper ours stays, and hands calls on."""
        if vars(self.owner).get(self.name) is not self._wrapper:
            return False
        if self._is_own:
            setattr(self.owner, self.name, self._original)
        else:
            delattr(self.owner, self.name)
        return True


_patches: list[_Patch] = []


def instrument() -> None:
    """Record what the clients of this process do: those that exist already, too.

    Raises nothing and may be called any number of times. What this version of the client has not got is left out,
    and named once as a warning of ``logging``.
    """
    with _lock:
        if State.active:
            return
        kept = {(patch.owner, patch.name) for patch in _patches}
        try:
            from qdrant_client import AsyncQdrantClient, QdrantClient
        except ImportError:
            _log.warning("qdrant_client is not installed: nothing is recorded")
            return
        for client in (QdrantClient, AsyncQdrantClient):
            for name, _ in list(_methods.operations_of(client)):
                if (client, name) not in kept:
                    _put(client, name, lambda original, name=name: _methods.traced(name, original))
        for module, owner, name, wrap in _HOOKS:
            _hook(module, owner, name, wrap, kept)
        State.active = True


def _hook(module: str, owner: str, name: str, wrap: Callable[..., Any], kept: set[tuple[Any, str]]) -> None:
    try:
        found: Any = importlib.import_module(f"qdrant_client.{module}")
        found = getattr(found, owner) if owner else found
    except (ImportError, AttributeError):
        _log.warning("qdrant_client has no %s.%s: what it tells is not recorded", module, owner or name)
        return
    if (found, name) not in kept:
        _put(found, name, wrap)


def _put(owner: Any, name: str, wrap: Callable[..., Any]) -> None:
    try:
        _patches.append(_Patch(owner, name, wrap))
    except Exception:
        _log.warning("qdrant_client: %s.%s cannot be recorded", getattr(owner, "__name__", owner), name)


def uninstrument() -> None:
    """Record nothing any more. Raises nothing; without ``instrument`` before it does nothing."""
    with _lock:
        State.active = False
        _patches[:] = [patch for patch in _patches if not patch.remove()]
