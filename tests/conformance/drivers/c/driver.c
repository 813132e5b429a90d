/* Plays the flat script of tests/conformance/README.md through the public C ABI; `driver <script>`.
 * Not a judge: it writes what the library gave, the runner compares. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vigie.h>

#define DEEPEST 256
#define TEXT(argument) (const uint8_t *)(argument).data, (argument).length
#define IS(word) (strcmp(op, word) == 0)

typedef struct { char *data; size_t length; } text;
typedef struct { uint64_t handle, previous; int is_span; char end[32]; } frame;

static frame frames[DEEPEST];
static int depth;
static uint64_t logger;
static FILE *extra;
static uint8_t *room;
static size_t capacity = 1 << 16;

static void note(const char *kind, const void *data, size_t length)
{
    fprintf(extra, "%s %lu\n", kind, (unsigned long)length);
    fwrite(data, 1, length, extra);
    fputc('\n', extra);
    fflush(extra);
}

static int result(int32_t code)
{
    if (code != VIGIE_OK)
        note("result", room, vigie_last_error(room, capacity));
    return code == VIGIE_OK;
}

/* Makes room for what did not fit; true when the call is to be made again. */
static int grow(int32_t code, size_t needed)
{
    if (code != VIGIE_E_BUFFER)
        return 0;
    capacity = needed * 2;
    room = realloc(room, capacity);
    return 1;
}

static void copy_out(const char *kind, int32_t format)
{
    size_t length = 0;
    int32_t code;

    do {
        if (strcmp(kind, "carrier") == 0)
            code = vigie_inject(0, VIGIE_CARRIER_HTTP, room, capacity, &length);
        else if (strcmp(kind, "text") == 0)
            code = vigie_metrics_render(format, room, capacity, &length);
        else
            code = vigie_stats(room, capacity, &length);
    } while (grow(code, length));
    note(kind, room, length);
}

static uint64_t innermost_span(void)
{
    int place;

    for (place = depth - 1; place >= 0; place--)
        if (frames[place].is_span)
            return frames[place].handle;
    return 0;
}

static void push(uint64_t handle, int is_span, const char *end)
{
    frame *top = &frames[depth++];

    top->handle = handle;
    top->is_span = is_span;
    snprintf(top->end, sizeof top->end, "%s", end);
    vigie_span_enter(handle, &top->previous);
}

static void pop(void)
{
    frame *top = &frames[--depth];

    vigie_span_exit(top->previous);
    if (!top->is_span)
        vigie_release(top->handle);
    else if (top->end[0] != '\0')
        vigie_span_end_at(top->handle, atoll(top->end));
    else
        vigie_span_end(top->handle);
}

static void set_logger(uint64_t next)
{
    vigie_release(logger);
    logger = next;
}

static int32_t index_of(const char *word, const char *const *words, int32_t count)
{
    int32_t place;

    for (place = 0; place < count; place++)
        if (strcmp(word, words[place]) == 0)
            return place;
    return 0;
}

static void context(const text *a)
{
    uint64_t ambient = 0, with_baggage;

    vigie_context_with(0, TEXT(a[0]), &ambient);
    if (a[1].length > 0 && vigie_context_with_baggage(ambient, TEXT(a[1]), &with_baggage) == VIGIE_OK) {
        vigie_release(ambient);
        ambient = with_baggage;
    }
    push(ambient, 0, "");
}

static void link_span(const text *a)
{
    char header[256];
    uint64_t other;

    snprintf(header, sizeof header, "{\"traceparent\":\"00-%s-%s-01\"}", a[0].data, a[1].data);
    vigie_extract((uint8_t *)header, strlen(header), &other);
    vigie_span_link(innermost_span(), other, TEXT(a[2]));
    vigie_release(other);
}

static void log_line(const text *a)
{
    int32_t severity = 0;

    vigie_severity(TEXT(a[0]), &severity);
    if (a[3].length > 0)
        vigie_logger_error(logger, severity, TEXT(a[1]), TEXT(a[2]), TEXT(a[3]), 0);
    else
        vigie_logger_log(logger, severity, TEXT(a[1]), TEXT(a[2]), 0);
}

/* Whole numbers that a double cannot hold, and bound ones, go through a series. */
static void measure(int32_t kind, const text *a)
{
    uint64_t series;
    int whole = strpbrk(a[1].data, ".eEnNI") == NULL;
    double value = strtod(a[1].data, NULL);

    if (a[3].length > 0)
        vigie_metric_describe(TEXT(a[0]), TEXT(a[3]));
    if (a[4].length > 0 || (whole && a[1].length > 15)) {
        if (!result(vigie_metric_handle(kind, TEXT(a[0]), TEXT(a[2]), &series)))
            return;
        if (whole)
            vigie_metric_update_int(series, atoll(a[1].data));
        else
            vigie_metric_update(series, value);
        vigie_release(series);
    } else if (kind == VIGIE_COUNTER) {
        result(vigie_counter_add(TEXT(a[0]), value, TEXT(a[2])));
    } else if (kind == VIGIE_UP_DOWN_COUNTER) {
        result(vigie_up_down_counter_add(TEXT(a[0]), value, TEXT(a[2])));
    } else if (kind == VIGIE_GAUGE) {
        result(vigie_gauge_set(TEXT(a[0]), value, TEXT(a[2])));
    } else {
        result(vigie_histogram_record(TEXT(a[0]), value, TEXT(a[2])));
    }
}

