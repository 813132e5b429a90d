/* Every edge of the ABI that a C program can fall off: bad pointers, bad text, short buffers,
 * stale handles, threads, fork, use after shutdown. What the file output holds afterwards is
 * judged by the Rust test that runs this.
 * Usage: edges <directory> [calls per thread]; prints "N checks, F failed", exits 0 when F is 0. */
/* For MAP_ANONYMOUS; the standard has none. */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define THREADS 8

/* A thread makes as many; an argument lowers it, for valgrind, which also does without leaks(). */
static int calls = 10000;
static const char *directory;

static int init_file(const char *name)
{
    char config[1024];
    snprintf(config, sizeof config,
             "{\"service\":\"edges\",\"outputs\":[{\"to\":\"file\",\"path\":\"%s/%s\"}]}", directory, name);
    return vigie_init((const uint8_t *)config, strlen(config));
}

static void versions_and_errors(void)
{
    uint8_t text[8];
    size_t length;

    CHECK(vigie_abi_version() == VIGIE_ABI_VERSION);
    CHECK(strchr(vigie_version(), '.') != NULL);
    CHECK(vigie_last_error(NULL, 0) == 0);
    CHECK(vigie_span_end(12345) == VIGIE_E_HANDLE);
    length = vigie_last_error(NULL, 0);
    CHECK(length > sizeof text);
    memset(text, 'x', sizeof text);
    CHECK(vigie_last_error(text, 4) == length);
    CHECK(text[3] != 'x' && text[4] == 'x');
    CHECK(vigie_last_error(text, 0) == length);
}

static void set_up(void)
{
    static const uint8_t bad_utf8[] = {'{', '"', 0xff, '"', '}'};

    CHECK(vigie_init(NULL, 7) == VIGIE_E_ARG);
    CHECK(vigie_init(bad_utf8, sizeof bad_utf8) == VIGIE_E_UTF8);
    CHECK(vigie_init(T("{")) < 0);
    CHECK(vigie_init(T("[1]")) < 0);
    CHECK(vigie_init(T("{\"servise\":\"x\"}")) == VIGIE_E_CONFIG);
    CHECK(vigie_enabled(VIGIE_INFO) == 1);
    CHECK(init_file("edges.jsonl") == VIGIE_OK);
    CHECK(init_file("edges.jsonl") == VIGIE_OK);
    CHECK(vigie_init(T("{\"service\":\"another\"}")) == VIGIE_E_ALREADY);
    CHECK(vigie_reconfigure(T("{\"level\":\"nonsense\"}")) == VIGIE_E_CONFIG);
    CHECK(vigie_reconfigure(NULL, 1) == VIGIE_E_ARG);
}

static void severities(void)
{
    int32_t number = 99;

    CHECK(vigie_enabled(VIGIE_FATAL) == 1);
    CHECK(vigie_enabled(VIGIE_DEBUG) == 0);
    CHECK(vigie_enabled(0) == 0 && vigie_enabled(25) == 0 && vigie_enabled(-9) == 0 && vigie_enabled(265) == 0);
    CHECK(vigie_severity(T("Warning"), &number) == VIGIE_OK && number == VIGIE_WARN);
    CHECK(vigie_severity(T("loud"), &number) == VIGIE_E_ARG && number == 0);
    CHECK(vigie_severity(T("info"), NULL) == VIGIE_E_ARG);
    CHECK(vigie_log(0, T("m"), NONE, 0) == VIGIE_E_ARG);
    CHECK(vigie_log(25, T("m"), NONE, 0) == VIGIE_E_ARG);
}

