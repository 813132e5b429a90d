"""What is known of a model's request and answer, as attributes. Not for messages: see ``content``."""

from __future__ import annotations

from . import semantics
from .meaning import attempt_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from .names import Names

# The attributes of parameters, under the names that providers' classes have for those, and LangChain's own metadata.
_PARAMETERS = {
    "temperature": "request_temperature",
    "top_p": "request_top_p",
    "top_k": "request_top_k",
    "max_tokens": "request_max_tokens",
    "max_completion_tokens": "request_max_tokens",
    "max_output_tokens": "request_max_tokens",
    "seed": "request_seed",
    "stop": "request_stop",
    "stop_sequences": "request_stop",
    "n": "request_choices",
    "frequency_penalty": "request_frequency_penalty",
    "presence_penalty": "request_presence_penalty",
}
_METADATA = {"ls_" + name: attribute for name, attribute in _PARAMETERS.items()}


def provider_and_model(
    metadata: Mapping[str, Any], parameters: Mapping[str, Any]
) -> tuple[str | None, str | None]:
    """The provider by the conventions' name, and the model that was asked for."""
    provider: str | None = metadata.get("ls_provider")
    model = metadata.get("ls_model_name") or parameters.get("model") or parameters.get("model_name")
    return semantics.PROVIDERS.get(provider or "", provider), model


def request(
    names: Names, metadata: Mapping[str, Any], parameters: Mapping[str, Any], tags: Sequence[str] | None
) -> dict[str, Any]:
    """The attributes of a request beside provider and model."""
    found: dict[str, Any] = {}
    # What the request says comes second, so that it wins.
    for table, told in ((_METADATA, metadata), (_PARAMETERS, parameters)):
        for key, value in told.items():
            if value is not None and (attribute := table.get(key)) is not None:
                found[getattr(names, attribute)] = value
    if (attempt := attempt_of(tags)) is not None:
        found[names.attempt] = attempt
    return found


def message_of(response: Any) -> Any:
    """The first message of an answer; None where a model gives texts."""
    for generations in response.generations:
        for generation in generations:
            return getattr(generation, "message", None)
    return None


def usage_of(response: Any, message: Any) -> dict[str, int]:
    """The tokens of an answer under the table's keys. What was read from a cache is part of the input tokens."""
    if usage := getattr(message, "usage_metadata", None):
        inputs, outputs = usage.get("input_token_details") or {}, usage.get("output_token_details") or {}
        pairs = (
            ("input_tokens", usage.get("input_tokens")),
            ("output_tokens", usage.get("output_tokens")),
            ("cache_read_tokens", inputs.get("cache_read")),
            ("cache_write_tokens", inputs.get("cache_creation")),
            ("reasoning_tokens", outputs.get("reasoning")),
        )
    else:
        told = (response.llm_output or {}).get("token_usage") or {}
        if not isinstance(told, dict):
            return {}
        pairs = (
            ("input_tokens", told.get("prompt_tokens", told.get("input_tokens"))),
            ("output_tokens", told.get("completion_tokens", told.get("output_tokens"))),
            ("cache_read_tokens", None),
            ("cache_write_tokens", None),
            ("reasoning_tokens", None),
        )
    return {key: count for key, count in pairs if count is not None}


def answer(names: Names, response: Any, message: Any) -> dict[str, Any]:
    """The attributes of an answer beside its usage."""
    found: dict[str, Any] = {}
    told = getattr(message, "response_metadata", None) or {}
    model = told.get("model_name") or told.get("model") or (response.llm_output or {}).get("model_name")
    if model is not None:
        found[names.response_model] = model
    if (identity := told.get("id")) is not None:
        found[names.response_id] = identity
    reasons = [
        reason for generations in response.generations for reason in map(_reason, generations) if reason
    ]
    if reasons:
        found[names.finish_reasons] = reasons
    return found


def _reason(generation: Any) -> str | None:
    told = getattr(getattr(generation, "message", None), "response_metadata", None) or {}
    info = generation.generation_info or {}
    reason = told.get("finish_reason") or told.get("stop_reason") or info.get("finish_reason")
    return None if reason is None else str(reason)
