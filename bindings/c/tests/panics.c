/* Panics inside the library, asked for by magic arguments: each ends in the frame of its call, and
 * the library goes on. Needs a library with the feature "failpoint".
 * Usage: panics; prints "N checks, F failed", exits 0 when F is 0. */
#include <pthread.h>

#include "check.h"

#define MAGIC T("vigie failpoint")
#define MAGIC_ATTRIBUTE T("{\"before\":1,\"vigie failpoint\":1}")
#define MAGIC_HANDLE (((uint64_t)0xfa110000u << 32) | 0xfa110000u)

static long contained;

#define PANICS(call) (contained++, CHECK((call) == VIGIE_E_PANIC))

static long books(void)
{
    static char text[1 << 16];
    size_t length = 0;
    const char *found;

    CHECK(vigie_stats((uint8_t *)text, sizeof text - 1, &length) == VIGIE_OK);
    text[length] = 0;
    found = strstr(text, "\"internal_panics\":");
    return found == NULL ? -1 : atol(found + strlen("\"internal_panics\":"));
}

static int has_line(const char *part)
{
    static char text[1 << 20];
    size_t length = 0;

    CHECK(vigie_memory_lines((uint8_t *)text, sizeof text - 1, &length) == VIGIE_OK);
    text[length] = 0;
    return strstr(text, part) != NULL;
}

static void by_text(void)
{
    uint64_t out = 7;
    int32_t number;

    PANICS(vigie_init(MAGIC));
    PANICS(vigie_reconfigure(MAGIC));
    PANICS(vigie_severity(MAGIC, &number));
    PANICS(vigie_log(VIGIE_INFO, MAGIC, NONE, 0));
    PANICS(vigie_logger(MAGIC, &out));
    CHECK(out == 0);
    PANICS(vigie_log_record(MAGIC));
    PANICS(vigie_log_batch(MAGIC, NULL));
    PANICS(vigie_context_with(0, MAGIC, &out));
    PANICS(vigie_extract(MAGIC, &out));
    PANICS(vigie_extract_with(MAGIC, 1, &out));
    PANICS(vigie_context_of(MAGIC, &out));
    PANICS(vigie_span_start(MAGIC, 0, 0, NONE, &out));
    PANICS(vigie_counter_add(MAGIC, 1, NONE));
    PANICS(vigie_metric_describe(MAGIC, NONE));
}

static void by_handle(void)
{
    uint64_t out;
    size_t length;

    PANICS(vigie_span_end(MAGIC_HANDLE));
    PANICS(vigie_span_set(MAGIC_HANDLE, NONE));
    PANICS(vigie_span_recording(MAGIC_HANDLE));
    PANICS(vigie_release(MAGIC_HANDLE));
    PANICS(vigie_context_get(MAGIC_HANDLE, NULL, 0, &length));
    PANICS(vigie_inject(MAGIC_HANDLE, 0, NULL, 0, &length));
    PANICS(vigie_span_enter(MAGIC_HANDLE, &out));
    PANICS(vigie_metric_update(MAGIC_HANDLE, 1));
    PANICS(vigie_log(VIGIE_INFO, T("m"), NONE, MAGIC_HANDLE));
    PANICS(vigie_logger_log(MAGIC_HANDLE, VIGIE_INFO, T("m"), NONE, 0));
}

/* In the middle of a record, of a locked span, of an instrument's series. */
static void by_attribute(void)
{
    uint64_t span, other, bound;

    CHECK(vigie_span_start(T("survivor"), 0, 0, NONE, &span) == VIGIE_OK);
    PANICS(vigie_log(VIGIE_INFO, T("half a record"), MAGIC_ATTRIBUTE, span));
    PANICS(vigie_logger_bind(0, MAGIC_ATTRIBUTE, &bound));
    PANICS(vigie_span_set(span, MAGIC_ATTRIBUTE));
    PANICS(vigie_span_event(span, T("e"), MAGIC_ATTRIBUTE));
    PANICS(vigie_span_start(T("unborn"), 0, span, MAGIC_ATTRIBUTE, &other));
    CHECK(other == 0);
    PANICS(vigie_context_with(span, MAGIC_ATTRIBUTE, &other));
    PANICS(vigie_counter_add(T("panics_total"), 1, MAGIC_ATTRIBUTE));
    PANICS(vigie_histogram_record(T("panics_seconds"), 1, MAGIC_ATTRIBUTE));
    /* The same things go on being used. */
    CHECK(vigie_span_set(span, T("{\"after\":true}")) == VIGIE_OK);
    CHECK(vigie_span_event(span, T("e"), NONE) == VIGIE_OK);
    CHECK(vigie_counter_add(T("panics_total"), 1, NONE) == VIGIE_OK);
    CHECK(vigie_histogram_record(T("panics_seconds"), 1, NONE) == VIGIE_OK);
    CHECK(vigie_log(VIGIE_INFO, T("whole again"), T("{\"n\":1}"), span) == VIGIE_OK);
    CHECK(vigie_span_end(span) == VIGIE_OK);
    CHECK(has_line("\"message\":\"whole again\"") && has_line("\"after\":true"));
    CHECK(!has_line("half a record"));
}

static void *on_a_thread(void *argument)
{
    intptr_t wrong = 0;
    int i;

    (void)argument;
    for (i = 0; i < 100; i++) {
        wrong += vigie_log(VIGIE_INFO, MAGIC, NONE, 0) != VIGIE_E_PANIC;
        wrong += vigie_log(VIGIE_INFO, T("between"), NONE, 0) != VIGIE_OK;
    }
    return (void *)wrong;
}

static void threads(void)
{
    pthread_t thread[4];
    void *wrong;
    int i;

    for (i = 0; i < 4; i++)
        CHECK(pthread_create(&thread[i], NULL, on_a_thread, NULL) == 0);
    for (i = 0; i < 4; i++) {
        CHECK(pthread_join(thread[i], &wrong) == 0);
        CHECK(wrong == NULL);
    }
    contained += 400;
}

int main(void)
{
    char text[128];
    size_t length;

    CHECK(vigie_init(T("{\"service\":\"panics\",\"outputs\":[{\"to\":\"memory\"}]}")) == VIGIE_OK);
    CHECK(books() == 0);
    by_text();
    length = vigie_last_error((uint8_t *)text, sizeof text - 1);
    text[length < sizeof text ? length : sizeof text - 1] = 0;
    CHECK(strstr(text, "contained") != NULL);
    by_handle();
    by_attribute();
    threads();
    CHECK(books() == contained);
    CHECK(vigie_log(VIGIE_ERROR, T("still here"), NONE, 0) == VIGIE_OK);
    CHECK(has_line("\"message\":\"still here\""));
    CHECK(vigie_flush(5000) == VIGIE_OK);
    CHECK(vigie_shutdown(5000) == VIGIE_OK);
    return verdict();
}
