import { z } from 'zod'
import { HalflifeError } from '../errors/halflife-error.ts'
import { itemHash } from '../interest/seen-items.ts'
import type { EpochMs } from '../interest/time.ts'
import { decodeJson, type Encoded } from './decode-record.ts'
import { identifier } from './identifier.ts'
import { shapeProblem } from './shape-problem.ts'

/** What becomes a label of a metric: a scorer writes it from its own configuration, never from what a client sent. */
const labelText = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'is no name of lower-case letters, digits and dashes')

/** An answer that was given out: contract v1, topic `halflife.impressions`. */
export const impressionSchema = z.object({
  recommendationId: identifier,
  /** Absent where nobody was named. */
  userId: identifier.optional(),
  shownAt: z.iso.datetime({ offset: true }),
  scenario: labelText,
  variant: labelText.optional(),
  /** Part of the answers of which such a record is written. */
  sampled: z.number().gt(0).max(1),
  /** In the order in which they were shown. */
  items: z.array(z.object({ itemId: identifier, position: z.number().int().min(1), source: labelText })),
})

export type Impression = z.infer<typeof impressionSchema>

/** A page as it is kept for some time with whom it was shown to. Of items only hashes are kept, as of seen ones. */
export interface ShownPage {
  readonly recommendationId: string
  readonly scenario: string
  /** Empty where the scenario has none. */
  readonly variant: string
  readonly shownAtMs: EpochMs
  /** From position 1 on. */
  readonly items: readonly ShownItem[]
}

export interface ShownItem {
  /** See `itemHash`. */
  readonly itemHash: number
  readonly source: string
}

/** Of a page so many items are kept, those that stand first. */
const MOST_KEPT = 50

/** @throws HL_BODY_*, HL_IMPRESSION_SHAPE, HL_ID_* */
export function decodeImpression(record: Encoded): Impression {
  if (record.value === null) throw new HalflifeError('HL_IMPRESSION_SHAPE', 'the record has no value')
  const value = decodeJson(record.value)
  const parsed = impressionSchema.safeParse(value)
  if (!parsed.success) throw shapeProblem('impression', value, parsed.error, {}, 'HL_IMPRESSION_SHAPE')
  return parsed.data
}

/** Whom the page was shown to; where nobody was named, the page itself. */
export function shownTo({ userId, recommendationId }: Impression): string {
  return userId ?? recommendationId
}

export function shownPageOf(impression: Impression): ShownPage {
  const { recommendationId, scenario, variant = '', shownAt, items } = impression
  return {
    recommendationId,
    scenario,
    variant,
    shownAtMs: Date.parse(shownAt),
    items: items.slice(0, MOST_KEPT).map(({ itemId, source }) => ({ itemHash: itemHash(itemId), source })),
  }
}
