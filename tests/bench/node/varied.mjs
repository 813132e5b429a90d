// The values of the second shapes: text that is not ASCII, values inside of values, an error with a cause, many series.
// Not for those of the first shapes: see `workloads.mjs`.

export const MESSAGE = 'Bestellung für Zoë Müller – 3 Artikel geprüft'
export const CUSTOMER = 'Zoë Müller-Lüdenscheidt'
export const NOTE = '価格は税込みです。「至急」'
export const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) "Überall"'
/** Node has no type for a UUID. */
export const ORDER_ID = '0191f3a4-7c1e-7b7e-9d35-3f5a1c2b4d6e'
export const PLACED_AT = new Date('2026-03-14T15:09:26.535Z')
export const TAGS = ['neu', 'größe-m', 'rot']
export const HEADERS = {
  tracestate: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,acme@vendor=s:1;t:abc,dd=s:2;o:rum,es=s:0.5,other=xyz',
  baggage: 'tenant=acme%2Cinc,user=J%C3%BCrgen%20M%C3%BCller,plan=gold,cart=3%20items%3B%20rush',
}

/** An error with a cause, as a failed charge has one. */
export function declined() {
  return new Error('card declined: überzogen', { cause: new TypeError('Verbindung zurückgesetzt: größe > 4096') })
}

/** 2 000 series in an order without a pattern, which is the same in every process. */
export function series() {
  const all = ['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) =>
    ['200', '201', '400', '404', '500'].flatMap((status) =>
      Array.from({ length: 100 }, (_, route) => ({ method, route: `/shop/${route}/größe`, status })),
    ),
  )
  let state = 1
  for (let place = all.length - 1; place > 0; place--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (place + 1))
    ;[all[place], all[other]] = [all[other], all[place]]
  }
  return all
}
