/* Plays frames from stdin into the ABI: a byte that says which function, a length, the bytes.
 * Usage: hostile <file> < frames; prints how many log lines must be in the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vigie.h>

/* Written, if perhaps without a part of what was asked. */
static int written(int32_t code)
{
    return code == VIGIE_OK || code == VIGIE_E_JSON || code == VIGIE_E_HANDLE;
}

static int play(int function, const uint8_t *data, size_t length)
{
    uint64_t handle = 0, previous = 0, accepted = 0;
    uint8_t out[64];
    size_t needed;
    int32_t number;

    switch (function) {
    case 0: return written(vigie_log(VIGIE_INFO, VIGIE_TEXT("hole {a}"), data, length, 0));
    case 1: return written(vigie_log(VIGIE_WARN, data, length, VIGIE_TEXT("{\"a\":\"b\"}"), 0));
    case 2: return vigie_log_record(data, length) == VIGIE_OK;
    case 3:
        vigie_log_batch(data, length, &accepted);
        return (int)accepted;
    case 4:
        vigie_extract(data, length, &handle);
        vigie_inject(handle, VIGIE_CARRIER_HTTP, out, sizeof out, &needed);
        if (handle != 0)
            vigie_release(handle);
        return 0;
    case 5:
        vigie_span_start(data, length, VIGIE_KIND_CLIENT, 0, data, length, &handle);
        vigie_span_event(handle, data, length, data, length);
        vigie_span_status(handle, VIGIE_STATUS_ERROR, data, length);
        vigie_span_end(handle);
        return 0;
    case 6:
        vigie_span_start_with(VIGIE_TEXT("s"), 0, 0, NULL, 0, data, length, &handle);
        vigie_span_exception(handle, data, length, data, length);
        vigie_span_end(handle);
        return 0;
    case 7:
        vigie_counter_add(VIGIE_TEXT("hostile_total"), 1, data, length);
        vigie_histogram_record(data, length, 1.5, data, length);
        vigie_metric_describe(VIGIE_TEXT("hostile_later"), data, length);
        return 0;
    case 8: {
        int lines = 0;
        vigie_context_with(0, data, length, &handle);
        if (handle != 0 && vigie_span_enter(handle, &previous) == VIGIE_OK) {
            lines = written(vigie_log(VIGIE_INFO, VIGIE_TEXT("in context"), NULL, 0, 0));
            vigie_span_exit(previous);
            vigie_release(handle);
        }
        vigie_context_with_baggage(0, data, length, &handle);
        if (handle != 0)
            vigie_release(handle);
        return lines;
    }
    default:
        /* Neither may change what is in force: no generated document is a right one. */
        vigie_severity(data, length, &number);
        if (length > 2 && data[0] != '{')
            vigie_reconfigure(data, length);
        return 0;
    }
}

int main(int argc, char **argv)
{
    char config[1024];
    uint8_t head[5], *data;
    size_t length;
    long long lines = 0;

    if (argc != 2)
        return 2;
    snprintf(config, sizeof config, "{\"service\":\"hostile\",\"outputs\":[{\"to\":\"file\",\"path\":\"%s\"}]}", argv[1]);
    if (vigie_init((const uint8_t *)config, strlen(config)) != VIGIE_OK)
        return 1;
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        length = (size_t)head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
        data = malloc(length + 1);
        if (data == NULL || fread(data, 1, length, stdin) != length)
            return 3;
        lines += play(head[0], data, length);
        free(data);
    }
    if (vigie_shutdown(5000) != VIGIE_OK)
        return 4;
    printf("%lld\n", lines);
    return 0;
}