static void logs(void)
{
    static const uint8_t bad_utf8[] = {'a', 0xff, 'b', 0xed, 0xa0, 0x80};
    static const uint8_t with_nul[] = {'n', 'u', 'l', 0, 'l'};
    static const uint8_t bad_value[] = {'{', '"', 'k', '"', ':', '"', 0xc3, '"', '}'};
    uint64_t logger, bound, accepted = 7;

    CHECK(vigie_log(VIGIE_INFO, T("plain"), NONE, 0) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, NONE, NONE, 0) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, NULL, 5, NONE, 0) == VIGIE_E_ARG);
    CHECK(vigie_log(VIGIE_INFO, T("m"), NULL, 5, 0) == VIGIE_E_ARG);
    CHECK(vigie_log(VIGIE_INFO, T("m"), (const uint8_t *)"{}", (size_t)-1, 0) == VIGIE_E_ARG);
    CHECK(vigie_log(VIGIE_DEBUG, NULL, 5, NULL, 5, 77) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, bad_utf8, sizeof bad_utf8, NONE, 0) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, with_nul, sizeof with_nul, NONE, 0) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, T("m"), bad_value, sizeof bad_value, 0) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, T("bad json"), T("{\"a\":1,\"b\":"), 0) == VIGIE_E_JSON);
    CHECK(vigie_log(VIGIE_INFO, T("bad json"), T("[1,2]"), 0) == VIGIE_E_JSON);
    CHECK(vigie_log(VIGIE_INFO, T("bad json"), T("{\"a\":{\"b\":[1,{\"c\":tru"), 0) == VIGIE_E_JSON);
    CHECK(vigie_log(VIGIE_INFO, T("bad json"), T("{} {}"), 0) == VIGIE_E_JSON);
    CHECK(vigie_log(VIGIE_INFO, T("stale span"), NONE, 987654321) == VIGIE_E_HANDLE);

    CHECK(vigie_logger(T("edges.c"), &logger) == VIGIE_OK && logger != 0);
    CHECK(vigie_logger(NULL, 1, &bound) == VIGIE_E_ARG && bound == 0);
    CHECK(vigie_logger(T("edges.c"), NULL) == VIGIE_E_ARG);
    CHECK(vigie_logger_bind(logger, T("{\"tenant_id\":\"acme\",\"n\":1}"), &bound) == VIGIE_OK);
    CHECK(vigie_logger_log(bound, VIGIE_INFO, T("bound {n}"), T("{\"n\":2}"), 0) == VIGIE_OK);
    CHECK(vigie_logger_bind(logger, T("{"), &bound) == VIGIE_E_JSON && bound == 0);
    CHECK(vigie_logger_enabled(logger, VIGIE_INFO) == 1);
    CHECK(vigie_span_end(logger) == VIGIE_E_HANDLE);
    CHECK(vigie_log(VIGIE_INFO, T("a logger is no span"), NONE, logger) == VIGIE_E_HANDLE);
    CHECK(vigie_release(logger) == VIGIE_OK);
    CHECK(vigie_release(logger) == VIGIE_E_HANDLE);
    CHECK(vigie_logger_enabled(logger, VIGIE_INFO) == 0);
    CHECK(vigie_logger_log(logger, VIGIE_INFO, T("stale logger"), NONE, 0) == VIGIE_E_HANDLE);

    CHECK(vigie_log_record(T("{\"level\":\"warn\",\"message\":\"{raw}\",\"logger\":\"l\",\"timestamp_us\":1000000,"
                             "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"span_id\":\"b7ad6b7169203331\","
                             "\"attributes\":{\"raw\":1},\"error\":{\"type\":\"E\",\"cause\":{\"type\":\"C\"}}}")) ==
          VIGIE_OK);
    CHECK(vigie_log_record(T("{\"message\":\"lone \\ud800 surrogate\"}")) == VIGIE_OK);
    CHECK(vigie_log_record(T("{\"massage\":\"m\"}")) == VIGIE_E_JSON);
    CHECK(vigie_log_record(T("{\"message\":\"m\",\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}")) == VIGIE_E_ARG);
    CHECK(vigie_log_record(T("{\"message\":\"m\",\"trace_id\":\"00000000000000000000000000000000\","
                             "\"span_id\":\"b7ad6b7169203331\"}")) == VIGIE_E_ARG);
    CHECK(vigie_log_record(T("{\"level\":\"loud\",\"message\":\"m\"}")) == VIGIE_E_ARG);
    CHECK(vigie_log_record(NULL, 2) == VIGIE_E_ARG);
    CHECK(vigie_log_batch(T("{\"message\":\"one\"}\n\n nonsense\r\n{\"message\":\"two\"}\r\n"), &accepted) ==
          VIGIE_E_JSON);
    CHECK(accepted == 2);
    CHECK(vigie_log_batch(T("{\"message\":\"three\"}"), NULL) == VIGIE_OK);
}

