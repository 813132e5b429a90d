/* What the C programs of the tests have in common: a check that counts and tells the last error.
 * Not for what they check. */
#ifndef VIGIE_TESTS_CHECK_H
#define VIGIE_TESTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vigie.h>

static int checks, failures;

static void failed(const char *file, int line, const char *what)
{
    char text[256];
    size_t length = vigie_last_error((uint8_t *)text, sizeof text);
    fprintf(stderr, "%s:%d: %s (last error: %.*s)\n", file, line, what,
            (int)(length < sizeof text ? length : sizeof text), text);
    failures++;
}

#define CHECK(condition) (checks++, (condition) ? (void)0 : failed(__FILE__, __LINE__, #condition))
#define T VIGIE_TEXT
#define NONE NULL, 0

/* Prints "N checks, F failed"; what main returns. */
static int verdict(void)
{
    printf("%d checks, %d failed\n", checks, failures);
    return failures != 0;
}

#endif
