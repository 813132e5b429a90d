// The same failures without Vigie: what Node itself prints and returns.
const [, how] = process.argv.slice(2)
if (how === 'throw') setImmediate(() => { throw new TypeError('thrown at the end') })
if (how === 'reject') Promise.reject(new TypeError('rejected at the end'))
