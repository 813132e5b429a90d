"""Writes what the packages are made of, as CycloneDX: `sbom.py FILE CRATE...`.

Every crate that is linked into one of those named, on any platform, with its licence, its checksum and what it uses itself. The
packages for Python, npm and PowerShell have no parts from elsewhere besides.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import tomli
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

REPOSITORY = Path(__file__).resolve().parents[2]
CARGO = os.environ.get("CARGO", "cargo")


def metadata() -> dict[str, Any]:
    """Cargo's own view of the workspace and all that it needs."""
    command = [CARGO, "metadata", "--format-version", "1", "--locked"]
    told = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def checksums() -> dict[tuple[str, str], str]:
    """By name and version, as the lock file holds them to it."""
    lock = tomli.loads((REPOSITORY / "Cargo.lock").read_text(encoding="utf-8"))
    return {(one["name"], one["version"]): one["checksum"] for one in lock["package"] if "checksum" in one}


def linked(nodes: dict[str, Any], roots: list[str]) -> dict[str, list[str]]:
    """What each uses of those that are reached from the roots, without what only builds or tests them."""
    found: dict[str, list[str]] = {}
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if one not in found:
            uses = nodes[one]["deps"]
            found[one] = [
                use["pkg"] for use in uses if any(kind["kind"] is None for kind in use["dep_kinds"])
            ]
            waiting += found[one]
    return found


def component(package: dict[str, Any], sums: dict[tuple[str, str], str]) -> Component:
    """One crate."""
    name, version = package["name"], package["version"]
    purl = PackageURL("cargo", None, name, version)
    checksum = sums.get((name, version))
    # The older way of writing "or".
    licence = package["license"].replace("/", " OR ")
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=str(purl),
        description=package["description"],
        licenses=[LicenseFactory().make_from_string(licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else [],
    )


def main() -> int:
    file, crates = Path(sys.argv[1]), sys.argv[2:]
    told = metadata()
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    roots = [one for one in told["workspace_members"] if packages[one]["name"] in crates]
    uses = linked(nodes, roots)
    sums = checksums()
    components = {one: component(packages[one], sums) for one in uses}
    version = packages[roots[0]]["version"]

    bom = Bom(components=components.values())
    bom.metadata.component = Component(
        name="vigie", version=version, type=ComponentType.APPLICATION, bom_ref="vigie"
    )
    made_s = int(os.environ["SOURCE_DATE_EPOCH"])
    bom.metadata.timestamp = datetime.fromtimestamp(made_s, timezone.utc)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, f"vigie@{version}#{made_s}")
    bom.register_dependency(bom.metadata.component, [components[one] for one in roots])
    for one, used in uses.items():
        bom.register_dependency(components[one], [components[other] for other in used])
    text = JsonV1Dot6(bom).output_as_string(indent=2) + "\n"
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        print(wrong)
        return 1
    file.write_text(text, encoding="utf-8")
    return 0


sys.exit(main())