static void buffers(void)
{
    uint8_t *text;
    uint8_t edge[4];
    size_t needed = 0, length = 0;

    CHECK(vigie_stats(edge, 0, &needed) == VIGIE_E_BUFFER && needed > 4);
    CHECK(vigie_stats(NULL, 0, &needed) == VIGIE_E_BUFFER);
    CHECK(vigie_stats(NULL, 1 << 20, &needed) == VIGIE_E_ARG);
    CHECK(vigie_stats(edge, 0, NULL) == VIGIE_E_ARG);
    CHECK(vigie_context_get(0, NULL, 0, &needed) == VIGIE_E_BUFFER || needed == 0);
    text = malloc(needed + 2);
    memset(text, 'x', needed + 2);
    CHECK(needed < 2 || vigie_context_get(0, text, needed - 1, &length) == VIGIE_E_BUFFER);
    CHECK(length == needed && text[0] == 'x');
    CHECK(vigie_context_get(0, text, needed, &length) == VIGIE_OK && length == needed);
    CHECK(text[needed] == 'x');
    free(text);
    CHECK(vigie_metrics_render(2, NULL, 0, &needed) == VIGIE_E_ARG);
    CHECK(vigie_metrics_render(99, NULL, 0, &needed) == VIGIE_E_ARG);
}

