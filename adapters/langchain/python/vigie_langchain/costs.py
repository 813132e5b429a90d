"""What an answer costs, by the user's own prices or the known ones. An unknown model has no cost, never zero."""

from __future__ import annotations

import vigie

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Prices = Mapping[str, Mapping[str, float]]

_PER = 1_000_000


def prepare() -> None:
    """Has the known prices read now, which takes some fifty milliseconds, and not at the first answer."""
    vigie.genai_cost("", input_tokens=1)


def cost_of(
    prices: Prices | None, provider: str | None, models: Sequence[str | None], usage: Mapping[str, int]
) -> float | None:
    """US dollars for one answer by the first of these models that has a price: the one that answered, whose name may be
    that of a snapshot, or the one that was asked for. None when nobody knows a price, or what was used."""
    known = [model for model in models if model is not None] if usage else []
    for model in known:
        if (own := _own(prices, provider, model)) is not None:
            return _by(own, usage)
    for model in known:
        if (cost := _known(provider, model, usage)) is not None:
            return cost
    return None


def _known(provider: str | None, model: str, usage: Mapping[str, int]) -> float | None:
    return vigie.genai_cost(
        model,
        provider=provider,
        input_tokens=usage.get("input_tokens", 0),
        output_tokens=usage.get("output_tokens", 0),
        cache_read_tokens=usage.get("cache_read_tokens", 0),
        cache_write_tokens=usage.get("cache_write_tokens", 0),
    )


def _own(prices: Prices | None, provider: str | None, model: str) -> Mapping[str, float] | None:
    if not prices:
        return None
    return prices.get(f"{provider}/{model}") or prices.get(model)


def _by(price: Mapping[str, float], usage: Mapping[str, int]) -> float:
    read, written = usage.get("cache_read_tokens", 0), usage.get("cache_write_tokens", 0)
    # Input tokens include both; what has no price of its own costs what input does.
    plain = usage.get("input_tokens", 0) - read - written
    inputs = plain * price["input"]
    inputs += read * price.get("cache_read", price["input"])
    inputs += written * price.get("cache_write", price["input"])
    return (inputs + usage.get("output_tokens", 0) * price["output"]) / _PER
