"""Types of the native module. Its docstrings are the module's own, written here for editors."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Literal, SupportsFloat, TypeAlias, TypeVar, final, overload
from uuid import UUID

_ExcInfo: TypeAlias = (
    bool
    | BaseException
    | tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
    | dict[str, object]
    | None
)
_RunId: TypeAlias = UUID | int | str
_RunState: TypeAlias = Literal["ok", "error", "cancelled", "abandoned", "interrupted"]
_Number: TypeAlias = int | float | SupportsFloat
_Kind: TypeAlias = Literal["internal", "server", "client", "producer", "consumer"]
_Link: TypeAlias = Context | Span | tuple[Context | Span, Mapping[str, object]]
_Ids: TypeAlias = tuple[int, int, int, bool, str | None]
_Carrier: TypeAlias = Mapping[str, Any] | Iterable[tuple[Any, Any]]
_C = TypeVar("_C", bound=MutableMapping[str, str])

__version__: str

class Error(Exception):
    """Base of every error that Vigie raises. Only set-up raises; recording counts instead."""

class ConfigError(Error, ValueError):
    """A setting or an argument of a set-up call is not accepted.

    The text lists every problem, one a line; ``problems`` holds them as
    ``(key, value, accepted)`` tuples.
    """

    problems: tuple[tuple[str, str, str], ...]

@final
class Logger:
    """Writes log records under one name. Made by ``get_logger``; immutable, shared freely.

    Every method that writes takes the same arguments. ``message`` is a ``str``, which may be a template
    with ``{holes}`` that attributes fill, or any object, whose ``str()`` is written; it is empty unless
    given. Further positional arguments are kept as the list ``args``. ``exc_info`` is an exception, the
    triple of ``sys.exc_info()``, a dict with ``type``, ``message`` and ``stack``, or True for the
    exception that is being handled. All other keyword arguments are attributes, of any type.

    The methods return None. They raise nothing; what ``str()`` or a getter of an attribute raises is
    swallowed, KeyboardInterrupt and SystemExit excepted. Severities are those of the OpenTelemetry logs
    data model (section "Field: SeverityNumber").

    >>> import vigie
    >>> log = vigie.get_logger("shop.cart")
    >>> log.info("order {order_id} placed", order_id=42, event="order.placed")
    """
    @property
    def name(self) -> str:
        """The logger's name: the value of ``logger`` in every line (OpenTelemetry: instrumentation scope name)."""
    def trace(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = None, **attributes: object
    ) -> None:
        """Writes a TRACE record (severity number 1): the finest detail."""
    def debug(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = None, **attributes: object
    ) -> None:
        """Writes a DEBUG record (severity number 5): for developers."""
    def info(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = None, **attributes: object
    ) -> None:
        """Writes an INFO record (severity number 9): something happened."""
    def warn(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = None, **attributes: object
    ) -> None:
        """Writes a WARN record (severity number 13): something looks wrong."""
    def warning(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = None, **attributes: object
    ) -> None:
        """The same as ``warn``, by the name that the standard library uses."""
    def error(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = None, **attributes: object
    ) -> None:
        """Writes an ERROR record (severity number 17): something failed."""
    def fatal(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = None, **attributes: object
    ) -> None:
        """Writes a FATAL record (severity number 21): the program cannot go on."""
    def critical(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = None, **attributes: object
    ) -> None:
        """The same as ``fatal``, by the name that the standard library uses."""
    def exception(
        self, message: object = "", /, *args: object, exc_info: _ExcInfo = True, **attributes: object
    ) -> None:
        """Writes an ERROR record with the exception that is being handled, which ``exc_info`` may replace.

        >>> import vigie
        >>> try:
        ...     1 / 0
        ... except ZeroDivisionError:
        ...     vigie.get_logger("calc").exception("division failed", divisor=0)
        """
    def log(
        self,
        level: str | int,
        message: object = "",
        /,
        *args: object,
        exc_info: _ExcInfo = None,
        **attributes: object,
    ) -> None:
        """Writes a record of a level known at run time.

        ``level`` is a name (any case, with aliases such as ``warning``) or a number of the standard
        library, such as ``logging.WARNING``; numbers between its levels lie between ours. Anything else
        counts as INFO: a record is worth more than its level.

        >>> import vigie
        >>> vigie.get_logger("shop").log("warn", "low stock of {sku}", sku="A1")
        """
    def bind(self, /, **attributes: object) -> Logger:
        """A logger of the same name whose records all carry these attributes.

        An attribute of a record wins over a bound one with the same key. This logger stays as it is.

        >>> import vigie
        >>> log = vigie.get_logger("shop").bind(tenant_id="acme")
        >>> log.info("hello")
        """
    def __copy__(self) -> Logger:
        """The logger itself: it is immutable."""
    def __deepcopy__(self, memo: object, /) -> Logger:
        """The logger itself: it is immutable, and objects that hold one may be copied."""
    def __reduce__(self) -> tuple[Callable[[str], Logger], tuple[str]]:
        """A logger is pickled by its name and what it is bound to, as records show that, so that objects
        that hold one may go to another process.
        """

