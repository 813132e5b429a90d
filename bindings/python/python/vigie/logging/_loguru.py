"""The sink for loguru, which is not imported: a message of it brings everything along."""

from __future__ import annotations

from .. import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# loguru's own levels that are the standard library's, by number; another one shows its name.
_STANDARD = frozenset((10, 20, 30, 40, 50))


def loguru_sink(message: Any) -> None:
    """Write a message of loguru through Vigie.

    The message is loguru's, filled and without its format. The module is the logger's name; ``extra``, what was
    bound and what ``contextualize`` added are attributes; ``exception`` becomes ``error``. The level goes by its number; one
    between the standard five (SUCCESS, a custom one) shows its name as ``level_name``.

    :param message: what loguru hands to a sink: a ``str`` with a ``record``.

    Give it a format without colours, since loguru makes that text for each sink:
    ``logger.add(vigie.logging.loguru_sink, level=0, format="{message}")``. ``sys.modules`` need not have loguru.
    """
    record = message.record
    level = record["level"]
    attributes = record["extra"]
    if level.no not in _STANDARD:
        attributes = {**attributes, "level_name": level.name}
    thrown = record["exception"]
    seconds = record["time"].timestamp()
    _native.write_told(
        record["name"] or "root",
        level.no,
        record["message"],
        attributes,
        None if thrown is None else thrown.value,
        round(seconds * 1_000_000) * 1_000,
    )
