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

#ifndef VIGIE_H
#define VIGIE_H

#include <stddef.h>
#include <stdint.h>

// A string literal as the two arguments of a text: vigie_log(VIGIE_INFO, VIGIE_TEXT("hi"), ...).
#define VIGIE_TEXT(literal) (const uint8_t *)("" literal), sizeof(literal) - 1


// Done.
#define VIGIE_OK 0

// An argument is not accepted: NULL with a length, a number out of its range, an unknown name.
#define VIGIE_E_ARG (-1)

// Text that must be UTF-8 is not.
#define VIGIE_E_UTF8 (-2)

// Text that must be JSON is not, or is not of the expected shape.
#define VIGIE_E_JSON (-3)

// The handle is stale (ended, released, of another process) or of another kind.
#define VIGIE_E_HANDLE (-4)

// The buffer is too small; the needed size is in *len.
#define VIGIE_E_BUFFER (-5)

// The configuration is not accepted; the text of the error lists every mistake.
#define VIGIE_E_CONFIG (-6)

// Initialised already, with other settings.
#define VIGIE_E_ALREADY (-7)

// Used after vigie_shutdown.
#define VIGIE_E_CLOSED (-8)

// The time was over before everything was out.
#define VIGIE_E_TIMEOUT (-9)

// A limit of the library was reached, such as the number of handles.
#define VIGIE_E_LIMIT (-10)

// The operating system refused.
#define VIGIE_E_IO (-11)

// A defect of the library, contained; the call had no other effect that is promised.
#define VIGIE_E_PANIC (-99)

// The version of this interface; it changes only when a program that was built against an older
// header could break.
#define VIGIE_ABI_VERSION 1

// The metric lines, one JSON object a series, each ended by a newline.
#define VIGIE_METRICS_JSON 0

// Prometheus text format 0.0.4.
#define VIGIE_METRICS_PROMETHEUS 1

// OpenMetrics text format 1.0.
#define VIGIE_METRICS_OPENMETRICS 5

// Severity numbers of OpenTelemetry; those between are accepted too.
#define VIGIE_TRACE 1

#define VIGIE_DEBUG 5

#define VIGIE_INFO 9

#define VIGIE_WARN 13

#define VIGIE_ERROR 17

#define VIGIE_FATAL 21

// In place of a handle: the current context without its span, so that a new trace begins.
#define VIGIE_ROOT UINT64_MAX

// Carrier names of HTTP, such as traceparent, tracestate, baggage, X-Correlation-ID.
#define VIGIE_CARRIER_HTTP 0

// Carrier names of the environment, such as TRACEPARENT, TRACESTATE, BAGGAGE.
#define VIGIE_CARRIER_ENVIRONMENT 1

// Kinds of spans.
#define VIGIE_KIND_INTERNAL 0

#define VIGIE_KIND_SERVER 1

#define VIGIE_KIND_CLIENT 2

#define VIGIE_KIND_PRODUCER 3

#define VIGIE_KIND_CONSUMER 4

// Status of a span.
#define VIGIE_STATUS_UNSET 0

#define VIGIE_STATUS_OK 1

#define VIGIE_STATUS_ERROR 2

// Kinds of instruments.
#define VIGIE_COUNTER 0

#define VIGIE_UP_DOWN_COUNTER 1

#define VIGIE_GAUGE 2

#define VIGIE_HISTOGRAM 3

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The version of the interface of the loaded library: compare it with VIGIE_ABI_VERSION.
// Thread-safe; no errors.
uint32_t vigie_abi_version(void);

// The version of the library, such as "1.2.3": static, NUL-terminated text.
// Thread-safe; no errors.
const char *vigie_version(void);

// Copies out as much of the text of this thread's last failed call as fits, without a NUL;
// gives the full length. A call that succeeds leaves the text as it was; 0 when none failed.
// Thread-safe; no errors: `buf` NULL asks for the length alone.
size_t vigie_last_error(uint8_t *buf, size_t cap);

