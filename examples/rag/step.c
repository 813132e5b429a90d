/* The compiled step: reads an answer from standard input, counts its tokens, scores it, prints JSON.
 *
 * It knows nothing of its caller. The trace that it continues stands in TRACEPARENT, and VIGIE_SERVICE and
 * VIGIE_OUTPUTS say where its lines go. Exit code 3: there was nothing to score. */

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "vigie.h"

#define ANSWER_LIMIT (64 * 1024)
#define EXIT_EMPTY 3
#define FLUSH_MS 5000

struct score {
    int64_t tokens;
    int64_t letters;
};

static struct score count(const char *text, size_t length) {
    struct score score = {0, 0};
    bool inside = false;
    for (size_t i = 0; i < length; i++) {
        bool word = isalnum((unsigned char)text[i]) != 0 || text[i] == '_';
        score.letters += word;
        score.tokens += word && !inside;
        inside = word;
    }
    return score;
}

static void report(uint64_t span, struct score score) {
    char attributes[128];
    int length = snprintf(attributes, sizeof attributes, "{\"tokens\":%" PRId64 ",\"letters\":%" PRId64 "}",
                          score.tokens, score.letters);
    vigie_span_set(span, (const uint8_t *)attributes, (size_t)length);
    vigie_log(VIGIE_INFO, VIGIE_TEXT("answer of {tokens} tokens scored"), (const uint8_t *)attributes, (size_t)length, span);
    vigie_counter_add(VIGIE_TEXT("rag_answer_tokens_total"), (double)score.tokens, VIGIE_TEXT("{\"step\":\"c\"}"));
    printf("{\"tokens\":%" PRId64 ",\"letters\":%" PRId64 "}\n", score.tokens, score.letters);
}

static int run(uint64_t span) {
    static char answer[ANSWER_LIMIT];
    size_t length = fread(answer, 1, sizeof answer, stdin);
    struct score score = count(answer, length);
    if (score.tokens == 0) {
        vigie_log(VIGIE_ERROR, VIGIE_TEXT("nothing to score"), NULL, 0, span);
        vigie_span_error(span, VIGIE_TEXT("EmptyAnswer"), VIGIE_TEXT("the answer holds no token"), NULL, 0);
        fputs("the answer holds no token\n", stderr);
        return EXIT_EMPTY;
    }
    report(span, score);
    vigie_span_status(span, VIGIE_STATUS_OK, NULL, 0);
    return 0;
}

int main(void) {
    if (vigie_init(NULL, 0) != VIGIE_OK) {
        uint8_t reason[512];
        size_t length = vigie_last_error(reason, sizeof reason);
        fprintf(stderr, "vigie: %.*s\n", (int)(length < sizeof reason ? length : sizeof reason), (const char *)reason);
        return 1;
    }
    uint64_t span = 0;
    vigie_span_start(VIGIE_TEXT("score answer"), VIGIE_KIND_INTERNAL, 0, VIGIE_TEXT("{\"telemetry.sdk.language\":\"c\"}"), &span);
    vigie_log(VIGIE_INFO, VIGIE_TEXT("step started"), VIGIE_TEXT("{\"telemetry.sdk.language\":\"c\"}"), span);
    int code = run(span);
    vigie_span_end(span);
    if (vigie_shutdown(FLUSH_MS) != VIGIE_OK && code == 0) {
        fputs("some telemetry was not written within 5 s\n", stderr);
        code = 1;
    }
    return code;
}
