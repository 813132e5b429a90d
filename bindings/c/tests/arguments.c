/* Every text argument of every function with a pointer or length that cannot be, every out buffer
 * absent, empty, short and exact, every document that is no JSON, bad UTF-8 counted, a host's
 * environment, the cap of open spans. Not for handles over time, threads and fork: see edges.c.
 * Usage: arguments; prints "N checks, F failed", exits 0 when F is 0. */
#include "check.h"

/* NULL with a length, and a length that only a negative number can have meant. */
#define BAD_TEXT(call_null, call_long) \
    do { \
        CHECK((call_null) == VIGIE_E_ARG); \
        CHECK((call_long) == VIGIE_E_ARG); \
    } while (0)
#define NO NULL, 3
#define LONG (const uint8_t *)"abc", (size_t)-1

static void texts_of_records(uint64_t logger)
{
    uint64_t out = 7;
    int32_t number = 7;

    BAD_TEXT(vigie_init(NO), vigie_init(LONG));
    BAD_TEXT(vigie_init_with(NO, NONE), vigie_init_with(LONG, NONE));
    BAD_TEXT(vigie_init_with(NONE, NO), vigie_init_with(NONE, LONG));
    BAD_TEXT(vigie_reconfigure(NO), vigie_reconfigure(LONG));
    BAD_TEXT(vigie_reconfigure_with(NO, NONE), vigie_reconfigure_with(LONG, NONE));
    BAD_TEXT(vigie_reconfigure_with(NONE, NO), vigie_reconfigure_with(NONE, LONG));
    BAD_TEXT(vigie_use_environment(NO), vigie_use_environment(LONG));
    BAD_TEXT(vigie_set_level(NO, 9), vigie_set_level(LONG, 9));
    CHECK(vigie_set_level(NONE, 25) == VIGIE_E_ARG && vigie_set_level(NONE, -1) == VIGIE_E_ARG);
    CHECK(vigie_set_level(T("quiet"), 17) == VIGIE_OK);
    CHECK(vigie_logger(T("quiet.too"), &out) == VIGIE_OK && vigie_logger_enabled(out, 13) == 0);
    CHECK(vigie_set_level(T("quiet"), 0) == VIGIE_OK && vigie_logger_enabled(out, 13) == 1);
    out = 7;
    BAD_TEXT(vigie_use_runtime(NO, NONE, NONE), vigie_use_runtime(LONG, NONE, NONE));
    BAD_TEXT(vigie_use_runtime(NONE, NO, NONE), vigie_use_runtime(NONE, LONG, NONE));
    BAD_TEXT(vigie_use_runtime(NONE, NONE, NO), vigie_use_runtime(NONE, NONE, LONG));
    BAD_TEXT(vigie_severity(NO, &number), vigie_severity(LONG, &number));
    CHECK(number == 0);
    BAD_TEXT(vigie_log(9, NO, NONE, 0), vigie_log(9, LONG, NONE, 0));
    BAD_TEXT(vigie_log(9, NONE, NO, 0), vigie_log(9, NONE, LONG, 0));
    BAD_TEXT(vigie_logger_log(logger, 9, NO, NONE, 0), vigie_logger_log(logger, 9, LONG, NONE, 0));
    BAD_TEXT(vigie_logger_log(logger, 9, NONE, NO, 0), vigie_logger_log(logger, 9, NONE, LONG, 0));
    BAD_TEXT(vigie_logger_error(logger, 9, NO, NONE, T("{}"), 0), vigie_logger_error(logger, 9, LONG, NONE, T("{}"), 0));
    BAD_TEXT(vigie_logger_error(logger, 9, NONE, NO, T("{}"), 0), vigie_logger_error(logger, 9, NONE, LONG, T("{}"), 0));
    BAD_TEXT(vigie_logger_error(logger, 9, NONE, NONE, NO, 0), vigie_logger_error(logger, 9, NONE, NONE, LONG, 0));
    BAD_TEXT(vigie_logger_text(logger, 9, NO, NONE, NONE, 0), vigie_logger_text(logger, 9, LONG, NONE, NONE, 0));
    BAD_TEXT(vigie_logger_text(logger, 9, NONE, NO, NONE, 0), vigie_logger_text(logger, 9, NONE, LONG, NONE, 0));
    BAD_TEXT(vigie_logger_text(logger, 9, NONE, NONE, NO, 0), vigie_logger_text(logger, 9, NONE, NONE, LONG, 0));
    BAD_TEXT(vigie_logger(NO, &out), vigie_logger(LONG, &out));
    CHECK(out == 0);
    BAD_TEXT(vigie_logger_bind(logger, NO, &out), vigie_logger_bind(logger, LONG, &out));
    BAD_TEXT(vigie_log_record(NO), vigie_log_record(LONG));
    BAD_TEXT(vigie_logger_record(logger, 0, NO), vigie_logger_record(logger, 0, LONG));
    BAD_TEXT(vigie_log_batch(NO, NULL), vigie_log_batch(LONG, NULL));
}

