"""The LangChain chain: retriever, prompt, model, parser, each step in a span of its own.

The spans are opened around the steps by hand. Names follow OpenTelemetry's conventions for generative AI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import vigie
from embedding import words
from index import COLLECTION, Attributes, Index, IndexRetriever
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.output_parsers import StrOutputParser
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableLambda, RunnableParallel, RunnablePassthrough

MODEL = "extractive-fake"
PROVIDER = "vigie.example"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
PROMPT = ChatPromptTemplate.from_messages(
    [("system", "Answer from these passages only:\n\n{context}"), ("human", "{question}")]
)
operation_duration = vigie.histogram("gen_ai.client.operation.duration", unit="s")
token_usage = vigie.histogram("gen_ai.client.token.usage", unit="{token}")
log = vigie.get_logger("rag.chain")


class ExtractiveChatModel(GenericFakeChatModel):
    """langchain-core's fake chat model, with an answer made from the prompt.

    It answers with the two sentences of the passages that share the most words with the question.
    """

    messages: Any = iter(())

    def _generate(
        self,
        messages: list[BaseMessage],
        # langchain-core calls it with these; an extract has no use for them.
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        context, question = str(messages[0].content), str(messages[-1].content)
        asked = set(words(question))
        sentences = [" ".join(s.split()) for s in SENTENCE_END.split(context) if s.count(" ") > 3]
        ranked = sorted(
            sentences, key=lambda s: len(asked & set(words(s))) / (8 + len(words(s))), reverse=True
        )
        answer = " ".join(ranked[:2]) or "The passages do not say."
        read, written = sum(len(str(m.content).split()) for m in messages), len(answer.split())
        usage = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(answer, usage_metadata=usage))])


def build(index: Index) -> Runnable[str, dict[str, Any]]:
    """A chain from a question to `{"answer": ..., "sources": [...]}`."""
    retriever = IndexRetriever(index=index)
    model = ExtractiveChatModel()

    def retrieve(question: str) -> list[Document]:
        attributes: Attributes = {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": COLLECTION}
        with vigie.span(f"retrieval {COLLECTION}", kind="client", **attributes) as span:
            documents = retriever.invoke(question)
            span.set_attribute("rag.retrieval.documents", len(documents))
            log.debug(
                "{documents} passages retrieved",
                documents=len(documents),
                best=documents[0].metadata["source"] if documents else None,
            )
            return documents

    def chat(prompt: PromptValue) -> BaseMessage:
        attributes: Attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": PROVIDER,
            "gen_ai.request.model": MODEL,
        }
        with (
            vigie.span(f"chat {MODEL}", kind="client", **attributes) as span,
            operation_duration.time(**attributes),
        ):
            message = model.invoke(prompt)
            usage: Mapping[str, Any] = message.usage_metadata or {}
            for direction in ("input", "output"):
                tokens = usage.get(f"{direction}_tokens", 0)
                span.set_attribute(f"gen_ai.usage.{direction}_tokens", tokens)
                token_usage.record(tokens, **attributes, **{"gen_ai.token.type": direction})
            return message

    def prompt_input(found: dict[str, Any]) -> dict[str, str]:
        texts = [f"[{d.metadata['source']}]\n\n{d.page_content}" for d in found["documents"]]
        return {"context": "\n\n".join(texts), "question": found["question"]}

    def sources(found: dict[str, Any]) -> list[str]:
        return list(dict.fromkeys(d.metadata["source"] for d in found["documents"]))

    # A dict of steps runs them in threads of LangChain's own: the current span follows there.
    found = RunnableParallel(documents=RunnableLambda(retrieve), question=RunnablePassthrough())
    answer = RunnableLambda(prompt_input) | PROMPT | RunnableLambda(chat) | StrOutputParser()
    return found | RunnableParallel(answer=answer, sources=RunnableLambda(sources))
