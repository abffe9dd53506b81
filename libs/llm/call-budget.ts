const MINUTE_MS = 60_000

/** Lets through at most so many calls in any minute. */
export function callBudget(
  perMinute: number,
  now: () => number,
): {
  take(): boolean
  /** The call taken last was not made. */
  giveBack(): void
} {
  const taken: number[] = []
  return {
    take() {
      const at = now()
      while (taken.length > 0 && taken[0]! <= at - MINUTE_MS) taken.shift()
      if (taken.length >= perMinute) return false
      taken.push(at)
      return true
    },
    giveBack: () => void taken.pop(),
  }
}
