import type { DurationMs, EpochMs } from './time.ts'

/** Forward decay: what is left of a weight after `elapsedMs`, `2^(−Δ/h)`.
 *  Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay", ICDE 2009.
 *  Halving composes, d(a + b) = d(a) · d(b): one late multiplication equals many early ones, so nothing is ever
 *  rewritten because time passed. */
export function decay(elapsedMs: DurationMs, halfLifeMs: DurationMs): number {
  return 2 ** (-elapsedMs / halfLifeMs)
}

/** Time passed at `nowMs` since `sinceMs`; a reader's clock may trail the newest event, and then none has. */
export function elapsed(nowMs: EpochMs, sinceMs: EpochMs): DurationMs {
  return Math.max(0, nowMs - sinceMs)
}
