"""A second consumer of the C ABI: nothing but dlopen. Usage: consumer.py <library> <file>"""

import ctypes
import json
import sys

library = ctypes.CDLL(sys.argv[1])
u64, size = ctypes.c_uint64, ctypes.c_size_t


def text(value):
    data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return ctypes.c_char_p(data), size(len(data))


def call(name, *arguments):
    code = getattr(library, name)(*arguments)
    if code < 0:
        buffer = ctypes.create_string_buffer(512)
        library.vigie_last_error(buffer, size(511))
        sys.exit(f"{name}: {code} {buffer.value.decode()}")
    return code


assert library.vigie_abi_version() == 1
call("vigie_init", *text({"service": "ctypes", "outputs": [{"to": "file", "path": sys.argv[2]}]}))
span = u64()
call("vigie_span_start", *text("step"), 2, u64(0), *text({"via": "ctypes"}), ctypes.byref(span))
call("vigie_log", 9, *text("from ctypes {n}"), *text({"n": 7}), span)
call("vigie_span_end", span)
buffer, needed = ctypes.create_string_buffer(4096), size()
call("vigie_flush", 5000)
call("vigie_stats", buffer, size(len(buffer)), ctypes.byref(needed))
assert json.loads(buffer.raw[: needed.value])["outputs"][0]["delivered"] == 2
call("vigie_shutdown", 5000)