/* Ops on spans; false when the word is none of them. */
static int play_span(const char *op, const text *a)
{
    static const char *const states[] = {"unset", "ok", "error"};
    uint64_t span = innermost_span();

    if (IS("span")) {
        uint64_t parent = a[5].length > 0 ? VIGIE_ROOT : 0;
        int32_t kind = a[1].length > 0 ? vigie_span_kind(TEXT(a[1])) : VIGIE_KIND_INTERNAL;
        vigie_span_start_with(TEXT(a[0]), kind, parent, TEXT(a[2]), TEXT(a[3]), &span);
        push(span, 1, a[4].data);
    } else if (IS("set")) {
        vigie_span_set(span, TEXT(a[0]));
    } else if (IS("event")) {
        if (a[2].length > 0)
            vigie_span_event_at(span, TEXT(a[0]), atoll(a[2].data), TEXT(a[1]));
        else
            vigie_span_event(span, TEXT(a[0]), TEXT(a[1]));
    } else if (IS("link")) {
        link_span(a);
    } else if (IS("exception")) {
        vigie_span_exception(span, TEXT(a[0]), TEXT(a[1]));
    } else if (IS("status")) {
        vigie_span_status(span, index_of(a[0].data, states, 3), TEXT(a[1]));
    } else if (IS("rename")) {
        vigie_span_rename(span, TEXT(a[0]));
    } else {
        return 0;
    }
    return 1;
}

/* Plays one op; false when the rest of the vector is to be skipped. */
static int play(const char *op, const text *a)
{
    static const char *const instruments[] = {"counter", "up_down_counter", "gauge", "histogram"};
    uint64_t handle = 0;

    if (IS("vector")) {
        extra = fopen(a[1].data, "wb");
    } else if (IS("env")) {
        setenv(a[0].data, a[1].data, 1);
    } else if (IS("unenv")) {
        unsetenv(a[0].data);
    } else if (IS("init")) {
        return result(vigie_init(TEXT(a[0])));
    } else if (IS("reinit") || IS("reconfigure")) {
        if (result(IS("reinit") ? vigie_init(TEXT(a[0])) : vigie_reconfigure(TEXT(a[0]))))
            note("result", "ok", 2);
    } else if (IS("set_level")) {
        int32_t severity = 0;
        vigie_severity(TEXT(a[1]), &severity);
        vigie_set_level(TEXT(a[0]), severity);
    } else if (IS("logger")) {
        vigie_logger(TEXT(a[0]), &handle);
        set_logger(handle);
    } else if (IS("bind")) {
        vigie_logger_bind(logger, TEXT(a[0]), &handle);
        set_logger(handle);
    } else if (IS("log")) {
        log_line(a);
    } else if (IS("context")) {
        context(a);
    } else if (IS("extract")) {
        if (a[1].length == 0) {
            vigie_extract(TEXT(a[0]), &handle);
        } else {
            vigie_extract_with(TEXT(a[0]), *a[1].data == '1', &handle);
        }
        push(handle, 0, "");
    } else if (IS("pop")) {
        pop();
    } else if (IS("inject")) {
        copy_out("carrier", 0);
    } else if (IS("stats")) {
        vigie_flush(5000);
        copy_out("stats", 0);
    } else if (IS("flush")) {
        vigie_flush(5000);
    } else if (IS("metrics_text")) {
        copy_out("text", strcmp(a[0].data, "openmetrics") == 0 ? VIGIE_METRICS_OPENMETRICS : VIGIE_METRICS_PROMETHEUS);
    } else if (!play_span(op, a)) {
        measure(index_of(op, instruments, 4), a);
    }
    return 1;
}

static void end(void)
{
    while (depth > 0)
        pop();
    set_logger(0);
    vigie_shutdown(5000);
    fclose(extra);
}

/* Reads "word n:bytes n:bytes\n"; the arguments end in a NUL that is not counted. */
static int read_op(FILE *script, char *word, text *arguments)
{
    int count, next = fscanf(script, "%31[a-z_]", word) == 1 ? fgetc(script) : EOF;
    unsigned long length;

    for (count = 0; count < 8; count++) {
        arguments[count].data = realloc(arguments[count].data, 1);
        arguments[count].data[0] = '\0';
        arguments[count].length = 0;
    }
    count = 0;
    while (next == ' ' && count < 8 && fscanf(script, "%lu:", &length) == 1) {
        text *argument = &arguments[count++];
        argument->data = realloc(argument->data, length + 1);
        argument->length = fread(argument->data, 1, length, script);
        argument->data[argument->length] = '\0';
        next = fgetc(script);
    }
    return next == '\n';
}

int main(int argc, char **argv)
{
    FILE *script = argc == 2 ? fopen(argv[1], "rb") : NULL;
    text arguments[8] = {{NULL, 0}};
    char word[32];
    int playing = 1, place;

    if (script == NULL)
        return 2;
    room = malloc(capacity);
    while (read_op(script, word, arguments)) {
        if (strcmp(word, "end") == 0) {
            end();
            playing = 1;
        } else if (playing || strcmp(word, "unenv") == 0) {
            playing = play(word, arguments);
        }
    }
    for (place = 0; place < 8; place++)
        free(arguments[place].data);
    free(room);
    return feof(script) ? 0 : 3;
}
