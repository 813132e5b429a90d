"""What can be set, and what is accepted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Content = Literal["off", "metadata", "full"]


@dataclass(frozen=True)
class Settings:
    """The settings of ``instrument`` and of a handler.

    ``content`` is how much of messages, arguments, results and documents is recorded: ``"off"`` nothing, ``"metadata"``
    counts and lengths, ``"full"`` everything, redacted by Vigie's rules. ``content_bytes`` is the longest such attribute;
    more is cut, or goes into a file of its own below ``content_folder`` if that is given, and the attribute names the
    file. ``redact`` is called with each text before it is recorded anywhere. ``prices`` are the user's own:
    ``{"provider/model" or "model": {"input": USD per million tokens, "output": ..., "cache_read": ..., "cache_write": ...}}``.
    ``show_all`` shows the runs of prompts, parsers and passthroughs too.
    """

    content: Content = "off"
    content_bytes: int = 16 * 1024
    content_folder: str | os.PathLike[str] | None = None
    redact: Callable[[str], str] | None = None
    prices: Mapping[str, Mapping[str, float]] | None = None
    show_all: bool = False

    def __post_init__(self) -> None:
        if self.content not in get_args(Content):
            raise ValueError(f"content: {self.content!r}; accepted: {', '.join(get_args(Content))}")
        if not isinstance(self.content_bytes, int) or self.content_bytes <= 0:
            raise ValueError(f"content_bytes: {self.content_bytes!r}; accepted: a whole number above 0")
        if self.redact is not None and not callable(self.redact):
            raise TypeError("redact must be a function from str to str")
        for model, price in (self.prices or {}).items():
            _check(model, price)


def _check(model: str, price: Any) -> None:
    accepted = ("input", "output", "cache_read", "cache_write")
    if not isinstance(price, Mapping) or not {"input", "output"} <= price.keys() <= set(accepted):
        raise ValueError(f"prices: {model}: input and output are needed; accepted: {', '.join(accepted)}")
    for kind, amount in price.items():
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not amount >= 0:
            raise ValueError(
                f"prices: {model}: {kind}: {amount!r}; accepted: USD per million tokens, 0 or more"
            )