// Initialises from a configuration document (JSON object) and the environment; the document wins.
// NULL or no length: the environment and the defaults. The same settings again change nothing.
// Without this call the first record initialises from the environment.
// Errors: VIGIE_E_CONFIG with every mistake in the text; VIGIE_E_ALREADY with the settings that
// differ; VIGIE_E_UTF8, VIGIE_E_JSON, VIGIE_E_ARG, VIGIE_E_IO. Thread-safe.
int32_t vigie_init(const uint8_t *config_json, size_t config_json_len);

// As vigie_init, with a host's own copy of the environment in place of the process's: a JSON
// object of strings, for runtimes whose changes to the environment C does not see. NULL or no
// length: the process's own. First use reads it too from here on, see vigie_use_environment.
// Errors: as vigie_init; VIGIE_E_JSON also for the environment. Thread-safe.
int32_t vigie_init_with(const uint8_t *config_json,
                        size_t config_json_len,
                        const uint8_t *environment_json,
                        size_t environment_json_len);

// Replaces the settings on purpose: flushes, then goes on with the new outputs.
// Errors: as vigie_init but for VIGIE_E_ALREADY; the old settings stay in force then. Thread-safe.
int32_t vigie_reconfigure(const uint8_t *config_json, size_t config_json_len);

// As vigie_reconfigure, with a host's own copy of the environment as in vigie_init_with.
// Errors: as vigie_reconfigure; VIGIE_E_JSON also for the environment. Thread-safe.
int32_t vigie_reconfigure_with(const uint8_t *config_json,
                               size_t config_json_len,
                               const uint8_t *environment_json,
                               size_t environment_json_len);

// Sets the least severity that is recorded: of the logger of this name and those below it, or of all loggers where `logger`
// is NULL or has no length. It stands over the configuration until vigie_init or vigie_reconfigure. Severity 0: what is
// configured holds again. Without vigie_init the first call initialises from the environment.
// Errors: VIGIE_E_UTF8, VIGIE_E_ARG for an unknown severity. Thread-safe.
int32_t vigie_set_level(const uint8_t *logger,
                        size_t logger_len,
                        int32_t severity);

// Waits until everything recorded before is written, at most `timeout_ms` milliseconds; also
// writes the metric lines.
// Errors: VIGIE_E_TIMEOUT, also when something was lost since the last flush (see vigie_stats);
// VIGIE_E_CLOSED. Thread-safe.
int32_t vigie_flush(uint32_t timeout_ms);

// Ends the spans that are still open (marked vigie.leaked), flushes and closes the outputs, at
// most `timeout_ms` milliseconds. Later records are counted as dropped; vigie_init opens anew.
// A second call does nothing.
// Errors: VIGIE_E_TIMEOUT. Thread-safe.
int32_t vigie_shutdown(uint32_t timeout_ms);

// Copies out all metrics as text: `format` is VIGIE_METRICS_JSON (what an output that takes metrics
// gets at a flush), VIGIE_METRICS_PROMETHEUS or VIGIE_METRICS_OPENMETRICS.
// The size may grow between two calls: ask again while the answer is VIGIE_E_BUFFER.
// Errors: VIGIE_E_BUFFER with the needed size in `*len`; VIGIE_E_ARG. Thread-safe.
int32_t vigie_metrics_render(int32_t format, uint8_t *buf, size_t cap, size_t *len);

// Copies out the books as a JSON object: for each output what was accepted, delivered, dropped
// by reason and queued, when something arrived last, what went wrong last and how long the oldest
// record has been waiting; then what recording repaired, cut, masked or refused.
// Errors: VIGIE_E_BUFFER with the needed size in `*len`; VIGIE_E_ARG. Thread-safe.
int32_t vigie_stats(uint8_t *buf, size_t cap, size_t *len);

