const REPEAT_AFTER_MS = 60_000
/** Reasons may hold addresses and numbers: no more of them are kept than this. */
const MOST_REMEMBERED = 100

/** For what goes on for as long as something is away: whether it is to be said now, or was said within the last minute. */
export function onceAMinute(now: () => number): (what: string) => boolean {
  const lastSaid = new Map<string, number>()
  return (what) => {
    if (now() - (lastSaid.get(what) ?? Number.NEGATIVE_INFINITY) < REPEAT_AFTER_MS) return false
    if (lastSaid.size > MOST_REMEMBERED) lastSaid.clear()
    lastSaid.set(what, now())
    return true
  }
}
