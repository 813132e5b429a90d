"""The LangGraph graph that answers: retrieve passages, ask the model, call the tools that it wants, ask it again.

Nothing here opens a span: the adapter of LangChain sees the graph, its nodes, the retriever, the model and the tools.
"""

from __future__ import annotations

from typing import Any

import vigie
from index import Index, MarkdownRetriever
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_core.tools import BaseTool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from model import ExtractiveChatModel

PROMPT = ChatPromptTemplate.from_messages(
    [
        ("system", "Answer from these passages only:\n\n{context}"),
        ("human", "{question}"),
        MessagesPlaceholder("messages"),
    ]
)
log = vigie.get_logger("rag.graph")


class State(MessagesState):
    """What the nodes hand on; `messages` are those of the model and its tools."""

    question: str
    documents: list[Document]


Graph = CompiledStateGraph[State, None, State, State]


def build(index: Index, tools: list[BaseTool]) -> Graph:
    """The graph, to be asked by `answer`."""
    retriever = MarkdownRetriever(index=index)
    model = ExtractiveChatModel().bind_tools(tools)

    def retrieve(state: State) -> dict[str, Any]:
        documents = retriever.invoke(state["question"])
        log.debug(
            "{documents} passages retrieved",
            documents=len(documents),
            best=documents[0].metadata["source"] if documents else None,
        )
        return {"documents": documents}

    def ask(state: State) -> dict[str, Any]:
        texts = [f"[{d.metadata['source']}]\n\n{d.page_content}" for d in state["documents"]]
        said = {
            "context": "\n\n".join(texts),
            "question": state["question"],
            "messages": state["messages"],
        }
        return {"messages": [model.invoke(PROMPT.invoke(said))]}

    graph = StateGraph(State)
    graph.add_node("retrieve", retrieve)
    graph.add_node("answer", ask)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "retrieve")
    graph.add_edge("retrieve", "answer")
    graph.add_conditional_edges("answer", tools_condition)
    graph.add_edge("tools", "answer")
    return graph.compile(name="rag")


def answer(graph: Graph, question: str) -> dict[str, Any]:
    """Asks the graph: `{"answer": ..., "sources": [...]}`."""
    end = graph.invoke({"question": question, "messages": [], "documents": []})
    sources = dict.fromkeys(d.metadata["source"] for d in end["documents"])
    return {"answer": end["messages"][-1].content, "sources": list(sources)}
