"""Where the calls of a client go: to a server, by which transport, or nowhere in local mode."""

from typing import Any

from . import _names as names


class Endpoint:
    """What every span and series of calls to one place has in common."""

    __slots__ = ("attributes", "is_remote", "transport")

    def __init__(self, transport: str, attributes: dict[str, object]) -> None:
        self.transport = transport
        self.attributes = attributes
        # Whether anything is sent at all.
        self.is_remote = transport != "local"


# Told by their class: to find that an object has no such member takes the longest.
_LOCAL = ("QdrantLocal", "AsyncQdrantLocal")
_MOST = 1000
_known: dict[tuple[object, ...], Endpoint] = {}
LOCAL = Endpoint("local", {})


def of(client: Any) -> Endpoint:
    """The place that a client calls. Local mode is what has no address."""
    inner = getattr(client, "_client", None)
    if type(inner).__name__ in _LOCAL:
        return LOCAL
    host = getattr(inner, "_host", None)
    if not isinstance(host, str):
        return LOCAL
    grpc = bool(getattr(inner, "_prefer_grpc", False))
    return at("grpc" if grpc else "rest", host, getattr(inner, "_grpc_port" if grpc else "_port", None))


def at(transport: str, host: str, port: object) -> Endpoint:
    """The endpoint of an address."""
    key = (transport, host, port)
    found = _known.get(key)
    if found is None:
        attributes: dict[str, object] = {names.ADDRESS: host}
        if isinstance(port, int):
            attributes[names.PORT] = port
        found = Endpoint(transport, attributes)
        if len(_known) < _MOST:
            _known[key] = found
    return found