def bound_logger(name: str, attributes: str, /) -> Logger:
    """A logger as ``pickle`` took it apart: its name, and what it was bound to as the text of a JSON object."""

def get_logger(name: str | None = None, /) -> Logger:
    """A logger; the same name may be asked for as often as one likes.

    ``name`` is a ``str``, the name of the caller's module when left out. Making a logger reads no
    environment and starts no thread: that is left to the first record. Raises nothing.

    >>> import vigie
    >>> vigie.get_logger("shop.cart").name
    'shop.cart'
    """

@final
class Context:
    """What is in force at some point of the program: span context, correlation keys, context
    attributes and baggage. Immutable; as a context manager it makes itself current.

    >>> import vigie
    >>> with vigie.context(tenant_id="acme") as context:
    ...     vigie.current_context().baggage
    {}
    """
    @property
    def trace_id(self) -> str | None:
        """The trace id, 32 lower-case hex digits (W3C Trace Context 3.2.2.3), or None without a span."""
    @property
    def span_id(self) -> str | None:
        """The span id, 16 lower-case hex digits (W3C Trace Context 3.2.2.4), or None without a span."""
    @property
    def is_remote(self) -> bool:
        """Whether the span came from another process (OpenTelemetry: SpanContext.IsRemote)."""
    @property
    def sampled(self) -> bool:
        """Whether the trace is recorded: the flag *sampled* (W3C Trace Context 3.2.2.5)."""
    @property
    def trace_state(self) -> str | None:
        """The ``tracestate`` of the remote parent (W3C Trace Context 3.3), or None."""
    @property
    def baggage(self) -> dict[str, str]:
        """The baggage members (W3C Baggage 3.2) as a new dict of texts."""
    def __copy__(self) -> Context:
        """The context itself: it is immutable."""
    def __deepcopy__(self, memo: object, /) -> Context:
        """The context itself: it is immutable, and objects that hold one may be copied."""
    def __reduce__(self) -> tuple[Callable[..., Context], tuple[_Ids | None, dict[str, str], str]]:
        """A context is pickled by what travels along, so that it may go to another process with the work that it belongs to."""
    def __enter__(self) -> Context:
        """Makes the context current in the running task or thread and returns it."""
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Makes current again what was so before. An exception goes on."""
    def __aenter__(self) -> Awaitable[Context]:
        """What ``with`` does at its beginning, for ``async with``."""
    def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> Awaitable[None]:
        """What ``with`` does at its end, for ``async with``."""

def context(*, baggage: Mapping[str, str] | None = None, **attributes: object) -> Context:
    """The current context with correlation keys, context attributes and baggage added.

    ``correlation_id``, ``request_id``, ``user_id``, ``session_id`` and ``tenant_id`` stand at their
    own place of every line; other attributes, of any type, are on every log line inside. ``baggage``
    is a mapping of texts to texts that travels with outgoing requests (W3C Baggage); none unless
    given. Raises nothing.

    >>> import vigie
    >>> with vigie.context(user_id="u-7", baggage={"plan": "gold"}) as context:
    ...     context.baggage
    {'plan': 'gold'}
    """

def current_context() -> Context:
    """The context in force: the innermost open ``with`` of this task or thread, or else what the
    process got from its environment (TRACEPARENT, TRACESTATE, BAGGAGE).

    >>> import vigie
    >>> with vigie.span("job") as span:
    ...     vigie.current_context().span_id == span.span_id
    True
    """

@final
class Span:
    """One operation with a start and an end (OpenTelemetry Trace API, section "Span"). Made by ``span``
    and ``start_span``.

    As a context manager, sync or async, it is current inside and ends behind; an exception that
    leaves the block is recorded and sets the status to error. The methods return None and raise
    nothing; after the end they do nothing.

    >>> import vigie
    >>> with vigie.span("checkout", order_id=42) as span:
    ...     span.set_attribute("cart.items", 3)
    """
    @property
    def trace_id(self) -> str | None:
        """The trace id, 32 lower-case hex digits; None for a span that a failure of Vigie itself replaced."""
    @property
    def span_id(self) -> str | None:
        """The span id, 16 lower-case hex digits; None for a span that a failure of Vigie itself replaced."""
    @property
    def context(self) -> Context:
        """The span's context, to be parent of other spans or to be injected."""
    @property
    def is_recording(self) -> bool:
        """Whether the span is open and sampled, so that attributes are worth computing."""
    @property
    def name(self) -> str:
        """The span's name while ``is_recording`` is True; otherwise ``""``."""
    def set_attribute(self, key: str, value: object, /) -> None:
        """Sets one attribute: ``key`` is a ``str``, ``value`` of any type. A key set before takes the new value."""
    def set_attributes(self, attributes: Mapping[str, object], /) -> None:
        """Sets every member of a mapping as an attribute; values may be of any type."""
    def add_event(self, name: str, /, *, timestamp: int | None = None, **attributes: object) -> None:
        """Adds something that happened during the span (OpenTelemetry Trace API, "Add Events").

        ``name`` is a ``str``; ``timestamp`` is an ``int`` of nanoseconds since 1970, now unless given.
        """
    def add_link(self, context: Context | Span, /, **attributes: object) -> None:
        """Links another span, given as ``Context`` or ``Span``; anything else links nothing.

        Attributes belong to the link (OpenTelemetry Trace API, "Link").
        """
    def record_exception(self, exception: BaseException | dict[str, object], /, **attributes: object) -> None:
        """Adds an ``exception`` event with type, message and stack, or writes an ERROR record, or both, as the
        setting ``exceptions`` says. The status stays what it is.

        ``exception`` is an exception, or a dict with ``type``, ``message`` and ``stack`` for an error that
        was described before (OpenTelemetry Trace API, "Record Exception").
        """
    def set_status(self, status: Literal["unset", "ok", "error"], message: str | None = None, /) -> None:
        """Sets the outcome: ``"ok"`` or ``"error"``, the latter with a message, a ``str``.

        ``"ok"`` is final; ``"unset"`` and any other word set nothing (OpenTelemetry Trace API, "Set
        Status").
        """
    def update_name(self, name: str, /) -> None:
        """Gives the span another name, a ``str`` (OpenTelemetry Trace API, "UpdateName")."""
    def end(self, end_time: int | None = None) -> None:
        """Ends the span, now or at ``end_time``, an ``int`` of nanoseconds since 1970. Only the first end counts."""
    def __enter__(self) -> Span:
        """Makes the span current in the running task or thread and returns it."""
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Ends the span and records an exception, which goes on."""
    def __aenter__(self) -> Awaitable[Span]:
        """What ``with`` does at its beginning, for ``async with``."""
    def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> Awaitable[None]:
        """What ``with`` does at its end, for ``async with``."""

def span(
    name: str,
    /,
    *,
    kind: _Kind = "internal",
    parent: Context | Span | None = None,
    start_time: int | None = None,
    links: Iterable[_Link] = (),
    **attributes: object,
) -> Span:
    """Starts a span to be used with ``with`` or ``async with``; its parent is the current one.

    ``name`` is a ``str``. ``kind`` is ``"internal"``, ``"server"``, ``"client"``, ``"producer"`` or
    ``"consumer"``. ``parent`` is a ``Context`` or ``Span`` to be parent instead. ``start_time`` is an
    ``int`` of nanoseconds since 1970, now unless given. ``links`` are contexts, spans, or pairs of one
    and a mapping of attributes. All other keyword arguments are attributes, of any type. Raises
    nothing (OpenTelemetry Trace API, "Span Creation").

    >>> import vigie
    >>> with vigie.span("checkout", order_id=42, kind="server") as span:
    ...     span.add_event("reserved", sku="A1")
    ...     span.set_status("ok")
    """

def start_span(
    name: str,
    /,
    *,
    kind: _Kind = "internal",
    parent: Context | Span | None = None,
    start_time: int | None = None,
    links: Iterable[_Link] = (),
    **attributes: object,
) -> Span:
    """Starts a span that is not current and must be ended with ``end``.

    The arguments are those of ``span``. Raises nothing.

    >>> import vigie
    >>> span = vigie.start_span("job", kind="consumer")
    >>> span.end()
    """

def current_span() -> Span:
    """The current span: the innermost open one in which the running task or thread stands, contexts that were carried into
    it included (OpenTelemetry Trace API, "Get the currently active span").

    In the body of a framework's run it is that run's, which ends with the run. Where there is none, or where it is another
    process's, a span that takes nothing: ``is_recording`` is False, and it has the ids of ``current_context()``. Never
    None; raises nothing. Do not use it with ``with``, which would end it.

    >>> import vigie
    >>> with vigie.span("checkout") as span:
    ...     vigie.current_span().set_attributes({"cart.items": 3})
    ...     vigie.current_span() is span
    True
    """

@overload
def inject(carrier: None = None, context: Context | Span | None = None) -> dict[str, str]:
    """Writes the context into a carrier and returns the carrier.

    Headers: ``traceparent``, ``tracestate``, ``baggage`` (W3C) and ``X-Correlation-ID``, unless the
    setting ``propagators`` says otherwise. ``carrier`` is any mutable mapping, or a list of pairs as
    clients of Kafka have them, which get values of bytes; a new dict when left out. ``context`` is a ``Context`` or ``Span``, the current one when left out.

    >>> import vigie
    >>> with vigie.span("call"):
    ...     sorted(vigie.inject({}))
    ['traceparent']
    """

@overload
def inject(carrier: _C, context: Context | Span | None = None) -> _C: ...
def extract(carrier: _Carrier, *, public_endpoint: bool | None = None) -> Context:
    """The context that a carrier brings, on top of the current one.

    ``carrier`` is a mapping of header names (any case) to texts, bytes or lists of them, WSGI's environ
    (``HTTP_TRACEPARENT``), or an iterable of pairs such as ASGI's and those of messages. Without usable headers it
    is the current context. Where strangers may have written it (``public_endpoint``, a ``bool``, the setting of that
    name unless given) the remote span is linked to and not continued. Use it as a context manager to continue the
    trace:

    >>> import vigie
    >>> headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    >>> with vigie.extract(headers) as context:
    ...     context.trace_id
    '0af7651916cd43dd8448eb211c80319c'
    """

def context_from(carrier: _Carrier, *, public_endpoint: bool | None = None) -> Context:
    """The same as ``extract``, for a context that is kept or passed on: ``parent=``, ``context=``.

    >>> import vigie
    >>> vigie.context_from({"traceparent": "junk"}).trace_id is None
    True
    """

@final
class Runs:
    """The open runs of one framework: pieces of work that it announces by callbacks, each under an identifier of its own.

    For adapters, whose callbacks become spans with one call each. A run's parent is found by its identifier, never by
    what happens to be current. What is left open below a run ends with it; what nothing was heard of for ``idle``
    seconds is ended as abandoned. ``open`` is how many runs may be open at once, ``spans`` how many spans stand below
    one outermost run: what is beyond is left out and counted. Run ids are ``uuid.UUID``, ``int`` of 128 bits, or ``str``.

    Making one raises ``ValueError`` for a bound that is not positive. The methods raise nothing and may be called from
    any thread; one about a run that is not open does nothing and is counted. Spans are those of the OpenTelemetry Trace
    API, section "Span".

    >>> import vigie
    >>> runs = vigie.Runs()
    >>> context = runs.start("run-1", "invoke_workflow shop")
    >>> runs.chunk("run-1")
    >>> state, duration_s, chunks, first_chunk_s, chunk_interval_s, kept = runs.end("run-1")
    >>> state, chunks, chunk_interval_s
    ('ok', 1, None)
    """
    def __new__(
        cls, *, open: float | None = None, idle: float | None = None, spans: float | None = None
    ) -> Runs: ...
    def start(
        self,
        run_id: _RunId,
        name: str,
        /,
        *,
        parent_id: _RunId | None = None,
        kind: _Kind = "internal",
        hidden: bool = False,
        enter: bool = False,
        context: Context | Span | None = None,
        inherited: Mapping[str, str] | None = None,
        logged: Mapping[str, str] | None = None,
        links: Iterable[Context | Span] = (),
        attributes: Mapping[str, object] | None = None,
        keep: object = None,
    ) -> Context:
        """Starts a run and returns the ``Context`` that its body stands in.

        ``name`` is that of its span, ``kind`` as for ``span``. ``parent_id`` is the run that it is a part of; when the
        table does not know that, it stands in ``context`` (a ``Context`` or ``Span``), or else in the current one. With
        ``hidden`` it gets no span, and what is below it stands below its parent. With ``enter`` its body is current in
        the running task or thread until its first chunk or its end. ``inherited`` and ``logged`` are mappings of texts:
        attributes of all spans from here down, and of all log records written in there. ``links`` are contexts or spans;
        ``attributes`` is a mapping of values of any type. ``keep`` is any object, which ``end`` gives back.
        """
    def chunk(self, run_id: _RunId, /) -> None:
        """Says that another piece of the run's answer came. The time of the first and of the last are kept, and how many."""
    def set_attributes(self, run_id: _RunId, attributes: Mapping[str, object], /) -> None:
        """Sets every member of a mapping as an attribute of the run's span; values may be of any type."""
    def add_event(self, run_id: _RunId, name: str, attributes: Mapping[str, object] | None = None, /) -> None:
        """Adds something that happened during the run, with a mapping of attributes (OpenTelemetry Trace API, "Add Events")."""
    def update_name(self, run_id: _RunId, name: str, /) -> None:
        """Gives the run's span another name, a ``str``."""
    def end(
        self,
        run_id: _RunId,
        /,
        state: _RunState = "ok",
        *,
        error: BaseException | dict[str, object] | None = None,
        attributes: Mapping[str, object] | None = None,
        first_chunk_key: str | None = None,
    ) -> tuple[_RunState, float, int, float | None, float | None, Any] | None:
        """Ends a run, and before it those that are open below it.

        ``state`` is ``"ok"``, ``"error"``, ``"cancelled"``, ``"abandoned"`` or ``"interrupted"``; the last three are
        told by the attribute ``vigie.run.state``. ``error`` is what it failed with, recorded with the state ``"error"``.
        ``attributes`` is a mapping; ``first_chunk_key`` names the attribute that gets the seconds from the start to the
        first chunk, if there was one. Returns ``(state, duration_s, chunks, first_chunk_s, chunk_interval_s, kept)``,
        seconds as ``float``, both times of chunks None without any; None when the run is not open. What is said to be
        ``"ok"`` is ``"interrupted"`` when a run right below it was, and ``"abandoned"`` when one below it is open amid
        its chunks.
        """
    def context(self, run_id: _RunId, /) -> Context | None:
        """What the body of an open run stands in, as a ``Context``; None when the run is not open."""
    def kept(self, run_id: _RunId, /) -> Any:
        """The object that was kept with an open run; None when the run is not open."""
    def follow(self, variable: ContextVar[Any] | None = None, /, *steps: str) -> None:
        """Has the framework itself say which run is current: ``variable`` is the ``ContextVar`` in which it keeps that, the
        steps lead from its value to the run id, by members of dicts and attributes of other objects.

        From then on that run is current for logs, spans and headers wherever nothing was entered inside of its body.
        Without a variable nothing is followed any more. One table of the process is followed at a time, the last one.
        Raises ``TypeError`` when ``variable`` is no ``ContextVar`` or a step no ``str``.
        """
    def sweep(self) -> int:
        """Ends the runs of which, and of all below which, nothing was heard for ``idle`` seconds; returns how many. Starting a
        run does this now and then.
        """
    def stats(self) -> dict[str, int]:
        """What became of runs so far, as a dict: ``open`` (now), ``swept`` (nothing was heard of them), ``orphaned`` (the run
        above ended first), ``refused`` (too many open), ``left_out`` (no span, the outermost run has so many),
        ``unmatched`` (calls about runs that are not open, or that start one that is).
        """