static void spans(void)
{
    uint64_t span = 1, child, context, kept, previous = 9, again;
    char text[512];
    size_t length, i;

    CHECK(vigie_span_start(T("s"), VIGIE_KIND_SERVER, 424242, NONE, &span) == VIGIE_E_HANDLE && span == 0);
    CHECK(vigie_span_start(NULL, 3, 0, 0, NONE, &span) == VIGIE_E_ARG && span == 0);
    CHECK(vigie_span_start(T("s"), 0, 0, NONE, NULL) == VIGIE_E_ARG);
    CHECK(vigie_span_start(T("s"), VIGIE_KIND_SERVER, 0, T("{\"a\":1}"), &span) == VIGIE_OK && span != 0);
    CHECK(vigie_span_recording(span) == 1);
    CHECK(vigie_span_set(span, T("{\"b\":[1,2]}")) == VIGIE_OK);
    CHECK(vigie_span_set(span, T("nonsense")) == VIGIE_E_JSON);
    CHECK(vigie_span_event(span, T("e"), T("{\"k\":true}")) == VIGIE_OK);
    CHECK(vigie_span_event_at(span, T("past"), 1000, NONE) == VIGIE_OK);
    CHECK(vigie_span_error(span, T("E"), T("why"), NONE) == VIGIE_OK);
    CHECK(vigie_span_exception(span, T("{\"type\":\"E\"}"), T("{\"k\":1}")) == VIGIE_OK);
    CHECK(vigie_span_exception(span, T("{\"kind\":\"E\"}"), NONE) == VIGIE_E_JSON);
    CHECK(vigie_span_status(span, VIGIE_STATUS_OK, NONE) == VIGIE_OK);
    CHECK(vigie_span_status(span, 3, NONE) == VIGIE_E_ARG);
    CHECK(vigie_span_rename(span, T("renamed")) == VIGIE_OK);
    CHECK(vigie_release(span) == VIGIE_E_HANDLE);

    CHECK(vigie_span_enter(span, &previous) == VIGIE_OK && previous == 0);
    CHECK(vigie_span_start(T("child"), 0, 0, NONE, &child) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, T("inside"), NONE, 0) == VIGIE_OK);
    CHECK(vigie_span_link(child, span, NONE) == VIGIE_OK);
    CHECK(vigie_span_link(child, VIGIE_ROOT, NONE) == VIGIE_E_ARG);
    CHECK(vigie_span_enter(child, &again) == VIGIE_OK && again == span);
    CHECK(vigie_span_exit(child) == VIGIE_E_HANDLE);
    CHECK(vigie_span_exit(again) == VIGIE_OK);
    CHECK(vigie_span_end(child) == VIGIE_OK);
    CHECK(vigie_span_exit(previous) == VIGIE_OK);
    CHECK(vigie_span_enter(span, NULL) == VIGIE_E_ARG);

    CHECK(vigie_propagation_fields(VIGIE_CARRIER_ENVIRONMENT, (uint8_t *)text, sizeof text, &length) == VIGIE_OK);
    CHECK(strncmp(text, "[\"TRACEPARENT\",\"TRACESTATE\",\"BAGGAGE\",\"B3\",", 43) == 0);
    CHECK(vigie_propagation_fields(VIGIE_CARRIER_HTTP, (uint8_t *)text, sizeof text, &length) == VIGIE_OK);
    CHECK(strncmp(text, "[\"traceparent\",\"tracestate\",\"baggage\",\"X-Correlation-ID\"]", length) == 0 && length == 57);
    CHECK(vigie_context_of(T("{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\",\"baggage\":{\"k\":\"v\"}}"), &context) == VIGIE_OK && context != 0);
    CHECK(vigie_inject(context, VIGIE_CARRIER_HTTP, (uint8_t *)text, sizeof text, &length) == VIGIE_OK);
    CHECK(strncmp(text, "{\"baggage\":\"k=v\",\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}", length) == 0);
    CHECK(vigie_release(context) == VIGIE_OK);
    CHECK(vigie_context_of(T("{\"traceparent\":\"junk\"}"), &context) == VIGIE_OK && context == 0);
    CHECK(vigie_context_of(T("{}"), &context) == VIGIE_E_JSON && context == 0);
    CHECK(vigie_inject(span, 7, (uint8_t *)text, sizeof text, &length) == VIGIE_E_ARG);
    CHECK(vigie_inject(span, VIGIE_CARRIER_HTTP, (uint8_t *)text, sizeof text, &length) == VIGIE_OK);
    CHECK(vigie_extract((uint8_t *)text, length, &context) == VIGIE_OK && context != 0);
    CHECK(vigie_span_set(context, T("{}")) == VIGIE_E_HANDLE);
    CHECK(vigie_span_start(T("remote child"), 0, context, NONE, &child) == VIGIE_OK);
    CHECK(vigie_span_end(child) == VIGIE_OK);
    CHECK(vigie_span_end(context) == VIGIE_OK && vigie_span_end(context) == VIGIE_E_HANDLE);
    CHECK(vigie_extract(T("{\"traceparent\":\"00-zz\"}"), &context) == VIGIE_OK && context == 0);
    CHECK(vigie_extract(T("{\"traceparent\":[1,null,{}],\"x\":7}"), &context) == VIGIE_OK && context == 0);
    CHECK(vigie_extract(T("not json"), &context) == VIGIE_E_JSON && context == 0);

    CHECK(vigie_span_context(span, &kept) == VIGIE_OK);
    CHECK(vigie_span_end(span) == VIGIE_OK);
    CHECK(vigie_span_end(span) == VIGIE_E_HANDLE);
    CHECK(vigie_span_set(span, T("{}")) == VIGIE_E_HANDLE);
    CHECK(vigie_log(VIGIE_INFO, T("after the span"), NONE, kept) == VIGIE_OK);
    CHECK(vigie_release(kept) == VIGIE_OK);
    /* The slot is used again; the old handle must not reach the new span. */
    for (i = 0; i < 300; i++) {
        CHECK(vigie_span_start(T("reuse"), 0, VIGIE_ROOT, NONE, &child) == VIGIE_OK && child != span);
        CHECK(vigie_span_end(span) == VIGIE_E_HANDLE);
        CHECK(vigie_span_end(child) == VIGIE_OK);
    }
    CHECK(vigie_span_start_with(T("at"), 0, 0, NONE,
                                T("{\"start_time_ns\":1000,\"scope\":\"x\",\"links\":[{\"trace_id\":"
                                  "\"0af7651916cd43dd8448eb211c80319c\",\"span_id\":\"b7ad6b7169203331\"}]}"),
                                &span) == VIGIE_OK);
    CHECK(vigie_span_end_at(span, 3000) == VIGIE_OK);
    CHECK(vigie_span_start_with(T("at"), 0, 0, NONE, T("{\"links\":[{\"trace_id\":\"1\",\"span_id\":\"2\"}]}"),
                                &span) == VIGIE_E_ARG);
    CHECK(vigie_span_start_with(T("at"), 0, 0, NONE, T("{\"nonsense\":1}"), &span) == VIGIE_E_JSON && span == 0);
}

