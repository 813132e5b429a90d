// Mistakes in calls that run a function of users, told in the words of this package.

/** The function that a call must be given. Without it there is nothing to run and nothing to return, so this throws. */
export function needed<F>(fn: unknown, call: string, hint: string): F {
  if (typeof fn === 'function') return fn as F
  const given = fn === undefined ? 'none was given' : `${fn === null ? 'null' : `a value of type ${typeof fn}`} was given`
  throw new TypeError(`${call} needs a function to run, and ${given}; ${hint}`)
}
