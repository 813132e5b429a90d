"""Many runs leave nothing behind: those that end, those that nobody ends, and streams of any length."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from uuid import uuid4

import pytest
import vigie_langchain
from langchain_core.outputs import ChatGeneration, LLMResult
from models import Chat
from vigie_langchain import VigieCallbackHandler

RUNS = 1_000_000 if os.environ.get("VIGIE_FULL") == "1" else 30_000
MODEL = Chat()
METADATA = {"ls_provider": "fakeai", "ls_model_name": "fake-chat-1", "thread_id": "t"}


def resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def one(handler: VigieCallbackHandler, at: int) -> None:
    """A chain with a streaming model; every tenth model is left open and one in ten fails."""
    chain, model = uuid4(), uuid4()
    handler.on_chain_start(None, {}, run_id=chain, metadata={"thread_id": f"t-{at}"}, name="chain")
    handler.on_chat_model_start({}, [[]], run_id=model, parent_run_id=chain, metadata=METADATA)
    for _ in range(3):
        handler.on_llm_new_token("x", run_id=model)
    if at % 10 == 1:
        handler.on_llm_error(ValueError("no"), run_id=model)
    elif at % 10:
        answer = ChatGeneration(message=MODEL._answer())
        handler.on_llm_end(LLMResult(generations=[[answer]]), run_id=model)
    handler.on_chain_end({}, run_id=chain)


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="reads the memory of the process where Linux says it"
)
def test_memory_stays_flat() -> None:
    handler = VigieCallbackHandler()
    points = []
    tenth = RUNS // 2 // 10
    for part in range(10):
        for at in range(tenth):
            one(handler, part * tenth + at)
        points.append(resident_bytes())
    # Each chain has two runs; the first parts fill tables and buffers.
    runs = 5 * tenth * 2
    slope = (points[9] - points[4]) / runs
    print(f"{RUNS} runs: {slope:.2f} bytes a run, {points[0] >> 20} to {points[9] >> 20} MiB")
    assert slope < (2 if RUNS >= 1_000_000 else 32)
    assert vigie_langchain.stats()["open"] == 0


def test_a_long_stream_takes_no_more_than_a_short_one() -> None:
    handler = VigieCallbackHandler()
    run = uuid4()
    handler.on_chat_model_start({}, [[]], run_id=run, metadata=METADATA)
    for _ in range(1000):
        handler.on_llm_new_token("x", run_id=run)
    before = resident_bytes()
    for _ in range(200_000):
        handler.on_llm_new_token("x", run_id=run)
    assert resident_bytes() - before < 256 * 1024
    handler.on_llm_error(ValueError("no"), run_id=run)
