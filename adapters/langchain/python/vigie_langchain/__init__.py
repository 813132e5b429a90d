"""Vigie for LangChain and LangGraph: spans and metrics of chains, models, tools, retrievers, agents and graphs.

>>> import vigie_langchain
>>> vigie_langchain.instrument()
>>> vigie_langchain.uninstrument()
"""

from .handler import VigieCallbackHandler
from .hook import instrument, uninstrument
from .recorder import stats
from .settings import Settings

__all__ = ["Settings", "VigieCallbackHandler", "instrument", "stats", "uninstrument"]
