"""Looks into the binaries of packages: `inspect_binaries.py [--glibc 2.17] [--without PATH]... FILE...`.

A file is a binary, or an archive whose members are looked at. What is wrong is printed, a line each, and the exit code is 1:
a symbol of a newer glibc or of no library, a library that a plain system does not have, a stack or text that is written and executed, and the
path of the machine that built it.
"""

from __future__ import annotations

import argparse
import io
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection

ELF = b"\x7fELF"
# ELF; Mach-O with 64 bits; PE. Static libraries are for the linker to complain of, but hold paths as well.
MAGIC = (ELF, b"\xcf\xfa\xed\xfe", b"MZ", b"!<arch>\n")
# What Node and Python bring when they load a module.
HOSTS = ("napi_", "node_api_", "Py", "_Py")
# What a C library comes with; libgcc is not among them, since musl's systems are without it.
SYSTEM = ("libc.", "libm.", "libdl.", "libpthread.", "librt.", "ld-linux", "ld-musl")


def binaries(file: Path) -> Iterator[tuple[str, bytes]]:
    """The name and content of each binary in a file."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            members = [(f"{file.name}: {name}", archive.read(name)) for name in archive.namelist()]
    elif tarfile.is_tarfile(file):
        with tarfile.open(file) as archive:
            opened = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
            members = [(f"{file.name}: {name}", content.read()) for name, content in opened if content]
    else:
        members = [(file.name, file.read_bytes())]
    yield from ((name, content) for name, content in members if content.startswith(MAGIC))


def version(text: str) -> tuple[int, ...]:
    """`GLIBC_2.17` as numbers; of a version without numbers nothing is older."""
    numbers = text.rsplit("_", 1)[-1].split(".")
    return tuple(map(int, numbers)) if all(number.isdigit() for number in numbers) else (999,)


def wrong_in_elf(content: bytes, glibc: str | None) -> Iterator[str]:
    """What keeps a Linux library from loading on an older or a careful system."""
    elf = ELFFile(io.BytesIO(content))
    if glibc is not None:
        yield from (f"no such C library has {name}" for name in nowhere(elf))
    stacks = [segment for segment in elf.iter_segments() if segment["p_type"] == "PT_GNU_STACK"]
    if not stacks or any(segment["p_flags"] & 1 for segment in stacks):
        yield "its stack is executable"
    for segment in elf.iter_segments():
        if segment["p_type"] == "PT_LOAD" and segment["p_flags"] & 3 == 3:
            yield "a segment is writable and executable"
    for section in elf.iter_sections():
        if isinstance(section, DynamicSection):
            for tag in section.iter_tags():
                if tag.entry.d_tag == "DT_NEEDED" and not tag.needed.startswith(SYSTEM):
                    yield f"it needs {tag.needed}"
                if tag.entry.d_tag in {"DT_TEXTREL", "DT_RPATH", "DT_RUNPATH"}:
                    yield f"it has {tag.entry.d_tag}"
        if isinstance(section, GNUVerNeedSection) and glibc is not None:
            for _, needed in section.iter_versions():
                newer = [one.name for one in needed if version(one.name) > version(glibc)]
                yield from (f"it needs {name}" for name in newer)


def nowhere(elf: ELFFile) -> Iterator[str]:
    """Symbols that no library had when it was linked: a library may be linked without, and then does not load."""
    symbols, versions = elf.get_section_by_name(".dynsym"), elf.get_section_by_name(".gnu.version")
    if not isinstance(symbols, SymbolTableSection) or not isinstance(versions, GNUVerSymSection):
        return
    for index, symbol in enumerate(symbols.iter_symbols()):
        needed = symbol["st_shndx"] == "SHN_UNDEF" and symbol["st_info"]["bind"] == "STB_GLOBAL"
        known = versions.get_symbol(index)["ndx"] not in {"VER_NDX_LOCAL", "VER_NDX_GLOBAL"}
        if needed and not known and not symbol.name.startswith(HOSTS):
            yield symbol.name


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--glibc")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    found = 0
    complaints = []
    for file in arguments.files:
        for name, content in binaries(file):
            found += 1
            wrong = set(wrong_in_elf(content, arguments.glibc)) if content.startswith(ELF) else set()
            wrong |= {f"it holds the path {path}" for path in arguments.without if path.encode() in content}
            complaints += [f"{name}: {what}" for what in sorted(wrong)]
    print("\n".join(complaints))
    if found == 0:
        print("there is no binary in it")
    return 1 if complaints or found == 0 else 0


sys.exit(main())
