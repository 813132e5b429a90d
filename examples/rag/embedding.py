"""Computes embeddings without a model: words and their letter trigrams, weighted by TF-IDF, hashed into a vector.

It is no language model and understands no meaning; it finds texts that share words or parts of words.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator

from langchain_core.embeddings import Embeddings

WORD = re.compile(r"[a-z0-9_]+")
# Too frequent in questions to say what they are about.
STOP = frozenset(
    WORD.findall(
        """a an and are as at be by can do does for from how i in is it not of on or that the this to
        what when where which who why with"""
    )
)
WORD_WEIGHT = 2.0


def words(text: str) -> list[str]:
    """The words of a text in lower case, without those that say nothing."""
    return [w for w in WORD.findall(text.lower()) if w not in STOP]


class HashingEmbeddings(Embeddings):
    """Deterministic embeddings of `dimensions` numbers; `fit` learns how rare each feature is."""

    def __init__(self, dimensions: int = 1024) -> None:
        self.dimensions = dimensions
        self._idf: dict[str, float] = {}
        self._idf_unknown = 1.0

    def fit(self, texts: list[str]) -> None:
        """Counts in how many of `texts` each feature occurs."""
        found_in: Counter[str] = Counter()
        for text in texts:
            found_in.update(set(self._features(text)))
        total = len(texts)
        self._idf = {feature: math.log((1 + total) / (1 + n)) + 1.0 for feature, n in found_in.items()}
        self._idf_unknown = math.log(1 + total) + 1.0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector of length one for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """A vector of length one; all zero for a text without words."""
        vector = [0.0] * self.dimensions
        for feature, count in Counter(self._features(text)).items():
            # crc32 and not hash(): the latter differs from process to process.
            hashed = zlib.crc32(feature.encode())
            sign = 1.0 if hashed & 1 else -1.0
            weight = WORD_WEIGHT if feature.startswith("w:") else 1.0
            idf = self._idf.get(feature, self._idf_unknown)
            vector[(hashed >> 1) % self.dimensions] += sign * weight * (1.0 + math.log(count)) * idf
        length = math.sqrt(sum(x * x for x in vector)) or 1.0
        return [x / length for x in vector]

    @staticmethod
    def _features(text: str) -> Iterator[str]:
        for word in words(text):
            yield f"w:{word}"
            padded = f"^{word}$"
            for at in range(len(padded) - 2):
                yield f"t:{padded[at : at + 3]}"