static void texts_of_spans(uint64_t span)
{
    uint64_t out = 7;

    BAD_TEXT(vigie_context_with(0, NO, &out), vigie_context_with(0, LONG, &out));
    CHECK(out == 0);
    BAD_TEXT(vigie_context_with_baggage(0, NO, &out), vigie_context_with_baggage(0, LONG, &out));
    BAD_TEXT(vigie_extract(NO, &out), vigie_extract(LONG, &out));
    BAD_TEXT(vigie_extract_with(NO, 1, &out), vigie_extract_with(LONG, 1, &out));
    BAD_TEXT(vigie_context_of(NO, &out), vigie_context_of(LONG, &out));
    BAD_TEXT(vigie_span_start(NO, 0, 0, NONE, &out), vigie_span_start(LONG, 0, 0, NONE, &out));
    BAD_TEXT(vigie_span_start(NONE, 0, 0, NO, &out), vigie_span_start(NONE, 0, 0, LONG, &out));
    BAD_TEXT(vigie_span_start_with(NO, 0, 0, NONE, NONE, &out), vigie_span_start_with(LONG, 0, 0, NONE, NONE, &out));
    BAD_TEXT(vigie_span_start_with(NONE, 0, 0, NO, NONE, &out), vigie_span_start_with(NONE, 0, 0, LONG, NONE, &out));
    BAD_TEXT(vigie_span_start_with(NONE, 0, 0, NONE, NO, &out), vigie_span_start_with(NONE, 0, 0, NONE, LONG, &out));
    CHECK(out == 0);
    BAD_TEXT(vigie_span_set(span, NO), vigie_span_set(span, LONG));
    BAD_TEXT(vigie_span_event(span, NO, NONE), vigie_span_event(span, LONG, NONE));
    BAD_TEXT(vigie_span_event(span, NONE, NO), vigie_span_event(span, NONE, LONG));
    BAD_TEXT(vigie_span_event_at(span, NO, 1, NONE), vigie_span_event_at(span, LONG, 1, NONE));
    BAD_TEXT(vigie_span_event_at(span, NONE, 1, NO), vigie_span_event_at(span, NONE, 1, LONG));
    BAD_TEXT(vigie_span_link(span, span, NO), vigie_span_link(span, span, LONG));
    BAD_TEXT(vigie_span_error(span, NO, NONE, NONE), vigie_span_error(span, LONG, NONE, NONE));
    BAD_TEXT(vigie_span_error(span, NONE, NO, NONE), vigie_span_error(span, NONE, LONG, NONE));
    BAD_TEXT(vigie_span_error(span, NONE, NONE, NO), vigie_span_error(span, NONE, NONE, LONG));
    BAD_TEXT(vigie_span_exception(span, NO, NONE), vigie_span_exception(span, LONG, NONE));
    BAD_TEXT(vigie_span_exception(span, T("{}"), NO), vigie_span_exception(span, T("{}"), LONG));
    BAD_TEXT(vigie_span_status(span, 1, NO), vigie_span_status(span, 1, LONG));
    BAD_TEXT(vigie_span_rename(span, NO), vigie_span_rename(span, LONG));
}