/* Whether the span of this id, or none, is the current one. */
static int current_is(const char *span_id)
{
    char text[512];
    size_t length = 0;

    if (vigie_context_get(0, (uint8_t *)text, sizeof text - 1, &length) != VIGIE_OK)
        return 0;
    text[length] = '\0';
    return span_id == NULL ? strstr(text, "span_id") == NULL : strstr(text, span_id) != NULL;
}

static void id_of(uint64_t span, char *span_id)
{
    char text[512];
    size_t length = 0;
    const char *found;

    CHECK(vigie_context_get(span, (uint8_t *)text, sizeof text - 1, &length) == VIGIE_OK);
    text[length] = '\0';
    found = strstr(text, "\"span_id\":\"");
    CHECK(found != NULL);
    sprintf(span_id, "%.16s", found == NULL ? "" : found + 11);
}

/* What has ended is not current, in whatever order things end and are left. */
static void ended_spans(void)
{
    uint64_t outer, inner, added, kept, before, between, behind, again;
    char outer_id[17], inner_id[17];

    CHECK(current_is(NULL));
    CHECK(vigie_span_start(T("outer"), 0, 0, NONE, &outer) == VIGIE_OK);
    CHECK(vigie_span_enter(outer, &before) == VIGIE_OK);
    CHECK(vigie_span_start(T("inner"), 0, 0, NONE, &inner) == VIGIE_OK);
    CHECK(vigie_span_enter(inner, &between) == VIGIE_OK);
    CHECK(vigie_context_with(0, T("{\"user_id\":\"added\"}"), &added) == VIGIE_OK);
    CHECK(vigie_span_enter(added, &behind) == VIGIE_OK);
    CHECK(vigie_span_context(inner, &kept) == VIGIE_OK);
    id_of(outer, outer_id);
    id_of(inner, inner_id);
    CHECK(current_is(inner_id));

    CHECK(vigie_span_end(inner) == VIGIE_OK);
    CHECK(current_is(outer_id) && !current_is(inner_id));
    CHECK(vigie_log(VIGIE_INFO, T("what was added stays"), NONE, 0) == VIGIE_OK);
    CHECK(vigie_span_enter(0, &again) == VIGIE_OK && again == added);
    CHECK(vigie_span_enter(kept, &again) == VIGIE_OK && current_is(inner_id));
    CHECK(vigie_span_exit(behind) == VIGIE_OK);
    CHECK(current_is(outer_id));
    CHECK(vigie_span_end(outer) == VIGIE_OK);
    CHECK(current_is(NULL));
    /* One that was entered elsewhere is outside of everything here. */
    CHECK(vigie_span_enter(added, &again) == VIGIE_OK && again == inner);
    CHECK(current_is(NULL));
    CHECK(vigie_span_exit(between) == VIGIE_OK && current_is(NULL));
    CHECK(vigie_span_exit(before) == VIGIE_OK && current_is(NULL));
    CHECK(vigie_release(added) == VIGIE_OK && vigie_release(kept) == VIGIE_OK);
}

