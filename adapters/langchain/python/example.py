"""A chain with a tool and a model that answers at once: run it and read its trace.

``python example.py`` writes the spans to standard error, one a line.
"""

from __future__ import annotations

import vigie
import vigie_langchain
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool

vigie.init(service="weather", outputs=[{"to": "console", "signals": ["logs", "spans"]}])
vigie_langchain.instrument(content="metadata")
log = vigie.get_logger("weather")


@tool
def temperature(city: str) -> int:
    """Degrees in a city."""
    log.info("asked for {city}", city=city)
    return 21


def look_up(question: dict[str, str]) -> dict[str, object]:
    """The question with what the tool says."""
    return {**question, "degrees": temperature.invoke({"city": question["city"]})}


chain = (
    RunnableLambda(look_up)
    | ChatPromptTemplate.from_template("It is {degrees} degrees in {city}. Say so.")
    | FakeListChatModel(responses=["It is warm in Lyon."])
    | StrOutputParser()
)

with vigie.span("GET /weather", kind="server"):
    answer = chain.invoke({"city": "Lyon"}, {"run_name": "weather", "metadata": {"thread_id": "t-1"}})
print(answer)
vigie.shutdown()
