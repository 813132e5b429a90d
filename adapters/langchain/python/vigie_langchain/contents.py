"""Messages, arguments, results and documents in the form of OpenTelemetry's conventions, as far as they are wanted.
Not for names and numbers of requests: see ``models``."""

from __future__ import annotations

import json
import os
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from .names import Names
    from .settings import Settings

_ROLES = {"human": "user", "ai": "assistant", "AIMessageChunk": "assistant"}
_CUT = "[truncated]"


class Contents:
    """What is recorded of content, by the settings."""

    def __init__(self, names: Names, settings: Settings) -> None:
        self._names = names
        self._settings = settings
        self.is_off = settings.content == "off"
        self.is_full = settings.content == "full"

    def request(self, messages: Sequence[Any], run: object) -> dict[str, Any]:
        """The messages of a request, system instructions apart."""
        names = self._names
        if not self.is_full:
            return self._counted(message.content for message in messages)
        system = [message for message in messages if message.type == "system"]
        others = [_message(message) for message in messages if message.type != "system"]
        found = self._texts({names.input_messages: others}, run)
        if system:
            parts = [part for message in system for part in _parts(message)]
            found |= self._texts({names.system_instructions: parts}, run)
        return found

    def prompts(self, prompts: Sequence[str], run: object) -> dict[str, Any]:
        """The texts of a request to a model that takes texts."""
        if not self.is_full:
            return self._counted(prompts)
        messages = [{"role": "user", "parts": [{"type": "text", "content": prompt}]} for prompt in prompts]
        return self._texts({self._names.input_messages: messages}, run)

    def answer(self, response: Any, run: object) -> dict[str, Any]:
        """The messages of an answer."""
        if not self.is_full:
            return {}
        answers = [_answer(generation) for generations in response.generations for generation in generations]
        return self._texts({self._names.output_messages: answers}, run)

    def arguments(self, arguments: Any, run: object) -> dict[str, Any]:
        """The arguments of a tool."""
        return self._one(self._names.tool_arguments, arguments, run)

    def result(self, output: Any, run: object) -> dict[str, Any]:
        """The result of a tool."""
        return self._one(self._names.tool_result, getattr(output, "content", output), run)

    def query(self, query: str, run: object) -> dict[str, Any]:
        """What a retriever was asked."""
        return self._one(self._names.query_text, query, run)

    def documents(self, documents: Sequence[Any], run: object) -> dict[str, Any]:
        """What a retriever found: identifiers and scores, and with full content the texts."""
        found: dict[str, Any] = {self._names.documents_count: len(documents)}
        if self.is_full:
            found |= self._texts({self._names.documents: list(map(_document, documents))}, run)
        return found

    def event(self, data: Any) -> dict[str, Any]:
        """What an application says with an event of its own."""
        if not self.is_full:
            return {}
        return dict(data) if isinstance(data, dict) else {"data": data}

    def _one(self, name: str, value: Any, run: object) -> dict[str, Any]:
        if self.is_off:
            return {}
        if not self.is_full:
            return {self._names.content_characters: len(str(value))}
        return self._texts({name: value}, run)

    def _counted(self, contents: Iterable[Any]) -> dict[str, Any]:
        if self.is_off:
            return {}
        lengths = [len(content) if isinstance(content, str) else len(str(content)) for content in contents]
        return {self._names.messages_count: len(lengths), self._names.content_characters: sum(lengths)}

    def _texts(self, values: dict[str, Any], run: object) -> dict[str, Any]:
        found = {}
        for name, value in values.items():
            value = _plain(value, self._settings.redact)
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            if len(text.encode("utf-8", "replace")) <= self._settings.content_bytes:
                # Not the text: Vigie's own redaction looks at keys and values.
                found[name] = value
            elif self._settings.content_folder is not None:
                found[name + ".file"] = self._filed(name, text, run)
            else:
                cut = text.encode("utf-8", "replace")[: self._settings.content_bytes - len(_CUT)]
                found[name] = cut.decode("utf-8", "ignore") + _CUT
        return found

    def _filed(self, name: str, text: str, run: object) -> str:
        folder = Path(self._settings.content_folder or ".")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{run}.{name}.json"
        # Nobody but the user of the process may read it.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return str(path)


def _plain(value: Any, redact: Any) -> Any:
    """The value of lists, dicts and scalars alone, every text redacted."""
    if isinstance(value, str):
        return value if redact is None else redact(value)
    if isinstance(value, dict):
        return {str(key): _plain(member, redact) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member, redact) for member in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _plain(str(value), redact)


def _message(message: Any) -> dict[str, Any]:
    return {"role": _ROLES.get(message.type, message.type), "parts": _parts(message)}


def _parts(message: Any) -> list[dict[str, Any]]:
    if message.type == "tool":
        return [{"type": "tool_call_response", "id": message.tool_call_id, "response": message.content}]
    content = message.content
    parts = [{"type": "text", "content": content}] if isinstance(content, str) and content else []
    if isinstance(content, list):
        parts = [{"type": "text", "content": part} if isinstance(part, str) else part for part in content]
    for call in getattr(message, "tool_calls", None) or ():
        parts.append({"type": "tool_call", "id": call["id"], "name": call["name"], "arguments": call["args"]})
    return parts


def _answer(generation: Any) -> dict[str, Any]:
    message = getattr(generation, "message", None)
    if message is None:
        return {"role": "assistant", "parts": [{"type": "text", "content": generation.text}]}
    return _message(message)


def _document(document: Any) -> dict[str, Any]:
    found = {"id": document.id, "content": document.page_content}
    if (score := document.metadata.get("score")) is not None:
        found["score"] = score
    return found
