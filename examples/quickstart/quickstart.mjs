import * as vigie from 'vigie'

vigie.init({ service: 'shop', version: '1.4.2', environment: 'prod' })
const log = vigie.getLogger('shop.cart')
const orders = vigie.counter('orders_total')

const checkout = (span) => {
  log.info('order {order_id} placed', { order_id: 42, amount: 9.5, event: 'order.placed' })
  span.setAttribute('cart.items', 3)
}
vigie.span('checkout', { order_id: 42 }, checkout, { kind: 'server' })
orders.add(1, { region: 'eu' })
await vigie.shutdown(5000)