// Copies out the lines that outputs of the kind "memory" hold, each ended by a newline: for tests.
// Errors: VIGIE_E_BUFFER with the needed size in `*len`; VIGIE_E_ARG. Thread-safe.
int32_t vigie_memory_lines(uint8_t *buf, size_t cap, size_t *len);

// The number of a severity's name or alias in any case ("warn", "WARNING", "13"): `*severity`.
// Errors: VIGIE_E_ARG with the accepted names, `*severity` is 0 then. Thread-safe.
int32_t vigie_severity(const uint8_t *name, size_t name_len, int32_t *severity);

// Has first use, the first record without a call to vigie_init, read a host's own copy of the
// environment: a JSON object of strings. What is initialised already stays as it is. As ever at
// first use, mistakes mean defaults and a line on standard error, and vigie_init may come later.
// Errors: VIGIE_E_JSON, VIGIE_E_ARG. Thread-safe.
int32_t vigie_use_environment(const uint8_t *environment_json, size_t environment_json_len);

// Says what runs the program, such as ".NET" and "8.0.11", for the setting `enrich` with `runtime`;
// `description` may be NULL. It holds for what is initialised, or told by vigie_use_environment, after
// this call; a second call changes nothing. Errors: VIGIE_E_UTF8, VIGIE_E_ARG. Thread-safe.
int32_t vigie_use_runtime(const uint8_t *name,
                          size_t name_len,
                          const uint8_t *version,
                          size_t version_len,
                          const uint8_t *description,
                          size_t description_len);

// Copies out the names of the environment variables that are read besides those that begin with VIGIE_
// and OTEL_, as a JSON list of strings: a host's own copy need hold no others, unless OTEL_CONFIG_FILE
// is among them. Configures nothing and reads no environment.
// Errors: VIGIE_E_ARG; VIGIE_E_BUFFER with the needed size in `*len`. Thread-safe.
int32_t vigie_environment_names(uint8_t *buf,
                                size_t cap,
                                size_t *len);

// Whether a record of this severity would be written: 1 or 0. Ask before building attributes.
// Takes no lock. Thread-safe; no errors, an unknown severity is 0.
int32_t vigie_enabled(int32_t severity);

// As vigie_enabled, for a logger, whose name may have a level of its own.
// Takes no lock. Thread-safe; no errors, an unknown severity and a stale handle are 0.
int32_t vigie_logger_enabled(uint64_t logger, int32_t severity);

// Writes a log record. `message` is the text, in which {name} stands for the attribute of that
// name; `attrs` a JSON object; `span` a span or a context, 0 the thread's current one. Below the
// level nothing else is looked at. What is not UTF-8 becomes U+FFFD.
// Errors: VIGIE_E_ARG, nothing is written; VIGIE_E_HANDLE, written without the span;
// VIGIE_E_JSON, written with the attributes before the mistake; VIGIE_E_CLOSED. Thread-safe.
int32_t vigie_log(int32_t severity,
                  const uint8_t *message,
                  size_t message_len,
                  const uint8_t *attrs,
                  size_t attrs_len,
                  uint64_t span);

// As vigie_log, through a logger (0 the one without a name).
// Errors: as vigie_log; a stale `logger` writes nothing. Thread-safe.
int32_t vigie_logger_log(uint64_t logger,
                         int32_t severity,
                         const uint8_t *message,
                         size_t message_len,
                         const uint8_t *attrs,
                         size_t attrs_len,
                         uint64_t span);

// As vigie_logger_log, with the error that the record is about: a JSON object of type, message,
// stack, cause and errors (members of an aggregate; all of the same shape) and attributes, each optional.
// Errors: as vigie_logger_log; VIGIE_E_JSON in `error`: nothing is written. Thread-safe.
int32_t vigie_logger_error(uint64_t logger,
                           int32_t severity,
                           const uint8_t *message,
                           size_t message_len,
                           const uint8_t *attrs,
                           size_t attrs_len,
                           const uint8_t *error,
                           size_t error_len,
                           uint64_t span);

