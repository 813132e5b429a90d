"""The decorator ``lambda_handler``."""

from __future__ import annotations

from ._kinds import kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    F = TypeVar("F", bound=Callable[..., Any])

    @overload
    def lambda_handler(handler: F, /) -> F: ...
    @overload
    def lambda_handler(*, budget: float | None = None) -> Callable[[F], F]: ...
    def lambda_handler(handler: Any = None, /, *, budget: float | None = None) -> Any:
        """Typed face of the function below: overloads need typing, which costs milliseconds."""

else:

    def lambda_handler(handler=None, /, *, budget=None):
        """Record each invocation of an AWS Lambda function, and send what it recorded before it is frozen.

        For plain and async handlers, with or without arguments. Each invocation is a span of the kind
        ``server`` that continues the trace of the event: of its HTTP headers in letters of any case, or of the
        attributes of the messages of an SQS event, to which it is linked where there are several. It has
        the attributes of OpenTelemetry's semantic conventions (FaaS spans; AWS Lambda).

        When the handler has ended, and before its result is handed on, everything is flushed, for at most
        ``budget`` seconds (``float``): two unless given, and never longer than the time that
        ``context.get_remaining_time_in_millis()`` leaves, less a tenth of a second. Shortly before the time is
        over, an invocation that still runs is written as it is: its span ends with the status ``error`` and
        the attribute ``vigie.interrupted``, and a WARN record says so.

        The handler's result and what it raises are never changed. What is no function, and a budget that is
        no number, raise ``TypeError`` where the decorator stands.

        >>> import vigie
        >>> @vigie.lambda_handler
        ... def handler(event, context):
        ...     return {"statusCode": 200}
        >>> handler({"headers": {}}, None)
        {'statusCode': 200}
        >>> @vigie.lambda_handler(budget=0.5)
        ... async def asynchronous(event, context):
        ...     return event["order_id"]
        """
        if budget is not None and (isinstance(budget, bool) or not isinstance(budget, (int, float))):
            raise TypeError(f"budget: {budget!r}; accepted: a number of seconds, or None")
        if handler is None:
            return lambda function: _decorate(function, budget)
        return _decorate(handler, budget)


def _decorate(handler: Any, budget: float | None) -> Any:
    import functools

    what = kind(handler)
    # What follows is needed by functions alone, and would make the import of the package dearer for all others.
    from ._invocation import begun

    if what == "coroutine":

        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            invocation = begun(handler, args, kwargs, budget)
            try:
                with invocation.context:
                    result = await handler(*args, **kwargs)
            except GeneratorExit as error:
                # It was thrown away while it waited, and may wait for nothing more.
                invocation.failed(error)
                raise
            except BaseException as error:
                invocation.failed(error)
                await invocation.sent()
                raise
            invocation.returned(result)
            await invocation.sent()
            return result

        return functools.wraps(handler)(coroutine)

    def plain(*args: Any, **kwargs: Any) -> Any:
        invocation = begun(handler, args, kwargs, budget)
        try:
            with invocation.context:
                result = handler(*args, **kwargs)
        except BaseException as error:
            invocation.failed(error)
            invocation.send()
            raise
        invocation.returned(result)
        invocation.send()
        return result

    return functools.wraps(handler)(plain)