/* Beyond 10 000 open spans the oldest is taken for leaked. */
static void leaks(void)
{
    static uint64_t open[10050];
    int i, ended = 0;

    for (i = 0; i < 10050; i++)
        CHECK(vigie_span_start(T("leaky"), 0, VIGIE_ROOT, NONE, &open[i]) == VIGIE_OK && vigie_span_recording(open[i]) == 1);
    CHECK(vigie_span_end(open[0]) == VIGIE_E_HANDLE);
    CHECK(vigie_span_end(open[49]) == VIGIE_E_HANDLE);
    for (i = 50; i < 10050; i++)
        ended += vigie_span_end(open[i]) == VIGIE_OK;
    CHECK(ended == 10000);
}

static void contexts(void)
{
    uint64_t user, baggage, previous, deep[1100];
    size_t i, entered = 0;

    CHECK(vigie_context_with(0, T("{\"user_id\":\"u-7\",\"colour\":\"red\"}"), &user) == VIGIE_OK);
    CHECK(vigie_context_with_baggage(user, T("{\"a\":\"1\"}"), &baggage) == VIGIE_OK);
    CHECK(vigie_context_with_baggage(user, T("{\"a\":1}"), &previous) == VIGIE_E_JSON && previous == 0);
    CHECK(vigie_context_with(0, T("{"), &previous) == VIGIE_E_JSON && previous == 0);
    CHECK(vigie_span_enter(baggage, &previous) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, T("with a user"), NONE, 0) == VIGIE_OK);
    CHECK(vigie_release(baggage) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, T("still with a user"), NONE, 0) == VIGIE_OK);
    CHECK(vigie_span_exit(previous) == VIGIE_OK);
    for (i = 0; i < 1100; i++) {
        if (vigie_span_enter(user, &deep[i]) == VIGIE_OK)
            entered++;
        else
            break;
    }
    CHECK(entered == 1024);
    CHECK(vigie_span_exit(0) == VIGIE_OK);
    CHECK(vigie_release(user) == VIGIE_OK);
}

static void metrics(void)
{
    uint64_t series;
    size_t needed;
    static const uint8_t bad_utf8[] = {'n', 0xff};

    CHECK(vigie_metric_describe(T("edge_seconds"), T("{\"unit\":\"s\",\"buckets\":[1,2]}")) == VIGIE_OK);
    CHECK(vigie_metric_describe(T("edge_seconds"), T("{\"units\":\"s\"}")) == VIGIE_E_JSON);
    CHECK(vigie_histogram_record(T("edge_seconds"), 1.5, NONE) == VIGIE_OK);
    CHECK(vigie_metric_describe(T("edge_seconds"), T("{}")) == VIGIE_E_ALREADY);
    CHECK(vigie_counter_add(T("edge_seconds"), 1, NONE) == VIGIE_E_ARG);
    CHECK(vigie_counter_add(T("edges_total"), 1, T("{\"k\":\"v\"}")) == VIGIE_OK);
    CHECK(vigie_counter_add(T("edges_total"), -1, NONE) == VIGIE_OK);
    CHECK(vigie_counter_add(T("edges_total"), 1, T("{")) == VIGIE_E_JSON);
    CHECK(vigie_counter_add(NONE, 1, NONE) == VIGIE_E_ARG);
    CHECK(vigie_counter_add(NULL, 1, 1, NONE) == VIGIE_E_ARG);
    CHECK(vigie_counter_add(bad_utf8, sizeof bad_utf8, 1, NONE) == VIGIE_E_UTF8);
    CHECK(vigie_up_down_counter_add(T("edges_open"), -2, NONE) == VIGIE_OK);
    CHECK(vigie_gauge_set(T("edges_depth"), 7.5, NONE) == VIGIE_OK);
    CHECK(vigie_metric_handle(VIGIE_COUNTER, T("edges_total"), T("{\"k\":\"v\"}"), &series) == VIGIE_OK);
    CHECK(vigie_metric_update(series, 1) == VIGIE_OK);
    CHECK(vigie_metric_update_int(series, 1) == VIGIE_OK);
    CHECK(vigie_release(series) == VIGIE_OK);
    CHECK(vigie_metric_update(series, 1) == VIGIE_E_HANDLE);
    CHECK(vigie_metric_handle(9, T("edges_nine"), NONE, &series) == VIGIE_E_ARG && series == 0);
    CHECK(vigie_metrics_render(VIGIE_METRICS_PROMETHEUS, NULL, 0, &needed) == VIGIE_E_BUFFER);
    if (needed > 0 && needed < 1 << 20) {
        char *text = calloc(needed + 1, 1);
        CHECK(vigie_metrics_render(VIGIE_METRICS_PROMETHEUS, (uint8_t *)text, needed, &needed) == VIGIE_OK);
        CHECK(strstr(text, "edges_total{k=\"v\"} 3\n") != NULL);
        free(text);
    }
}