static void texts_of_metrics(void)
{
    uint64_t out = 7;

    BAD_TEXT(vigie_counter_add(NO, 1, NONE), vigie_counter_add(LONG, 1, NONE));
    BAD_TEXT(vigie_counter_add(T("a_total"), 1, NO), vigie_counter_add(T("a_total"), 1, LONG));
    BAD_TEXT(vigie_up_down_counter_add(NO, 1, NONE), vigie_up_down_counter_add(LONG, 1, NONE));
    BAD_TEXT(vigie_up_down_counter_add(T("b"), 1, NO), vigie_up_down_counter_add(T("b"), 1, LONG));
    BAD_TEXT(vigie_gauge_set(NO, 1, NONE), vigie_gauge_set(LONG, 1, NONE));
    BAD_TEXT(vigie_gauge_set(T("c"), 1, NO), vigie_gauge_set(T("c"), 1, LONG));
    BAD_TEXT(vigie_histogram_record(NO, 1, NONE), vigie_histogram_record(LONG, 1, NONE));
    BAD_TEXT(vigie_histogram_record(T("d"), 1, NO), vigie_histogram_record(T("d"), 1, LONG));
    BAD_TEXT(vigie_metric_describe(NO, NONE), vigie_metric_describe(LONG, NONE));
    BAD_TEXT(vigie_metric_describe(T("e"), NO), vigie_metric_describe(T("e"), LONG));
    BAD_TEXT(vigie_metric_handle(0, NO, NONE, &out), vigie_metric_handle(0, LONG, NONE, &out));
    BAD_TEXT(vigie_metric_handle(0, T("f_total"), NO, &out), vigie_metric_handle(0, T("f_total"), LONG, &out));
    CHECK(out == 0);
}

static void documents(uint64_t logger, uint64_t span)
{
    uint64_t out;

    CHECK(vigie_init_with(T("{"), NONE) < 0);
    CHECK(vigie_init_with(NONE, T("{\"VIGIE_LEVEL\":1}")) == VIGIE_E_JSON);
    CHECK(vigie_reconfigure_with(NONE, T("[]")) == VIGIE_E_JSON);
    CHECK(vigie_use_environment(T("{")) == VIGIE_E_JSON);
    CHECK(vigie_logger_error(logger, 9, T("m"), NONE, T("["), 0) == VIGIE_E_JSON);
    CHECK(vigie_logger_text(logger, 9, T("m"), NONE, T("{\"kind\":1}"), 0) == VIGIE_E_JSON);
    CHECK(vigie_logger_text(logger, 9, T("m"), T("{\"a\""), NONE, 0) == VIGIE_E_JSON);
    CHECK(vigie_logger_bind(logger, T("[1]"), &out) == VIGIE_E_JSON && out == 0);
    CHECK(vigie_log_record(T("")) == VIGIE_E_JSON);
    CHECK(vigie_log_record(T("{\"massage\":\"m\"}")) == VIGIE_E_JSON);
    CHECK(vigie_logger_record(logger, 0, T("{\"attributes\":[]}")) == VIGIE_E_JSON);
    CHECK(vigie_log_batch(T("{}\nnot\n\n{\"message\":\"second\"}\n"), &out) == VIGIE_E_JSON && out == 2);
    CHECK(vigie_span_start(T("s"), 0, 0, T("{\"a\":1,"), &out) == VIGIE_E_JSON && out != 0);
    CHECK(vigie_span_end(out) == VIGIE_OK);
    CHECK(vigie_span_event(span, T("e"), T("nil")) == VIGIE_E_JSON);
    CHECK(vigie_span_event_at(span, T("e"), 1, T("{]")) == VIGIE_E_JSON);
    CHECK(vigie_span_link(span, span, T("1")) == VIGIE_E_JSON);
    CHECK(vigie_span_exception(span, T("{}"), T("\"text\"")) == VIGIE_E_JSON);
    CHECK(vigie_up_down_counter_add(T("b"), 1, T("{")) == VIGIE_E_JSON);
    CHECK(vigie_gauge_set(T("c"), 1, T("{")) == VIGIE_E_JSON);
    CHECK(vigie_histogram_record(T("d"), 1, T("{")) == VIGIE_E_JSON);
    CHECK(vigie_metric_handle(0, T("f_total"), T("{"), &out) == VIGIE_E_JSON && out == 0);
}

typedef int32_t (*out_function)(uint8_t *buf, size_t cap, size_t *len);

static uint64_t a_span;

static int32_t json_metrics(uint8_t *buf, size_t cap, size_t *len) { return vigie_metrics_render(VIGIE_METRICS_JSON, buf, cap, len); }
static int32_t prometheus(uint8_t *buf, size_t cap, size_t *len) { return vigie_metrics_render(VIGIE_METRICS_PROMETHEUS, buf, cap, len); }
static int32_t openmetrics(uint8_t *buf, size_t cap, size_t *len) { return vigie_metrics_render(VIGIE_METRICS_OPENMETRICS, buf, cap, len); }
static int32_t identity(uint8_t *buf, size_t cap, size_t *len) { return vigie_context_get(a_span, buf, cap, len); }
static int32_t http(uint8_t *buf, size_t cap, size_t *len) { return vigie_inject(a_span, VIGIE_CARRIER_HTTP, buf, cap, len); }
static int32_t fields(uint8_t *buf, size_t cap, size_t *len) { return vigie_propagation_fields(VIGIE_CARRIER_HTTP, buf, cap, len); }
static int32_t environment(uint8_t *buf, size_t cap, size_t *len) { return vigie_inject(a_span, VIGIE_CARRIER_ENVIRONMENT, buf, cap, len); }

