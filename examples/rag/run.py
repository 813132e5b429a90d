"""Runs the example: starts worker and service, asks questions, stops them.

    python run.py FOLDER [QUESTION...]

Every process writes its lines into FOLDER, one file for each service. Exit code 0 only if every question was
answered and every process ended well. The environment may name other programs: VIGIE_NODE (default: node),
VIGIE_PWSH (default: that of PATH, or of ~/.local/share/pwsh), CC, RAG_STEP (the step's command as a JSON array,
instead of ours). RAG_OTLP is the address of a collector that gets everything too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from queue import Empty, Queue

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
ASSEMBLY = REPOSITORY / "powershell" / "Vigie" / "Vigie.PowerShell.dll"
LIBRARIES = REPOSITORY / "target" / "release"
START_DEADLINE_S = 60
QUESTION_DEADLINE_S = 30
STOP_DEADLINE_S = 15
SHOWN_CHARACTERS = 400
QUESTIONS = (
    "What happens to a record when the buffer of an output is full?",
    "Which keys does a span line hold?",
    "Why is a generation used instead of locks after a fork?",
)


class Failed(Exception):
    """A part of the example did not do its work; the text says which and why."""


def main() -> int:
    """Runs everything; the exit code of the process."""
    folder = Path(sys.argv[1]).resolve()
    questions = sys.argv[2:] or list(QUESTIONS)
    folder.mkdir(parents=True, exist_ok=True)
    running: list[Child] = []
    answered = 0
    try:
        environment = {**os.environ, "RAG_STEP": json.dumps(step_command()), "PSModulePath": module_path()}
        link_node_package()
        worker = Child("worker", [sys.executable, str(HERE / "worker.py"), str(folder)], environment, running)
        node = os.environ.get("VIGIE_NODE", "node")
        web = Child(
            "service", [node, str(HERE / "service.mjs"), str(folder), worker.url()], environment, running
        )
        url = web.url()
        for number, question in enumerate(questions, 1):
            answered += ask(url, number, question)
    except Failed as failure:
        print(f"failed: {failure}", file=sys.stderr)
    ended_well = [child.stop() for child in reversed(running)]
    return 0 if answered == len(questions) and all(ended_well) else 1


def step_command() -> list[str]:
    """The command of the step behind the worker: PowerShell where there is one, a compiled program otherwise.

    Whatever it is, it gets the answer on standard input and TRACEPARENT, VIGIE_SERVICE and VIGIE_OUTPUTS in its
    environment, and prints `{"tokens": N, ...}`.
    """
    if "RAG_STEP" in os.environ:
        command: list[str] = json.loads(os.environ["RAG_STEP"])
        return command
    pwsh = find_pwsh()
    if pwsh is None:
        why = "no PowerShell was found (VIGIE_PWSH, PATH, ~/.local/share/pwsh)"
    elif not ASSEMBLY.exists():
        # `cargo xtask setup` leaves it out where PowerShell is too old for it.
        why = f"{ASSEMBLY} is missing (cargo xtask setup, with PowerShell 7.4 or newer)"
    else:
        print(f"the step behind the worker is step.ps1, run by {pwsh}")
        return powershell_step(pwsh)
    print(f"the step behind the worker is step.c: {why}")
    return compiled_step()


def find_pwsh() -> str | None:
    """The PowerShell that VIGIE_PWSH names, that of PATH, or a person's own."""
    own = Path.home() / ".local" / "share" / "pwsh"
    return os.environ.get("VIGIE_PWSH") or shutil.which("pwsh") or shutil.which("pwsh", path=str(own))


def module_path() -> str:
    """PSModulePath with this checkout's module before all others."""
    # Elsewhere than on Windows the case of a variable's name counts, and this is how PowerShell spells it.
    present = os.environ.get("PSModulePath", "")  # noqa: SIM112
    folders = [str(REPOSITORY / "powershell"), present]
    return os.pathsep.join(folder for folder in folders if folder)