static void *hammer(void *argument)
{
    intptr_t failed_calls = 0;
    uint64_t logger = 0, span = 0, previous;
    int i;

    (void)argument;
    failed_calls += vigie_logger(T("edges.threads"), &logger) != VIGIE_OK;
    for (i = 0; i < calls; i++) {
        failed_calls += vigie_span_start(T("t"), 0, 0, NONE, &span) != VIGIE_OK;
        failed_calls += vigie_span_enter(span, &previous) != VIGIE_OK;
        failed_calls += vigie_logger_log(logger, VIGIE_INFO, T("threads"), T("{\"n\":1}"), 0) != VIGIE_OK;
        failed_calls += vigie_counter_add(T("threads_total"), 1, NONE) != VIGIE_OK;
        failed_calls += vigie_span_exit(previous) != VIGIE_OK;
        failed_calls += vigie_span_end(span) != VIGIE_OK;
        failed_calls += vigie_span_end(span) != VIGIE_E_HANDLE;
    }
    failed_calls += vigie_release(logger) != VIGIE_OK;
    return (void *)failed_calls;
}

static void threads(void)
{
    pthread_t thread[THREADS];
    void *failed_calls;
    int i;

    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&thread[i], NULL, hammer, NULL) == 0);
    for (i = 0; i < THREADS; i++) {
        pthread_join(thread[i], &failed_calls);
        CHECK(failed_calls == NULL);
    }
}

/* Shared with the child. Its exit status would not do: valgrind takes what only threads of the
 * parent point to for leaked in the child. */
static int *child_failures;

/* In the child: what was the parent's may be read, not ended; own work goes through at once. */
static void in_child(uint64_t span, uint64_t logger)
{
    uint64_t own = 0;

    checks = failures = 0;
    CHECK(vigie_log(VIGIE_INFO, T("child of {pid_of}"), T("{\"pid_of\":\"fork\"}"), 0) == VIGIE_OK);
    CHECK(vigie_span_start(T("child process"), 0, span, NONE, &own) == VIGIE_OK);
    CHECK(vigie_span_end(own) == VIGIE_OK);
    CHECK(vigie_span_end(span) == VIGIE_E_HANDLE);
    CHECK(vigie_span_set(span, T("{}")) == VIGIE_E_HANDLE);
    CHECK(vigie_logger_log(logger, VIGIE_INFO, T("child logger"), NONE, span) == VIGIE_OK);
    CHECK(vigie_counter_add(T("edges_total"), 1, NONE) == VIGIE_OK);
    *child_failures = failures;
    _exit(0);
}

/* The allocator of gcc 12's ASan keeps its locks over a fork, so that a child may wait in it for a
 * thread that it has not: under it the process forks when no thread is in the library. */
#ifdef __SANITIZE_ADDRESS__
#define FORK_IN_NOISE 0
#else
#define FORK_IN_NOISE 1
#endif

static void join_two(const pthread_t thread[2])
{
    pthread_join(thread[0], NULL);
    pthread_join(thread[1], NULL);
}

