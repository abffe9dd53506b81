import { setTimeout } from 'node:timers/promises'

export interface TrafficOptions {
  /** Makes one visit; resolves with whether something was clicked. */
  readonly visit: () => Promise<boolean>
  /** Visits begun a second. */
  readonly rate: number
  /** Ends it; visits under way are finished. */
  readonly signal: AbortSignal
  readonly onFailure: (error: unknown) => void
}

export interface TrafficSummary {
  visits: number
  clicks: number
  failures: number
  /** Visits that were due while enough were under way: more were asked for than Halflife answers. */
  skipped: number
}

const MOST_UNDER_WAY = 32

/** Begins visits at an even pace until the signal. A visit that fails is told and the next one comes all the same. */
export async function runTraffic({
  visit,
  rate,
  signal,
  onFailure,
}: TrafficOptions): Promise<TrafficSummary> {
  const summary = { visits: 0, clicks: 0, failures: 0, skipped: 0 }
  const underWay = new Set<Promise<void>>()

  async function oneVisit(): Promise<void> {
    summary.visits++
    try {
      if (await visit()) summary.clicks++
    } catch (error) {
      summary.failures++
      onFailure(error)
    }
  }

  const beganMs = performance.now()
  for (let number = 1; !signal.aborted; number++) {
    if (underWay.size < MOST_UNDER_WAY) {
      const going = oneVisit().finally(() => underWay.delete(going))
      underWay.add(going)
    } else summary.skipped++
    const dueMs = beganMs + (number * 1_000) / rate
    await setTimeout(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => undefined)
  }
  await Promise.all(underWay)
  return summary
}
