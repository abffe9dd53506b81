import type { DurationMs } from '../../interest/time.ts'
import { countsBefore } from '../counts-before.ts'
import type { ScoreSource } from '../past.ts'
import type { Sequences, TimedSequences } from '../sequences.ts'

/** Events of each item, whoever's. */
export function popularityOf({ items, catalogSize }: Pick<Sequences, 'items' | 'catalogSize'>): Float64Array {
  const counts = new Float64Array(catalogSize)
  for (const item of items) counts[item]!++
  return counts
}

/** Logarithms of counts: in a mixture a hundredfold count does not speak a hundred times as loudly. */
export function popularity(counts: Float64Array): ScoreSource {
  const logs = counts.map(Math.log1p)
  return { names: ['popularity'], score: (_, [scores]) => scores!.set(logs) }
}

/** What everybody wants lately: decayed counts. */
export function decayedPopularity(train: TimedSequences, halfLivesMs: readonly DurationMs[]): ScoreSource {
  const countsAt = countsBefore(train, halfLivesMs)
  return {
    names: halfLivesMs.map((halfLifeMs) => `decayed-popularity@${halfLifeMs / DAY_MS}d`),
    score: ({ nowMs }, scores) => {
      for (const [h, { counts }] of countsAt(nowMs).entries()) scores[h]!.set(counts)
    },
  }
}

export const DAY_MS = 86_400_000