// As vigie_logger_log, but `message` is finished text, in which {name} stands for itself; `error`
// is as in vigie_logger_error, no text is none.
// Errors: as vigie_logger_error. Thread-safe.
int32_t vigie_logger_text(uint64_t logger,
                          int32_t severity,
                          const uint8_t *message,
                          size_t message_len,
                          const uint8_t *attrs,
                          size_t attrs_len,
                          const uint8_t *error,
                          size_t error_len,
                          uint64_t span);

// Gives a logger of a name, such as "shop.cart": `*logger`. Give it up with vigie_release.
// Errors: VIGIE_E_ARG, VIGIE_E_LIMIT; `*logger` is 0 then. Thread-safe.
int32_t vigie_logger(const uint8_t *name, size_t name_len, uint64_t *logger);

// Gives a child of a logger (0 the one without a name) with attributes, a JSON object, that go
// into each of its records: `*bound`. Give it up with vigie_release.
// Errors: VIGIE_E_HANDLE, VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*bound` is 0 then. Thread-safe.
int32_t vigie_logger_bind(uint64_t logger,
                          const uint8_t *attrs,
                          size_t attrs_len,
                          uint64_t *bound);

// Writes a whole record from a JSON object: level (name or number), message (finished text) or
// template (with holes), logger, timestamp_us (microseconds since 1970, UTC), trace_id and span_id
// and sampled (of a span that is not ours), attributes, error {type, message, stack, cause, errors,
// attributes}.
// Errors: VIGIE_E_JSON, VIGIE_E_ARG, nothing is written (a mistake in attributes that JSON readers
// do not see excepted); VIGIE_E_CLOSED. Thread-safe.
int32_t vigie_log_record(const uint8_t *record, size_t record_len);

// As vigie_log_record, through a logger and with a span or a context (0 the current one); the
// document's own logger goes before `logger`, its own ids before the context's.
// Errors: as vigie_log_record; VIGIE_E_HANDLE, nothing is written. Thread-safe.
int32_t vigie_logger_record(uint64_t logger,
                            uint64_t context,
                            const uint8_t *record,
                            size_t record_len);

// Writes many records, one JSON object of vigie_log_record a line; empty lines are skipped.
// `*accepted`, when not NULL, receives how many lines were taken.
// Errors: the first line's that was not; the other lines are written all the same. Thread-safe.
int32_t vigie_log_batch(const uint8_t *ndjson, size_t ndjson_len, uint64_t *accepted);

// Makes a span or a context the calling thread's current one, for C programs: the logs and spans
// of this thread that name no other take it as theirs. `*previous` receives what vigie_span_exit
// puts back. `span` 0 enters the current context once more. A span that has ended is not current
// any more: the nearest one around it that is open is, until both are left.
// Errors: VIGIE_E_HANDLE; VIGIE_E_LIMIT at 1024 not exited; VIGIE_E_ARG if `previous` is NULL.
// Thread-safe; acts on the calling thread alone.
int32_t vigie_span_enter(uint64_t span, uint64_t *previous);

// Leaves the contexts that this thread entered since `previous` was the current one; `previous`
// is what vigie_span_enter gave. It does not end the span that was current.
// Errors: VIGIE_E_HANDLE if this thread was never in `previous`; nothing is left then.
// Thread-safe; acts on the calling thread alone.
int32_t vigie_span_exit(uint64_t previous);

// Copies out a span's or a context's identity as a JSON object: trace_id, span_id, sampled,
// traceparent, tracestate and baggage (an object), each when there is one.
// `span` 0 asks for the calling thread's current context.
// Errors: VIGIE_E_HANDLE; VIGIE_E_BUFFER with the needed size in `*len`; VIGIE_E_ARG. Thread-safe.
int32_t vigie_context_get(uint64_t span, uint8_t *buf, size_t cap, size_t *len);