/* Filled whole or not at all, and never beyond its end. */
static void buffers(void)
{
    const out_function functions[] = {json_metrics, prometheus, openmetrics, identity, http, environment, fields, vigie_environment_names, vigie_stats, vigie_memory_lines};
    size_t i, needed, length;

    for (i = 0; i < sizeof functions / sizeof *functions; i++) {
        out_function copy = functions[i];
        uint8_t *buffer;

        needed = 0;
        CHECK(copy(NULL, 0, &needed) == VIGIE_E_BUFFER && needed > 1);
        CHECK(copy(NULL, needed, &length) == VIGIE_E_ARG);
        buffer = malloc(needed + 1);
        CHECK(copy(buffer, needed, NULL) == VIGIE_E_ARG);
        memset(buffer, 'x', needed + 1);
        CHECK(copy(buffer, 0, &length) == VIGIE_E_BUFFER && length == needed && buffer[0] == 'x');
        CHECK(copy(buffer, 1, &length) == VIGIE_E_BUFFER && length == needed && buffer[0] == 'x');
        CHECK(copy(buffer, needed - 1, &length) == VIGIE_E_BUFFER && length == needed && buffer[0] == 'x');
        CHECK(copy(buffer, needed, &length) == VIGIE_OK && length == needed);
        CHECK(buffer[0] != 'x' && buffer[needed - 1] != 'x' && buffer[needed] == 'x');
        CHECK(copy(buffer, needed + 1, &length) == VIGIE_OK && length == needed && buffer[needed] == 'x');
        free(buffer);
    }
    CHECK(vigie_metrics_render(2, NULL, 0, &needed) == VIGIE_E_ARG);
    CHECK(vigie_propagation_fields(2, NULL, 0, &needed) == VIGIE_E_ARG);
}

/* Copied into one buffer, which the next call overwrites. */
static const char *copied(out_function copy)
{
    static char text[1 << 20];
    size_t length = 0;

    CHECK(copy((uint8_t *)text, sizeof text - 1, &length) == VIGIE_OK);
    text[length] = 0;
    return text;
}

static void unbuilt_formats_are_named(void)
{
    static const char *const names[] = {"", "", "OTLP", "Influx", "StatsD"};
    int32_t format;
    size_t length;

    for (format = 2; format <= 4; format++) {
        char text[256];
        CHECK(vigie_metrics_render(format, NULL, 0, &length) == VIGIE_E_ARG);
        length = vigie_last_error((uint8_t *)text, sizeof text - 1);
        text[length < sizeof text ? length : sizeof text - 1] = 0;
        CHECK(strstr(text, names[format]) != NULL && strstr(text, "not built yet") != NULL);
    }
}

static void finished_text_and_its_error(uint64_t logger)
{
    const char *lines;

    CHECK(vigie_logger_text(logger, VIGIE_WARN, T("raw {n}"), T("{\"n\":1}"), NONE, 0) == VIGIE_OK);
    CHECK(vigie_logger_text(0, VIGIE_INFO, T("failed {n}"), T("{\"n\":2}"), T("{\"type\":\"E\",\"message\":\"why\"}"), 0) == VIGIE_OK);
    lines = copied(vigie_memory_lines);
    CHECK(strstr(lines, "\"message\":\"raw {n}\"") != NULL);
    CHECK(strstr(lines, "\"message\":\"failed {n}\"") != NULL);
    CHECK(strstr(lines, "\"template\":\"raw") == NULL);
    CHECK(strstr(lines, "\"error\":{\"type\":\"E\",\"message\":\"why\"}") != NULL);
}

static int sanitized(void)
{
    const char *found = strstr(copied(vigie_stats), "\"sanitized\":{\"utf8\":");
    return found == NULL ? -1 : atoi(found + strlen("\"sanitized\":{\"utf8\":"));
}

