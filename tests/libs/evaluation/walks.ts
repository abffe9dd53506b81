import type { History } from '../../../libs/evaluation/history-data.ts'

const USERS = 60
const STEPS = 6

/** Users walk along the numbers, so that what follows is plain. */
export function walks(catalogSize: number): History {
  const step = Math.floor(catalogSize / 40)
  const events = Array.from({ length: USERS * STEPS }, (_, e) => e)
  return {
    starts: Int32Array.from({ length: USERS + 1 }, (_, u) => u * STEPS),
    items: Int32Array.from(events, (e) => (step * (Math.floor(e / STEPS) + (e % STEPS))) % catalogSize),
    times: Float64Array.from(events, (e) => e * 1_000),
    weights: new Float32Array(events.length).fill(1),
    catalogSize,
  }
}