// Makes a context of what vigie_context_get told of one, a JSON object: of traceparent, and where they
// are there tracestate and baggage, on top of the current context. For contexts that the program itself
// has kept: unlike vigie_extract it reads them whatever the settings propagators and public_endpoint say.
// `*context` receives it; release it with vigie_release. A traceparent that cannot be read: VIGIE_OK and
// `*context` 0. Errors: VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
int32_t vigie_context_of(const uint8_t *told,
                         size_t told_len,
                         uint64_t *context);

// Adds attributes to a context: `*context` receives a new context with everything of `base` (0 the
// current one) and, from a JSON object, correlation_id, user_id and the like at their own place,
// other keys on every log line. It stands in the span of `base` until that has ended.
// Release it with vigie_release; it may be entered.
// Errors: VIGIE_E_HANDLE, VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
int32_t vigie_context_with(uint64_t base,
                           const uint8_t *attrs,
                           size_t attrs_len,
                           uint64_t *context);

// Adds baggage to a context, from a JSON object of strings: `*context` receives a new context
// with everything of `base` (0 the current one). Release it with vigie_release; it may be entered.
// Errors: VIGIE_E_HANDLE, VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
int32_t vigie_context_with_baggage(uint64_t base,
                                   const uint8_t *baggage,
                                   size_t baggage_len,
                                   uint64_t *context);

// Gives up a context, a logger or a series. Open spans are ended with vigie_span_end instead.
// Errors: VIGIE_E_HANDLE if it is a span's or not live. Thread-safe.
int32_t vigie_release(uint64_t handle);

// Copies out the names that a carrier of `format` (VIGIE_CARRIER_HTTP or VIGIE_CARRIER_ENVIRONMENT)
// may hold, as a JSON list of strings. For headers those that vigie_inject writes as configured, for clearing
// a carrier that is used again; baggage of Jaeger's clients has other names beside them. For the environment
// the variables of every format, whichever the configuration chooses; that configures nothing and reads no
// environment. Errors: VIGIE_E_ARG; VIGIE_E_BUFFER with the needed size in `*len`. Thread-safe.
int32_t vigie_propagation_fields(int32_t format,
                                 uint8_t *buf,
                                 size_t cap,
                                 size_t *len);

// Copies out the headers that carry a context to another process, as a JSON object of strings.
// `span` 0 is the current context; `format` is VIGIE_CARRIER_HTTP or VIGIE_CARRIER_ENVIRONMENT.
// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG; VIGIE_E_BUFFER with the needed size in `*len`. Thread-safe.
int32_t vigie_inject(uint64_t span, int32_t format, uint8_t *buf, size_t cap, size_t *len);

// Continues the trace of a carrier: a JSON object of headers (a value is a string or a list of
// strings; names in any case; HTTP and environment names alike). `*context` receives a context for
// `parent` arguments and vigie_span_enter; give it up with vigie_release or vigie_span_end.
// With the setting `public_endpoint` a span below it begins a new trace and links to the remote one.
// Nothing usable inside, or malformed headers: VIGIE_OK and `*context` 0, as W3C Trace Context asks.
// Errors: VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
int32_t vigie_extract(const uint8_t *headers,
                      size_t headers_len,
                      uint64_t *context);

// As vigie_extract, with `public_endpoint` for this carrier in place of the setting: 1 when strangers may have written it,
// 0 when not. A program may have a door to strangers beside another one.
// Errors: as vigie_extract. Thread-safe.
int32_t vigie_extract_with(const uint8_t *headers,
                           size_t headers_len,
                           int32_t public_endpoint,
                           uint64_t *context);

// The number of a span kind's name in any case ("server"). Any other name gives 0, internal; it is counted under
// unknown_span_kinds and the first one shown on standard error. Thread-safe; errors: VIGIE_E_ARG.
int32_t vigie_span_kind(const uint8_t *name,
                        size_t name_len);