/* Documents and names count a bad string like the message of the fast call. */
static void bad_utf8_is_counted(uint64_t span)
{
    int before = sanitized();

    CHECK(vigie_log(9, T("\xff"), NONE, 0) == VIGIE_OK && sanitized() == before + 1);
    CHECK(vigie_log_record(T("{\"message\":\"a\xff\xff\",\"attributes\":{\"k\":\"\\ud800\",\"fine\":\"\\ud83d\\ude00\"}}")) == VIGIE_OK);
    CHECK(sanitized() == before + 3);
    CHECK(vigie_log_batch(T("{\"message\":\"\xc3\"}\n{\"message\":\"\xc3\xa9 \\\"\\ud83d\\ude00\"}\n"), NULL) == VIGIE_OK);
    CHECK(sanitized() == before + 4);
    CHECK(vigie_span_rename(span, T("s\xff")) == VIGIE_OK);
    CHECK(vigie_span_event(span, T("e\xff"), NONE) == VIGIE_OK);
    CHECK(sanitized() == before + 6);
}

static void environments(void)
{
    CHECK(vigie_reconfigure_with(T("{\"service\":\"shop\",\"outputs\":[{\"to\":\"memory\"}]}"),
                                 T("{\"VIGIE_LEVEL\":\"trace\",\"VIGIE_SERVICE\":\"weaker\",\"HOME\":\"x\"}")) == VIGIE_OK);
    CHECK(vigie_enabled(VIGIE_TRACE) == 1);
    CHECK(vigie_log(VIGIE_TRACE, T("now on"), NONE, 0) == VIGIE_OK);
    CHECK(strstr(copied(vigie_memory_lines), "\"service\":\"shop\"") != NULL);
    CHECK(vigie_reconfigure_with(T("{}"), T("{\"VIGIE_LEVEL\":\"loud\"}")) == VIGIE_E_CONFIG);
    CHECK(vigie_init_with(T("{}"), T("{\"VIGIE_LEVEL\":\"warn\"}")) == VIGIE_E_ALREADY);
    CHECK(vigie_enabled(VIGIE_TRACE) == 1);
}

/* limits.open_spans: beyond it the oldest is taken for leaked. */
static void open_spans(void)
{
    uint64_t open[5];
    int i;

    CHECK(vigie_reconfigure(T("{\"service\":\"shop\",\"outputs\":[{\"to\":\"memory\"}],\"limits\":{\"open_spans\":3}}")) == VIGIE_OK);
    for (i = 0; i < 5; i++)
        CHECK(vigie_span_start(T("open"), 0, VIGIE_ROOT, NONE, &open[i]) == VIGIE_OK && vigie_span_recording(open[i]) == 1);
    CHECK(vigie_span_end(open[0]) == VIGIE_E_HANDLE && vigie_span_end(open[1]) == VIGIE_E_HANDLE);
    for (i = 2; i < 5; i++)
        CHECK(vigie_span_end(open[i]) == VIGIE_OK);
    CHECK(strstr(copied(vigie_memory_lines), "\"vigie.leaked\":true") != NULL);
}

int main(void)
{
    uint64_t logger = 0;

    /* First use, from a host's environment: the process's own says nothing of these. */
    CHECK(vigie_use_environment(T("{\"VIGIE_LEVEL\":\"debug\",\"VIGIE_OUTPUTS\":\"[{\\\"to\\\":\\\"memory\\\"}]\"}")) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_DEBUG, T("first use"), NONE, 0) == VIGIE_OK);
    CHECK(strstr(copied(vigie_memory_lines), "\"message\":\"first use\"") != NULL);
    /* Not explicit: initialisation may still choose, and may be repeated. */
    CHECK(vigie_init_with(T("{\"service\":\"shop\"}"), T("{\"VIGIE_OUTPUTS\":\"[{\\\"to\\\":\\\"memory\\\"}]\"}")) == VIGIE_OK);
    CHECK(vigie_init_with(T("{\"service\":\"shop\"}"), T("{\"VIGIE_OUTPUTS\":\"[{\\\"to\\\":\\\"memory\\\"}]\"}")) == VIGIE_OK);

    CHECK(vigie_logger(T("arguments"), &logger) == VIGIE_OK);
    CHECK(vigie_span_start(T("arguments"), VIGIE_KIND_CLIENT, 0, NONE, &a_span) == VIGIE_OK);
    texts_of_records(logger);
    texts_of_spans(a_span);
    texts_of_metrics();
    documents(logger, a_span);
    finished_text_and_its_error(logger);
    buffers();
    unbuilt_formats_are_named();
    bad_utf8_is_counted(a_span);
    CHECK(vigie_span_end(a_span) == VIGIE_OK);
    environments();
    open_spans();
    CHECK(vigie_shutdown(5000) == VIGIE_OK);
    return verdict();
}
