/* Logs without end to a file, and says on stdout up to which number everything is acknowledged.
 * Usage: killed <file> <bytes per record> <first number>; with 0 bytes it logs "reopened" and returns. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vigie.h>

int main(int argc, char **argv)
{
    char config[1024], acknowledged[64];
    char *attrs;
    size_t padding, length;
    long long n;

    if (argc != 4)
        return 2;
    snprintf(config, sizeof config,
             "{\"service\":\"killed\",\"limits\":{\"string_bytes\":\"256KiB\"},"
             "\"outputs\":[{\"to\":\"file\",\"path\":\"%s\"}]}", argv[1]);
    if (vigie_init((const uint8_t *)config, strlen(config)) != VIGIE_OK)
        return 1;
    padding = (size_t)atol(argv[2]);
    if (padding == 0) {
        vigie_log(VIGIE_INFO, VIGIE_TEXT("reopened"), NULL, 0, 0);
        return vigie_shutdown(5000) == VIGIE_OK ? 0 : 1;
    }
    attrs = malloc(padding + 128);
    if (attrs == NULL)
        return 1;
    for (n = atoll(argv[3]);; n++) {
        length = (size_t)sprintf(attrs, "{\"n\":%lld,\"padding\":\"", n);
        memset(attrs + length, 'x', padding);
        memcpy(attrs + length + padding, "\"}", 2);
        if (vigie_log(VIGIE_INFO, VIGIE_TEXT("r"), (uint8_t *)attrs, length + padding + 2, 0) != VIGIE_OK)
            return 1;
        if (n % 7 == 0 && vigie_flush(5000) == VIGIE_OK) {
            length = (size_t)sprintf(acknowledged, "%lld\n", n);
            if (write(1, acknowledged, length) != (ssize_t)length)
                return 1;
        }
    }
}