// Starts a span: `*span` receives its handle, which vigie_span_end must take. `kind` is one of
// VIGIE_KIND_..., any other number counts as internal (see vigie_span_kind); `parent` a span or a
// context, 0 the thread's current one, VIGIE_ROOT none; `attrs` a JSON object. It does not become
// the current span: see vigie_span_enter.
// Errors: VIGIE_E_ARG, VIGIE_E_HANDLE, VIGIE_E_LIMIT: not started, `*span` is 0; VIGIE_E_JSON:
// started with the attributes before the mistake. Thread-safe.
int32_t vigie_span_start(const uint8_t *name,
                         size_t name_len,
                         int32_t kind,
                         uint64_t parent,
                         const uint8_t *attrs,
                         size_t attrs_len,
                         uint64_t *span);

// As vigie_span_start, with options, a JSON object: start_time_ns (nanoseconds since 1970, UTC),
// scope (the emitting library), links [{trace_id, span_id, attributes}].
// Errors: as vigie_span_start; options that are not accepted: VIGIE_E_JSON or VIGIE_E_ARG, not
// started. Thread-safe.
int32_t vigie_span_start_with(const uint8_t *name,
                              size_t name_len,
                              int32_t kind,
                              uint64_t parent,
                              const uint8_t *attrs,
                              size_t attrs_len,
                              const uint8_t *options,
                              size_t options_len,
                              uint64_t *span);

// Sets attributes, a JSON object, on an open span; the last value of a key wins.
// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG; VIGIE_E_JSON, what comes before the mistake is set. Thread-safe.
int32_t vigie_span_set(uint64_t span,
                       const uint8_t *attrs,
                       size_t attrs_len);

// Adds an event with attributes, a JSON object, to an open span, at the present time.
// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG; VIGIE_E_JSON, added with the attributes before the mistake. Thread-safe.
int32_t vigie_span_event(uint64_t span,
                         const uint8_t *name,
                         size_t name_len,
                         const uint8_t *attrs,
                         size_t attrs_len);

// As vigie_span_event, at `time_ns` nanoseconds since 1970, UTC.
// Errors: as vigie_span_event. Thread-safe.
int32_t vigie_span_event_at(uint64_t span,
                            const uint8_t *name,
                            size_t name_len,
                            int64_t time_ns,
                            const uint8_t *attrs,
                            size_t attrs_len);

// Links an open span to another span or context, which may be of another trace (one that
// vigie_extract gave, for instance), with attributes, a JSON object.
// Errors: VIGIE_E_HANDLE; VIGIE_E_ARG, also when `context` holds no span; VIGIE_E_JSON, added
// with the attributes before the mistake. Thread-safe.
int32_t vigie_span_link(uint64_t span, uint64_t context, const uint8_t *attrs, size_t attrs_len);

// Records an error on an open span, as the setting exceptions says: an event "exception", an ERROR record or both;
// and the status error with the message.
// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG. Thread-safe.
int32_t vigie_span_error(uint64_t span,
                         const uint8_t *type_name,
                         size_t type_name_len,
                         const uint8_t *message,
                         size_t message_len,
                         const uint8_t *stack,
                         size_t stack_len);

// Records an error {type, message, stack} on an open span, as the setting exceptions says: an event "exception",
// an ERROR record, which also tells {cause, errors, attributes}, or both; with more attributes, a JSON object. The
// status stays as it is.
// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG; VIGIE_E_JSON in `error`: nothing is recorded, in `attrs`:
// recorded with the attributes before the mistake. Thread-safe.
int32_t vigie_span_exception(uint64_t span,
                             const uint8_t *error,
                             size_t error_len,
                             const uint8_t *attrs,
                             size_t attrs_len);

// Sets the status of an open span: one of VIGIE_STATUS_..., and why (empty: no description).
// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG. Thread-safe.
int32_t vigie_span_status(uint64_t span,
                          int32_t status,
                          const uint8_t *description,
                          size_t description_len);

// Gives an open span another name.
// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG. Thread-safe.
int32_t vigie_span_rename(uint64_t span, const uint8_t *name, size_t name_len);

