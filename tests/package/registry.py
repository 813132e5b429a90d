"""A registry for npm that has the packages of a folder and no others: `registry.py FOLDER COMMAND...`.

It listens on this machine alone while the command runs, which finds it by npm's own variable and whose exit code is its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote


def manifest(archive: Path) -> dict[str, Any]:
    """What the package says of itself."""
    with tarfile.open(archive) as members:
        file = members.extractfile("package/package.json")
        assert file is not None
        found: dict[str, Any] = json.load(file)
        return found


def main() -> int:
    folder, command = Path(sys.argv[1]), sys.argv[2:]
    archives = {archive.name: archive for archive in folder.glob("*.tgz")}
    manifests = {name: manifest(archive) for name, archive in archives.items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path).lstrip("/")
            if path in archives:
                self.answer(archives[path].read_bytes(), "application/octet-stream")
            elif versions := {file: one for file, one in manifests.items() if one["name"] == path}:
                self.answer(json.dumps(self.document(path, versions)).encode(), "application/json")
            else:
                self.send_error(404)

        def document(self, name: str, versions: dict[str, dict[str, Any]]) -> dict[str, Any]:
            told = {}
            for file, one in versions.items():
                digest = base64.b64encode(hashlib.sha512(archives[file].read_bytes()).digest()).decode()
                dist = {
                    "tarball": f"http://{self.headers['Host']}/{file}",
                    "integrity": f"sha512-{digest}",
                }
                told[one["version"]] = {**one, "dist": dist}
            return {"name": name, "dist-tags": {"latest": max(told)}, "versions": told}

        def answer(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """The command says what there is to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    return subprocess.run(command, env={**os.environ, "npm_config_registry": address}, check=False).returncode


sys.exit(main())
