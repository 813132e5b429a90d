"""The callback handler: each callback is one call of the table of runs.

It runs inline, in the task and thread of the code that it watches, so that what it makes current in a model's body is
current there. Nothing is detached: see ``vigie.Runs``."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import BaseCallbackHandler

from .dispatch import prepare
from .on_chain import OnChain
from .on_model import OnModel
from .on_step import OnStep


class VigieCallbackHandler(OnChain, OnModel, OnStep, BaseCallbackHandler):
    """Records the runs of chains, models, tools, retrievers, agents and graphs as spans and metrics.

    For one call: ``chain.invoke(inputs, {"callbacks": [VigieCallbackHandler()]})``; for all of them: ``instrument()``.
    Takes the settings of ``Settings``; raises ``ValueError`` or ``TypeError`` for one that is not accepted. Its callbacks
    raise nothing.
    """

    run_inline = True
    raise_error = False
    # As plain members they cost less than the base class's properties, and they are asked for with each callback.
    ignore_llm = False
    ignore_retry = False
    ignore_chain = False
    ignore_agent = False
    ignore_retriever = False
    ignore_chat_model = False
    ignore_custom_event = False

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        prepare(VigieCallbackHandler)