def genai_cost(
    model: str,
    /,
    *,
    provider: str | None = None,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    cache_read_tokens: int | None = None,
    cache_write_tokens: int | None = None,
) -> float | None:
    """What the answer of a generative model costs, in US dollars; None when the model's price is not known, or when no token
    was used.

    ``model`` is its name as the provider or OpenTelemetry's ``gen_ai.response.model`` has it, a ``str``, ``provider`` that
    of ``gen_ai.provider.name`` or the provider's own. Tokens are ``int``; those of the input include the tokens that were
    read from a cache or written to one. Prices are those of the day, as this release knows them. Raises nothing.

    >>> import vigie
    >>> vigie.genai_cost("gpt-5", provider="openai", input_tokens=1_000_000, output_tokens=100_000)
    2.25
    >>> vigie.genai_cost("no-such-model", input_tokens=1) is None
    True
    """

@final
class Counter:
    """A sum that only grows (OpenTelemetry Metrics API, "Counter"). Made by ``counter``.

    >>> import vigie
    >>> orders = vigie.counter("orders_total")
    >>> orders.add(1, region="eu")
    >>> eu = orders.bind(region="eu")
    >>> eu.add(1)
    """
    def add(self, amount: _Number, /, **attributes: object) -> None:
        """Adds ``amount``, an ``int``, a ``float`` or what ``float()`` takes, to the series of these
        attributes. Negative amounts and what is no number are ignored and counted. Raises nothing.
        """
    def bind(self, /, **attributes: object) -> BoundCounter:
        """The series of these attributes, of any type, for updates that pass none. Raises nothing."""

