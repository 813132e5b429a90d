"""The vector index: Qdrant in this process, filled with passages, asked by a LangChain retriever.

The adapter of Qdrant records its calls; which question is asked and why is the graph's business.
"""

from __future__ import annotations

import vigie
from embedding import HashingEmbeddings
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict
from qdrant_client import QdrantClient
from qdrant_client.models import Distance, PointStruct, VectorParams

COLLECTION = "markdown"
log = vigie.get_logger("rag.index")


class Index:
    """Passages with their vectors in a Qdrant collection that lives as long as the process."""

    def __init__(self, documents: list[Document]) -> None:
        with vigie.span("build index"):
            self._documents = documents
            self.embeddings = HashingEmbeddings()
            texts = [f"{d.metadata['heading']}\n{d.page_content}" for d in documents]
            self.embeddings.fit(texts)
            self._client = QdrantClient(":memory:")
            size = self.embeddings.dimensions
            self._client.create_collection(
                COLLECTION, vectors_config=VectorParams(size=size, distance=Distance.COSINE)
            )
            vectors = self.embeddings.embed_documents(texts)
            self._client.upsert(COLLECTION, [PointStruct(id=i, vector=v) for i, v in enumerate(vectors)])
            log.info(
                "{passages} passages of {files} files indexed",
                passages=len(documents),
                files=len({d.metadata["source"] for d in documents}),
            )
            vigie.gauge("rag_index_passages", description="Passages in the index").set(len(documents))

    def nearest(self, query: str, limit: int) -> list[Document]:
        """The `limit` passages nearest to `query`, the nearest first."""
        vector = self.embeddings.embed_query(query)
        hits = self._client.query_points(COLLECTION, query=vector, limit=limit).points
        return [self._found(int(hit.id), hit.score) for hit in hits]

    def _found(self, position: int, score: float) -> Document:
        document = self._documents[position]
        return Document(page_content=document.page_content, metadata={**document.metadata, "score": score})


class MarkdownRetriever(BaseRetriever):
    """The index as LangChain asks for documents; LangChain calls it `markdown`, by the name of its class."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    index: Index
    limit: int = 4

    def _get_relevant_documents(
        self,
        query: str,
        *,
        # langchain-core passes it; the index has no use for it.
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        return self.index.nearest(query, self.limit)
