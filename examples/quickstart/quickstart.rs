use std::time::Duration;
use vigie_core::{Config, InstrumentOptions, Result, SpanKind, SpanStart, Telemetry};

fn main() -> Result<()> {
    let vigie = Telemetry::new(Config::new("shop").version("1.4.2").environment("prod"))?;
    let log = vigie.logger("shop.cart");
    let orders = vigie.meter().counter("orders_total", InstrumentOptions::default())?;

    let start = SpanStart { kind: SpanKind::Server, ..SpanStart::default() };
    let mut span = vigie.start_span("checkout", start);
    span.attr("order_id", 42);
    let placed = log.info("order {order_id} placed").attr("order_id", 42).attr("amount", 9.5);
    placed.attr("event", "order.placed").context(span.context()).emit();
    span.attr("cart.items", 3);
    span.end(None);

    orders.add(1, |series| series.attr("region", "eu"));
    vigie.shutdown(Duration::from_secs(5));
    Ok(())
}