@final
class BoundCounter:
    """The instrument for one set of attributes, made by ``bind``: an update looks nothing up."""
    def add(self, amount: _Number, /) -> None:
        """Adds ``amount`` to the series; otherwise as the counter's own ``add``."""

@final
class UpDownCounter:
    """A sum that goes both ways (OpenTelemetry Metrics API, "UpDownCounter"). Made by ``up_down_counter``.

    >>> import vigie
    >>> open_carts = vigie.up_down_counter("open_carts")
    >>> open_carts.add(-1, region="eu")
    """
    def add(self, amount: _Number, /, **attributes: object) -> None:
        """Adds ``amount``, an ``int``, a ``float`` or what ``float()`` takes, to the series of these
        attributes. What is no number is ignored and counted. Raises nothing.
        """
    def bind(self, /, **attributes: object) -> BoundUpDownCounter:
        """The series of these attributes, of any type, for updates that pass none. Raises nothing."""

@final
class BoundUpDownCounter:
    """The instrument for one set of attributes, made by ``bind``: an update looks nothing up."""
    def add(self, amount: _Number, /) -> None:
        """Adds ``amount`` to the series; otherwise as the counter's own ``add``."""

@final
class Gauge:
    """The last value (OpenTelemetry Metrics API, "Gauge"). Made by ``gauge``.

    >>> import vigie
    >>> vigie.gauge("queue_depth").set(7, queue="mail")
    """
    def set(self, value: _Number, /, **attributes: object) -> None:
        """Sets the series of these attributes to ``value``, an ``int``, a ``float`` or what ``float()``
        takes. What is no number is ignored and counted: the last value stays. Raises nothing.
        """
    def bind(self, /, **attributes: object) -> BoundGauge:
        """The series of these attributes, of any type, for updates that pass none. Raises nothing."""

