/* cc -std=c99 -I bindings/c/include quickstart.c target/release/libvigie.a -lpthread -ldl -lm */
#include <stdio.h>
#include <vigie.h>

int main(void)
{
    uint64_t log, span;

    if (vigie_init(VIGIE_TEXT(
            "{\"service\": \"shop\", \"version\": \"1.4.2\", \"environment\": \"prod\"}")) != VIGIE_OK) {
        uint8_t text[512];
        size_t length = vigie_last_error(text, sizeof text);
        fprintf(stderr, "%.*s\n", (int)(length < sizeof text ? length : sizeof text), (char *)text);
        return 1;
    }
    vigie_logger(VIGIE_TEXT("shop.cart"), &log);

    vigie_span_start(VIGIE_TEXT("checkout"), VIGIE_KIND_SERVER, 0, VIGIE_TEXT("{\"order_id\": 42}"), &span);
    vigie_logger_log(log, VIGIE_INFO, VIGIE_TEXT("order {order_id} placed"),
                     VIGIE_TEXT("{\"order_id\": 42, \"amount\": 9.5, \"event\": \"order.placed\"}"), span);
    vigie_span_set(span, VIGIE_TEXT("{\"cart.items\": 3}"));
    vigie_span_end(span);

    vigie_counter_add(VIGIE_TEXT("orders_total"), 1, VIGIE_TEXT("{\"region\": \"eu\"}"));
    return vigie_shutdown(5000) == VIGIE_OK ? 0 : 1;
}