static void forks(void)
{
    pthread_t thread[2];
    uint64_t span, logger, previous;
    int i, status;

    child_failures = mmap(NULL, sizeof *child_failures, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(child_failures != MAP_FAILED);
    CHECK(vigie_logger(T("edges.fork"), &logger) == VIGIE_OK);
    CHECK(vigie_span_start(T("around fork"), 0, 0, NONE, &span) == VIGIE_OK);
    CHECK(vigie_span_enter(span, &previous) == VIGIE_OK);
    for (i = 0; i < 2; i++)
        CHECK(pthread_create(&thread[i], NULL, hammer, NULL) == 0);
    if (!FORK_IN_NOISE) {
        join_two(thread);
        CHECK(vigie_flush(5000) == VIGIE_OK);
    }
    for (i = 0; i < 20; i++) {
        pid_t child;
        *child_failures = -1;
        child = fork();
        if (child == 0) {
            alarm(10);
            in_child(span, logger);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && *child_failures == 0);
    }
    if (FORK_IN_NOISE)
        join_two(thread);
    CHECK(vigie_span_exit(previous) == VIGIE_OK);
    CHECK(vigie_span_end(span) == VIGIE_OK);
}

static void *log_until_closed(void *argument)
{
    (void)argument;
    while (vigie_log(VIGIE_INFO, T("while closing"), NONE, 0) != VIGIE_E_CLOSED)
        ;
    return NULL;
}

static void closing(void)
{
    pthread_t thread;
    uint64_t leaked, span = 1;

    /* Ends the program if closing hangs. */
    alarm(60);
    CHECK(vigie_span_start(T("never ended"), 0, 0, NONE, &leaked) == VIGIE_OK);
    CHECK(pthread_create(&thread, NULL, log_until_closed, NULL) == 0);
    CHECK(vigie_flush(5000) == VIGIE_OK);
    CHECK(vigie_shutdown(5000) == VIGIE_OK);
    CHECK(vigie_shutdown(5000) == VIGIE_OK);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(vigie_span_end(leaked) == VIGIE_E_HANDLE);
    CHECK(vigie_log(VIGIE_INFO, T("too late"), NONE, 0) == VIGIE_E_CLOSED);
    CHECK(vigie_span_start(T("too late"), 0, 0, NONE, &span) == VIGIE_OK || span == 0);
    vigie_span_end(span);
    vigie_counter_add(T("edges_total"), 1, NONE);
    CHECK(vigie_flush(100) == VIGIE_E_CLOSED);
    CHECK(init_file("again.jsonl") == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, T("open again"), NONE, 0) == VIGIE_OK);
    CHECK(vigie_counter_add(T("edges_total"), 1, NONE) == VIGIE_OK);
    CHECK(vigie_shutdown(5000) == VIGIE_OK);
}

/* A server that takes connections, by way of the kernel, and never says a word. */
static void silent_server(void)
{
    struct sockaddr_in place = {0};
    socklen_t length = sizeof place;
    struct timespec before, after;
    char config[256];
    int server = socket(AF_INET, SOCK_STREAM, 0);

    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(server, (struct sockaddr *)&place, sizeof place) == 0 && listen(server, 8) == 0);
    CHECK(getsockname(server, (struct sockaddr *)&place, &length) == 0);
    snprintf(config, sizeof config, "{\"outputs\":[{\"to\":\"otlp\",\"url\":\"http://127.0.0.1:%d\"}]}",
             ntohs(place.sin_port));
    CHECK(vigie_init((const uint8_t *)config, strlen(config)) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, T("on its way"), NONE, 0) == VIGIE_OK);
    clock_gettime(CLOCK_MONOTONIC, &before);
    CHECK(vigie_flush(200) == VIGIE_E_TIMEOUT);
    CHECK(vigie_shutdown(200) == VIGIE_E_TIMEOUT);
    clock_gettime(CLOCK_MONOTONIC, &after);
    /* Twice the budget, and what a busy machine or valgrind adds to it. */
    CHECK(after.tv_sec - before.tv_sec < 10);
    close(server);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    directory = argv[1];
    if (argc > 2)
        calls = atoi(argv[2]);
    versions_and_errors();
    set_up();
    severities();
    logs();
    buffers();
    spans();
    ended_spans();
    if (calls >= 10000)
        leaks();
    contexts();
    metrics();
    threads();
    forks();
    closing();
    silent_server();
    return verdict();
}
