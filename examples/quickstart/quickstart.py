import vigie

vigie.init(service="shop", version="1.4.2", environment="prod")
log = vigie.get_logger("shop.cart")
orders = vigie.counter("orders_total")

with vigie.span("checkout", kind="server", order_id=42) as span:
    log.info("order {order_id} placed", order_id=42, amount=9.5, event="order.placed")
    span.set_attribute("cart.items", 3)
orders.add(1, region="eu")
vigie.shutdown(timeout=5)
