// A hook that comes before ours and adds up the processor time of the thread in each place where ours is called by n8n, into CLOCK.

const { writeFileSync } = require('node:fs')
const guards = require('../dist/quiet.js')

const { quiet } = guards
const spent = {}
let isInside = false

guards.quiet = (place, body) => {
  if (isInside) return quiet(place, body)
  isInside = true
  const before = process.threadCpuUsage()
  try {
    return quiet(place, body)
  } finally {
    const { user, system } = process.threadCpuUsage(before)
    isInside = false
    const one = (spent[place] ??= { calls: 0, us: 0 })
    one.calls++
    one.us += user + system
  }
}
process.on('exit', () => writeFileSync(process.env.CLOCK, JSON.stringify(spent)))

module.exports = {}