def powershell_step(pwsh: str) -> list[str]:
    """The step as a script."""
    return [pwsh, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", str(HERE / "step.ps1")]


def compiled_step() -> list[str]:
    """The step as a program, built when its source or the library is newer."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if compiler is None:
        raise Failed("no C compiler found: install one (Debian: apt install gcc) or name it in CC")
    source, program = HERE / "step.c", REPOSITORY / "target" / "examples" / "rag-step"
    header = REPOSITORY / "bindings" / "c" / "include"
    library = LIBRARIES / "libvigie.so"
    if not library.exists():
        raise Failed(f"{library} is missing: cargo build --release -p vigie-c")
    newest = max(p.stat().st_mtime for p in (source, library, header / "vigie.h"))
    if not program.exists() or program.stat().st_mtime < newest:
        program.parent.mkdir(parents=True, exist_ok=True)
        flags = [
            "-std=c99",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            f"-I{header}",
            f"-L{LIBRARIES}",
            f"-Wl,-rpath,{LIBRARIES}",
        ]
        built = subprocess.run(
            [compiler, *flags, str(source), "-lvigie", "-o", str(program)], check=False, timeout=60
        )
        if built.returncode != 0:
            raise Failed(f"{compiler} could not build {source.name}")
    return [str(program)]


def link_node_package() -> None:
    """Lets Node find this checkout's package by its name: npm links it into examples/node_modules, without network."""
    examples = HERE.parent
    if (examples / "node_modules" / "vigie" / "package.json").exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Failed("no npm found: install Node with npm (Debian: apt install npm)")
    command = [npm, "install", "--offline", "--no-audit", "--no-fund", "--silent"]
    if subprocess.run(command, cwd=examples, check=False, timeout=60).returncode != 0:
        raise Failed(f"npm could not link the package: run `npm install` in {examples.name}")


class Child:
    """A program of the example: prints `{"port": N}` when it is ready, ends when its standard input does."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], running: list[Child]
    ) -> None:
        self.name = name
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
            )
        except OSError as error:
            raise Failed(f"{name} could not be started: {error}") from error
        running.append(self)
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def url(self) -> str:
        """Where the program listens; waits until it is ready."""
        try:
            line = self._lines.get(timeout=START_DEADLINE_S)
        except Empty:
            raise Failed(f"{self.name} was not ready within {START_DEADLINE_S} s") from None
        if not line:
            raise Failed(f"{self.name} ended before it was ready, exit code {self._process.wait()}")
        return f"http://127.0.0.1:{json.loads(line)['port']}"

    def stop(self) -> bool:
        """Lets the program end; True when it did so in time and with exit code 0."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            code = self._process.wait(timeout=STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            print(f"failed: {self.name} did not stop within {STOP_DEADLINE_S} s", file=sys.stderr)
            return False
        if code != 0:
            print(f"failed: {self.name} ended with exit code {code}", file=sys.stderr)
        return code == 0


def ask(url: str, number: int, question: str) -> bool:
    """Asks one question and prints the answer; False when there was none."""
    body = json.dumps({"question": question}).encode()
    headers = {"Content-Type": "application/json", "X-Correlation-ID": f"question-{number}"}
    request = urllib.request.Request(f"{url}/ask", data=body, headers=headers)
    print(f"Q{number} {question}")
    try:
        with urllib.request.urlopen(request, timeout=QUESTION_DEADLINE_S) as response:
            reply = json.load(response)
    except urllib.error.HTTPError as error:
        print(f"failed: {json.load(error).get('error', error)}", file=sys.stderr)
        return False
    except OSError as error:
        print(f"failed: no reply: {error}", file=sys.stderr)
        return False
    answer = reply["answer"]
    print(f"A{number} {answer[:SHOWN_CHARACTERS]}{'…' if len(answer) > SHOWN_CHARACTERS else ''}")
    print(f"   from {', '.join(reply['sources'])}; {reply['step']['tokens']} tokens")
    return True


if __name__ == "__main__":
    sys.exit(main())
