/* Vigie: log records, spans and metrics for C. SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Generated from bindings/c/src by `cargo xtask header`; a test compares the bytes.
 *
 * Text is a pointer and a length in bytes, UTF-8, not NUL-terminated; NULL is fine when the length
 * is 0. No pointer is kept after the call that it was given to, and none is ever handed out to be
 * freed. What is copied out goes into a buffer of the caller: buf, its capacity, and *len for the
 * length; when that is more than the capacity nothing is copied and the answer is VIGIE_E_BUFFER.
 * Attributes, options and configuration are JSON text; no text is none.
 *
 * Functions that answer an int32_t give VIGIE_OK (0), or a negative VIGIE_E_... code, whose text
 * vigie_last_error copies out on the same thread. None ends the process, none waits for a network.
 * Handles are numbers, 0 is none; one that was ended or released gives VIGIE_E_HANDLE. All
 * functions may be called from any thread at any time, except from a signal handler.
 *
 * After fork the child goes on by itself: its records carry its own process id, spans of the parent
 * may be parents there but not be changed or ended. At exit and at the return of main everything
 * recorded is written, for at most two seconds; _exit and signals bypass that.
 */
