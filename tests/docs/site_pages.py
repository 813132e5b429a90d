"""Puts every Markdown page of the repository into a folder as mkdocs wants it, with its configuration.

Usage: site_pages.py FOLDER
Pages keep their places, so that their links to each other stay. What a page links to and is no page, such as a schema, is copied beside
it; a link to a folder or to source code becomes its text.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from pages import REPOSITORY, pages
from pygments.formatters.html import HtmlFormatter

LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<to>[^)\s]+)\)")
COPIED = frozenset({".json", ".yaml", ".yml", ".toml"})

NAVIGATION: dict[str, dict[str, str]] = {
    "": {"Vigie": "README.md", "Ten minutes": "core/docs/tutorial.md"},
    "How to": {
        "Back ends": "core/docs/back-ends.md",
        "Adapters": "core/docs/adapters.md",
        "From other libraries": "core/docs/migrating.md",
        "Beside other libraries": "core/docs/comparison.md",
    },
    "Reference": {
        "Configuration": "core/docs/configuration.md",
        "Lines": "core/docs/schema.md",
        "Metrics": "core/docs/metrics.md",
        "The command": "bindings/cli/README.md",
        "Glossary": "core/docs/glossary.md",
    },
    "Languages": {
        "Python": "bindings/python/README.md",
        "Node": "bindings/node/README.md",
        "PowerShell": "powershell/README.md",
        "C": "bindings/c/README.md",
    },
    "Adapters": {
        "What all of them hold to": "adapters/README.md",
        "LangChain": "adapters/langchain/README.md",
        "Qdrant, Python": "adapters/qdrant/python/README.md",
        "Qdrant, Node": "adapters/qdrant/node/README.md",
        "MCP, Python": "adapters/mcp/python/README.md",
        "MCP, Node": "adapters/mcp/node/README.md",
        "n8n": "adapters/n8n/hook/README.md",
        "n8n, nodes": "adapters/n8n/nodes/README.md",
        "n8n, for authors of nodes": "adapters/n8n/telemetry/README.md",
        "tracing": "adapters/tracing/rust/README.md",
        "log": "adapters/log/rust/README.md",
        "OpenTelemetry in Rust": "adapters/opentelemetry/rust/README.md",
    },
    "Maintainers": {
        "Architecture": "core/docs/architecture.md",
        "Extending": "core/docs/extending.md",
        "Tests": "tests/README.md",
        "Faults": "tests/faults/README.md",
        "Bench": "tests/bench/README.md",
        "Releasing": "core/docs/releasing.md",
        "Changes": "CHANGELOG.md",
    },
}

CONFIGURATION = """\
site_name: Vigie
site_url: ""
docs_dir: pages
use_directory_urls: false
not_in_nav: "*"
theme:
  name: readthedocs
  highlightjs: false
  include_homepage_in_sidebar: false
plugins: [search]
extra_css: [site.css]
markdown_extensions:
  - tables
  - pymdownx.superfences
  - pymdownx.highlight
  - toc:
      permalink: true
      slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}
validation:
  links: {not_found: warn, anchors: warn, unrecognized_links: warn, absolute_links: warn}
"""


# The theme keeps each cell of a table and each line of a program on one line, and leaves a third of a wide window empty.
STYLE = """\
.wy-nav-content { max-width: 1100px; }
.wy-table-responsive table td, .wy-table-responsive table th { white-space: normal; vertical-align: top; }
.rst-content div[class^="highlight"] { border: none; }
.rst-content div[class^="highlight"] pre, .rst-content pre code { white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def staged(page: Path, to: Path) -> str:
    """The text of a page, with what it links to beside it."""

    def link(found: re.Match[str]) -> str:
        file, _, _anchor = found["to"].partition("#")
        if not file or re.match(r"[a-z]+:", file) or file.endswith(".md"):
            return found[0]
        target = (REPOSITORY / page.parent / file).resolve()
        if not target.is_file() or target.suffix not in COPIED:
            return found["text"]
        copy = to / target.relative_to(REPOSITORY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(target, copy)
        return found[0]

    text = (REPOSITORY / page).read_text(encoding="utf-8")
    # An info string's other words are for the tests.
    text = re.sub(r"^(`{3,}[a-z]+) [a-z ]+$", r"\1", text, flags=re.MULTILINE)
    return LINK.sub(link, text)


def navigation(known: list[Path]) -> str:
    """The navigation in YAML; a page that is not there is a mistake."""
    lines = ["nav:"]
    for section, entries in NAVIGATION.items():
        missing = [page for page in entries.values() if Path(page) not in known]
        if missing:
            raise SystemExit(f"the navigation names what is not there: {', '.join(missing)}")
        indent = "  "
        if section:
            lines.append(f"  - {section}:")
            indent = "      "
        lines += [f'{indent}- "{title}": {page}' for title, page in entries.items()]
    lines.append("  - Decisions:")
    lines += [f"      - {page.as_posix()}" for page in known if page.parent.name == "adr"]
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    """Fills the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    known = [page.relative_to(REPOSITORY) for page in pages()]
    for page in known:
        path = folder / "pages" / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(staged(page, folder / "pages"), encoding="utf-8")
    colours = HtmlFormatter(style="default").get_style_defs(".highlight")
    (folder / "pages" / "site.css").write_text(STYLE + colours, encoding="utf-8")
    (folder / "mkdocs.yml").write_text(CONFIGURATION + navigation(known), encoding="utf-8")
    print(f"{len(known)} pages")


main(Path(sys.argv[1]))
