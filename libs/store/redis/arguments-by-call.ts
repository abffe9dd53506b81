/** The arguments of a call lie on the stack, on which some 120,000 find room; and while Redis does it, nobody else is served.
 *  Even, so that what comes in pairs stays together. */
const MOST_ARGUMENTS = 10_000

/** A list of any length, as commands take it. */
export function* argumentsByCall<T>(list: readonly T[]): Generator<T[]> {
  for (let start = 0; start < list.length; start += MOST_ARGUMENTS) {
    yield list.slice(start, start + MOST_ARGUMENTS)
  }
}
