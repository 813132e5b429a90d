// What spans and metrics of HTTP say, in OpenTelemetry's semantic conventions ("HTTP", stable).

/** Attributes of spans and metrics. */
export type Words = { [key: string]: string | number }

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'])

/** The method as it is counted, and as it was where that is another one. */
export function methodWords(method: unknown): { 'http.request.method': string; 'http.request.method_original'?: string } {
  const given = typeof method === 'string' ? method : ''
  if (METHODS.has(given)) return { 'http.request.method': given }
  const upper = given.toUpperCase()
  return { 'http.request.method': METHODS.has(upper) ? upper : '_OTHER', 'http.request.method_original': given }
}

/** The name of a span: the method, and the route where it is known. */
export function spanName(method: string, route?: string): string {
  const shown = method === '_OTHER' ? 'HTTP' : method
  return route === undefined ? shown : `${shown} ${route}`
}

/** The address of a server as it stands in a header or a URL. */
export function serverWords(host: string): Words {
  if (host === '') return {}
  const at = host.lastIndexOf(':')
  const port = at > host.lastIndexOf(']') ? Number(host.slice(at + 1)) : Number.NaN
  return Number.isInteger(port) ? { 'server.address': host.slice(0, at), 'server.port': port } : { 'server.address': host }
}

/** A URL without the name and password that may stand in it. */
export function shownUrl(origin: string, path: string): string {
  return origin.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1') + path
}

/** A path and a query. */
export function pathWords(target: string): Words {
  const at = target.indexOf('?')
  return at < 0 ? { 'url.path': target } : { 'url.path': target.slice(0, at), 'url.query': target.slice(at + 1) }
}

/** The class of an error. */
export function errorType(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' && code !== '' ? code : typeof name === 'string' && name !== '' ? name : '_OTHER'
}