@final
class BoundGauge:
    """The instrument for one set of attributes, made by ``bind``: an update looks nothing up."""
    def set(self, value: _Number, /) -> None:
        """Sets the series to ``value``; otherwise as the gauge's own ``set``."""

@final
class Histogram:
    """How measurements are distributed over buckets (OpenTelemetry Metrics API, "Histogram"). Made by
    ``histogram``.

    >>> import vigie
    >>> latency = vigie.histogram("http_request_duration_seconds", unit="s")
    >>> latency.record(0.12, route="/cart")
    >>> with latency.time(route="/cart"):
    ...     pass
    """
    def record(self, value: _Number, /, **attributes: object) -> None:
        """Records ``value``, an ``int``, a ``float`` or what ``float()`` takes, in the instrument's unit, in
        the series of these attributes. What is no number is ignored and counted. Raises nothing.
        """
    def bind(self, /, **attributes: object) -> BoundHistogram:
        """The series of these attributes, of any type, for updates that pass none. Raises nothing."""
    def time(self, **attributes: object) -> Timer:
        """A context manager that records how long its block took.

        The time is in the instrument's unit where that is ``ms``, ``us`` or ``ns``, in seconds otherwise;
        it comes from a clock that never goes back. Raises nothing.
        """

@final
class BoundHistogram:
    """The instrument for one set of attributes, made by ``bind``: an update looks nothing up."""
    def record(self, value: _Number, /) -> None:
        """Records ``value`` in the series; otherwise as the histogram's own ``record``."""
    def time(self) -> Timer:
        """A context manager that records how long its block took."""