// Whether the span is recorded: 1, or 0 when sampling left it out. Ask before costly attributes.
// Errors: VIGIE_E_HANDLE. Thread-safe.
int32_t vigie_span_recording(uint64_t span);

// Gives the context of an open span a handle of its own, which outlives the span: `*context`.
// Give it up with vigie_release.
// Errors: VIGIE_E_HANDLE, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
int32_t vigie_span_context(uint64_t span, uint64_t *context);

// Ends a span at the present time and gives up its handle. A context's handle is released.
// A span that is still entered is not current any more; vigie_span_exit is due all the same.
// Errors: VIGIE_E_HANDLE, also at the second call. Thread-safe: of two calls one ends it.
int32_t vigie_span_end(uint64_t span);

// As vigie_span_end, at `end_time_ns` nanoseconds since 1970, UTC.
// Errors: VIGIE_E_HANDLE, also at the second call and for a context. Thread-safe.
int32_t vigie_span_end_at(uint64_t span, int64_t end_time_ns);

// Adds to the counter of this name; `attrs` is a JSON object. A negative or not finite value is
// counted as invalid and ignored. Whole numbers are added exactly.
// Errors: VIGIE_E_ARG, VIGIE_E_UTF8 for the name or when the name is another kind of instrument;
// VIGIE_E_JSON, added with the attributes before the mistake. Thread-safe.
int32_t vigie_counter_add(const uint8_t *name,
                          size_t name_len,
                          double value,
                          const uint8_t *attrs,
                          size_t attrs_len);

// Adds to the up-down counter of this name, also a negative value.
// Errors: as vigie_counter_add. Thread-safe.
int32_t vigie_up_down_counter_add(const uint8_t *name,
                                  size_t name_len,
                                  double value,
                                  const uint8_t *attrs,
                                  size_t attrs_len);

// Sets the gauge of this name.
// Errors: as vigie_counter_add. Thread-safe.
int32_t vigie_gauge_set(const uint8_t *name,
                        size_t name_len,
                        double value,
                        const uint8_t *attrs,
                        size_t attrs_len);

// Records a value in the histogram of this name.
// Errors: as vigie_counter_add. Thread-safe.
int32_t vigie_histogram_record(const uint8_t *name,
                               size_t name_len,
                               double value,
                               const uint8_t *attrs,
                               size_t attrs_len);

// Describes the instrument of this name before its first use, with a JSON object: unit (UCUM),
// description, buckets (upper bounds of a histogram). What is wrong in them shows at the first use.
// vigie_shutdown forgets it.
// Errors: VIGIE_E_ALREADY when it is in use; VIGIE_E_JSON, VIGIE_E_UTF8, VIGIE_E_ARG. Thread-safe.
int32_t vigie_metric_describe(const uint8_t *name,
                              size_t name_len,
                              const uint8_t *options,
                              size_t options_len);

// Resolves one series once, for many cheap updates: `kind` is VIGIE_COUNTER,
// VIGIE_UP_DOWN_COUNTER, VIGIE_GAUGE or VIGIE_HISTOGRAM, `attrs` a JSON object, `*series` receives
// the handle. Give it up with vigie_release.
// Errors: VIGIE_E_ARG, VIGIE_E_UTF8, VIGIE_E_JSON, VIGIE_E_LIMIT; `*series` is 0 then. Thread-safe.
int32_t vigie_metric_handle(int32_t kind,
                            const uint8_t *name,
                            size_t name_len,
                            const uint8_t *attrs,
                            size_t attrs_len,
                            uint64_t *series);

// Updates a series: adds to a counter, sets a gauge, records in a histogram.
// Errors: VIGIE_E_HANDLE. Thread-safe.
int32_t vigie_metric_update(uint64_t series, double value);

// As vigie_metric_update with an integer, exact beyond 2^53.
// Errors: VIGIE_E_HANDLE. Thread-safe.
int32_t vigie_metric_update_int(uint64_t series, int64_t value);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VIGIE_H */
