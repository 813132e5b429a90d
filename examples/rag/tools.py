"""The tool server: says where in the repository a quotation stands, over the Model Context Protocol.

    python tools.py FOLDER ROOT        (FOLDER: where the lines go; ROOT: what the files are below)

Standard input and output are the protocol's, so the lines go to a file. It ends when its standard input does.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import vigie
import vigie_mcp
from mcp.server.mcpserver import MCPServer
from telemetry import outputs

SERVICE = "rag-tools"
NOWHERE = "nowhere"
log = vigie.get_logger("rag.tools")


def place(quote: str, texts: dict[str, str]) -> str:
    """`FILE:LINE` of the first text that holds the quote, however its lines are broken; `nowhere` if none does."""
    pattern = re.compile(r"\s+".join(map(re.escape, quote.split())))
    for file, text in texts.items():
        if found := pattern.search(text):
            return f"{file}:{text.count(chr(10), 0, found.start()) + 1}"
    return NOWHERE


def read(root: Path, file: str) -> str:
    """The text of a Markdown file below `root`; ValueError for any other."""
    path = (root / file).resolve()
    if path.suffix != ".md" or not path.is_relative_to(root):
        raise ValueError(f"{file!r} is no Markdown file of this repository")
    return path.read_text(encoding="utf-8")


def server(root: Path) -> MCPServer:
    """The server with its one tool."""
    # What the SDK has to say at info would go to standard error, line by line.
    made = MCPServer(SERVICE, log_level="WARNING")

    @made.tool()
    def cite(quotes: list[str], files: list[str]) -> list[str]:
        """Finds the place of each quote in the files: FILE:LINE, or `nowhere`."""
        texts = {file: read(root, file) for file in files}
        places = [place(quote, texts) for quote in quotes]
        log.info(
            "{found} of {quotes} quotes found",
            found=sum(one != NOWHERE for one in places),
            quotes=len(quotes),
            event="quotes.cited",
        )
        return places

    return made


def main() -> None:
    """Serves one client on standard input and output."""
    folder, root = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    vigie.init(service=SERVICE, level="debug", outputs=outputs(SERVICE, folder))
    vigie_mcp.instrument(capture="metadata")
    language: dict[str, Any] = {"telemetry.sdk.language": "python"}
    log.info("tool server started", **language)
    server(root).run("stdio")
    log.info("tool server stopped")
    if not vigie.shutdown(timeout=5):
        sys.exit("some telemetry was not written within 5 s")


if __name__ == "__main__":
    main()