@final
class Timer:
    """Records how long its block took, however it was left. Made by ``Histogram.time``."""
    def __enter__(self) -> Timer:
        """Begins to measure."""
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> Literal[False]:
        """Records the time since ``__enter__``. An exception goes on."""

def counter(name: str, *, unit: str = "", description: str = "") -> Counter:
    """A sum that only grows; the same name and kind give the same instrument.

    ``name`` is a ``str`` as the OpenTelemetry Metrics API wants it ("Instrument name syntax"). ``unit``
    is a ``str`` in UCUM notation (``"s"``, ``"By"``, ``"1"``), ``description`` a ``str``; both are empty
    unless given. A name or unit that is not accepted, or a name that is another kind's already, raises
    ``ConfigError``; an argument of another type raises ``TypeError``.

    >>> import vigie
    >>> vigie.counter("mails_total", unit="1", description="mails sent").add(1, region="eu")
    """

def up_down_counter(name: str, *, unit: str = "", description: str = "") -> UpDownCounter:
    """A sum that goes both ways; otherwise as ``counter``.

    >>> import vigie
    >>> vigie.up_down_counter("open_carts").add(1)
    """

def gauge(
    name: str, *, unit: str = "", description: str = "", callback: Callable[[], _Number | None] | None = None
) -> Gauge:
    """The last value, set by ``set`` or asked of ``callback``; otherwise as ``counter``.

    ``callback`` takes no arguments and returns a number, or None for no change. It is called on a
    Python thread before each collection; what it raises and what is no number is counted, and the last
    number stays. What is no function, or one that is async or a generator, raises ``ConfigError``.

    >>> import vigie
    >>> gauge = vigie.gauge("answer", callback=lambda: 42)
    >>> "answer 42" in vigie.metrics_text()
    True
    """

