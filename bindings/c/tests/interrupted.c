/* Opens a span and stands still inside of it, until somebody kills it.
 * Usage: interrupted <file>; with a second argument it opens the file only, and returns. */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <vigie.h>

int main(int argc, char **argv)
{
    char config[1024];
    uint64_t span;

    if (argc < 2)
        return 2;
    snprintf(config, sizeof config, "{\"service\":\"shop\",\"outputs\":[{\"to\":\"file\",\"path\":\"%s\"}]}", argv[1]);
    if (vigie_init((const uint8_t *)config, strlen(config)) != VIGIE_OK)
        return 1;
    if (argc > 2)
        return vigie_shutdown(5000) == VIGIE_OK ? 0 : 1;
    if (vigie_span_start(VIGIE_TEXT("GET /cart"), VIGIE_KIND_SERVER, VIGIE_ROOT, VIGIE_TEXT("{\"route\":\"/cart\"}"),
                         &span) != VIGIE_OK)
        return 1;
    if (vigie_span_set(span, VIGIE_TEXT("{\"step\":2}")) != VIGIE_OK)
        return 1;
    for (;;)
        pause();
}