def histogram(
    name: str,
    *,
    unit: str = "",
    description: str = "",
    buckets: Sequence[float] | None = None,
    exponential: bool = False,
) -> Histogram:
    """The distribution of measurements; otherwise as ``counter``.

    ``buckets`` are ascending upper bounds in the instrument's unit, a sequence of at most 256 ``float``;
    the default goes by the unit. ``exponential`` is not built yet: True raises ``ConfigError``, as
    buckets that do not ascend do.

    >>> import vigie
    >>> vigie.histogram("size_bytes", unit="By", buckets=[100, 1000]).record(512)
    """

def summary(
    name: str, *, unit: str = "", description: str = "", quantiles: Sequence[float] | None = None
) -> Any:
    """Summaries are not built yet: always raises ``ConfigError``. ``histogram`` takes the same measurements."""

def init(config: Mapping[str, Any] | None = None, /, **settings: Any) -> None:
    """Configures Vigie: one mapping, keyword arguments, or both (keyword arguments win).

    The keys are those of ``core/docs/configuration.md``; durations are texts such as ``"5s"`` or numbers
    of seconds, sizes texts such as ``"64KiB"`` or numbers of bytes; a number as a level is the standard
    library's, such as ``logging.INFO``. Optional: the first record configures from the environment otherwise. The same settings again change nothing; other settings
    raise ``ConfigError``, as every setting does that is not accepted, all of them at once.

    >>> import vigie
    >>> vigie.init(service="shop", levle="info")
    Traceback (most recent call last):
        ...
    vigie.ConfigError: ...
    """

def reconfigure(config: Mapping[str, Any] | None = None, /, **settings: Any) -> None:
    """Changes the configuration of a running process; takes and raises what ``init`` does.

    Outputs are flushed and opened anew; instruments and their values stay. On ``ConfigError`` nothing
    has changed.
    """

def set_level(level: str | int | None, logger: str | None = None) -> None:
    """Sets the least severity that is recorded while the program runs.

    ``level`` is a name (any case, with aliases such as ``warning``) or a number of the standard library, such as
    ``logging.DEBUG``; None takes back what was set, so that what is configured holds again. ``logger`` is a ``str``: the logger
    of this name and those below it; None, the default, is all loggers. Among several the longest name holds. It stands over the
    configuration until ``init`` or ``reconfigure``. Raises ``ConfigError`` for anything else as a level, and ``TypeError``
    where ``logger`` is no ``str``.

    >>> import vigie
    >>> vigie.set_level("debug", logger="shop.cart")
    >>> vigie.set_level(None, logger="shop.cart")
    """

def flush(timeout: float = 5.0) -> bool:
    """Waits until everything recorded before is out, at most ``timeout`` seconds (``float``).

    True when it is; False when that took longer or records were lost since the last flush. A timeout
    below zero does not wait; one that is no number raises ``TypeError``.

    >>> import vigie
    >>> vigie.flush(timeout=5)
    True
    """

def shutdown(timeout: float = 5.0) -> bool:
    """Flushes, at most ``timeout`` seconds (``float``), and ends. True when everything is out.

    Later records are dropped and counted; ``init`` opens anew. A timeout that is no number raises
    ``TypeError``.
    """

def metrics_text(*, openmetrics: bool = False) -> str:
    """All metrics as Prometheus text 0.0.4, or as OpenMetrics 1.0 if ``openmetrics`` is True.

    >>> import vigie
    >>> vigie.counter("visits_total").add(3)
    >>> "visits_total 3" in vigie.metrics_text()
    True
    """

def stats_json() -> str:
    """The books of every output and the process's counters, as the text of a JSON object."""

def memory_lines() -> list[str]:
    """The JSON lines that outputs of the kind ``memory`` hold, without the newline, oldest first."""

def refresh_seconds() -> float:
    """After how many seconds the callbacks of gauges are asked again, so that no point is older than half
    the interval at which points are written.
    """

def has_observers() -> bool:
    """Whether any gauge has a callback."""

def refresh() -> None:
    """Asks the callback of every gauge for its number.

    What a callback raises is swallowed and counted, KeyboardInterrupt and SystemExit excepted, which it
    hands on. A collection that a callback causes asks nobody again.
    """

@final
class Capture:
    """A temporary output that keeps a copy of every line in memory until it is closed."""
    def __new__(cls) -> Capture: ...
    def lines(self) -> list[str]:
        """The JSON lines so far, without the newline; none once it is closed."""
    def close(self) -> list[str]:
        """Ends the capture and gives its lines; none when it was closed before."""

@final
class Attached:
    """What was made current by ``attach``."""
    def detach(self) -> None:
        """Makes current again what was so before; in another task or thread, and the second time, nothing."""

def attach(object: Context | Span) -> Attached:
    """Makes a ``Span`` or ``Context`` current in the running task or thread."""

def entered() -> Context | Span | None:
    """The ``Span`` or ``Context`` that is current; None without one. A span that has ended stands there as long as nobody
    has left it.
    """

def span_of(object: Context | Span) -> Span | None:
    """The open span of this process in which an object stands."""

def span_ids(object: Context | Span) -> _Ids | None:
    """The ids of a ``Span`` or ``Context``; None where there are none."""

def make_context(
    base: Context | Span | None, ids: _Ids | None, baggage: Mapping[str, object] | None
) -> Context:
    """A context with these ids and this baggage, which replaces that of ``base``; without them what ``base`` has."""

def sent_context(ids: _Ids | None, baggage: Mapping[str, object], attributes: str, /) -> Context:
    """A context as ``pickle`` took it apart: the ids of its span or None, its baggage, and its attributes as the text of a JSON
    object. The span is that of another process then, or counts as such.
    """

def open_span(
    name: str,
    kind: int,
    parent: Context | Span | None,
    start_time: int | None,
    scope: str,
    attributes: Mapping[str, object] | None,
    ids: _Ids | None,
) -> Span:
    """Starts a span: its name, the number of its kind, its parent (a ``Span`` or ``Context``, None for none), its start in
    nanoseconds since 1970 or None, its scope, a mapping of attributes or None, and its ids where they were made elsewhere.
    With these it is recorded even if they say that it is not sampled; then it goes to no output.
    """

def add_event(span: Span, name: str, attributes: Mapping[str, object] | None, timestamp: int | None) -> None:
    """Adds an event to a span, with a mapping of attributes or None, at a time in nanoseconds since 1970 or now."""

def record_exception(
    span: Span, exception: BaseException, attributes: Mapping[str, object] | None, timestamp: int | None
) -> None:
    """Records an exception on a span, with a mapping of attributes or None, at a time in nanoseconds since 1970 or now."""

def exceptions_are_events() -> bool:
    """Whether exceptions that spans record become events of them."""

def add_link(span: Span, linked: Context | Span, attributes: Mapping[str, object] | None) -> None:
    """Links a ``Span`` or ``Context`` to a span, with a mapping of attributes or None."""

def logs(logger: Logger, number: int) -> bool:
    """Whether a logger records that severity."""

def write_log(
    logger: Logger,
    number: int,
    message: str,
    attributes: Mapping[str, object] | None,
    exception: BaseException | None,
    timestamp: int | None,
    place: Context | Span | None,
    /,
) -> None:
    """Writes a record: logger, number of the severity, message, a mapping of attributes or None, an exception or None, the time in
    nanoseconds since 1970 or None for now, and the ``Span`` or ``Context`` that it belongs to, None for the current one.
    """

def carrier_fields() -> tuple[list[str], list[str]]:
    """What a carrier is searched for, as the setting ``propagators`` says: names of headers, as they are written, and
    beginnings of names.
    """

def written_fields() -> list[str]:
    """The names of the headers that are written, as the setting ``propagators`` says."""

def is_linked(context: object) -> bool:
    """Whether a ``Context`` links to a remote span in place of continuing it."""

def begin() -> None:
    """Makes sure that the telemetry is set up, as the first record does."""

def make_handler(class_: type, /) -> None:
    """Gives a class, which is a handler of `logging`, the methods ``handle`` and ``emit``."""

def write_told(
    name: object,
    level: object,
    message: object,
    attributes: Mapping[str, object],
    error: BaseException | tuple[object, object, object] | str | bool | None,
    timestamp: int | None,
    /,
) -> None:
    """Writes a record that the level of another logger has let through: the logger's name, a level by its number in the
    standard library or its name, the finished message, a mapping of attributes, an error as ``exc_info`` takes it, as
    the text of a traceback or None, and the time in nanoseconds since 1970 or None for now.
    """

def begin_request(
    headers: _Carrier, request_id: str | bytes | None, correlation_id: str | bytes | None, /
) -> tuple[Context, str, str, bool, int | None]:
    """The context of a request on top of the current one, its ``request_id``, its ``correlation_id``, whether the current span
    was opened for this request already (then the context stands in that), and under a clock that was set for tests a reading of it.

    ``headers`` is a carrier as for ``extract``; the two others are the values of ``X-Request-ID`` and ``X-Correlation-ID``,
    ``str`` or ``bytes``, or None. Values of more than 128 bytes, with other than printable ASCII, and those of strangers
    (``public_endpoint``) are no ids. Where there is none the request gets a new one, which is its correlation id, too.
    """

def clock_ns() -> int:
    """A reading of the clock in nanoseconds since 1970; one that was set for tests moves by it."""
