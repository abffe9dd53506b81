import { z } from 'zod'
import { TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import { decay, elapsed } from '../../libs/interest/decay.ts'
import type { InterestShape, Timescale } from '../../libs/interest/interest-shape.ts'
import { type Interest, splitInterests } from '../../libs/interest/split-interests.ts'
import type { UserState } from '../../libs/interest/user-state.ts'
import { llmFailureSchema } from './answer-schema.ts'
import type { CatalogView } from './catalog-view.ts'
import { isoTimeOrNull } from './iso-time.ts'

const MOST_INTERESTS = 5
const EXEMPLARS = 3
const TOP_TAGS = 5

const exemplars = z.array(z.object({ itemId: z.string(), title: z.string() }))
const tags = z.array(z.string()).meta({ description: 'most frequent tags of its items' })
const share = z.number().meta({ description: 'part of the mass of all interests' })

export const interestsSchema = z.object({
  userId: z.string(),
  sentence: z
    .string()
    .optional()
    .meta({ description: 'the interests in one sentence, by the language model where one is set' }),
  degraded: z.array(llmFailureSchema).optional().meta({ description: 'why there is no sentence' }),
  asOf: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'time of the newest event; null where none has counted yet' }),
  interests: z
    .array(
      z.object({
        exemplars,
        tags,
        share,
        masses: z
          .record(z.string(), z.number())
          .meta({ description: 'by timescale: what is left of the weights of its events' }),
        trend: z.enum(['rising', 'steady', 'fading']),
      }),
    )
    .meta({ description: 'the remembered events grouped by likeness, at the longest timescale' }),
  timescales: z.record(
    z.string(),
    z.object({
      halfLifeSeconds: z.number(),
      mass: z.number().meta({ description: 'what is left of the weights of all events' }),
      interests: z.array(z.object({ share, mass: z.number(), exemplars, tags })),
    }),
  ),
})

export type InterestsAnswer = z.infer<typeof interestsSchema>

export interface InterestsContext {
  readonly shape: InterestShape
  readonly catalog: CatalogView
  readonly nowMs: number
}

/** What a user is interested in at `nowMs`: the remembered events grouped by likeness of their items. */
export function interestsOf(userId: string, state: UserState, context: InterestsContext): InterestsAnswer {
  const { shape, catalog, nowMs } = context
  const slowestFirst = [...shape.timescales].sort((a, b) => b.halfLifeMs - a.halfLifeMs)
  const splitAt = ({ halfLifeMs }: Timescale) => {
    const options = { nowMs, halfLifeMs, mostInterests: MOST_INTERESTS }
    return splitInterests(state.remembered.events, (itemId) => catalog.vectorOf(TEXT_SPACE, itemId), options)
  }
  const timescales = shape.timescales.map((timescale, t) => {
    const split = splitAt(timescale)
    const interests = split.map((interest) => ({
      ...portrait(interest, split, catalog),
      mass: interest.mass,
    }))
    const left = decay(elapsed(nowMs, state.interest.asOfMs), timescale.halfLifeMs)
    const mass = state.interest.masses[t]! * left
    return [timescale.name, { halfLifeSeconds: timescale.halfLifeMs / 1_000, mass, interests }] as const
  })
  const lasting = splitAt(slowestFirst[0]!)
  const interests = lasting.map((interest) => ({
    ...portrait(interest, lasting, catalog),
    masses: Object.fromEntries(shape.timescales.map((each) => [each.name, massAt(interest, each, nowMs)])),
    trend: trendOf(interest, slowestFirst, nowMs),
  }))
  const asOf = isoTimeOrNull(state.interest.asOfMs)
  return { userId, asOf, interests, timescales: Object.fromEntries(timescales) }
}

function massAt({ events }: Interest, { halfLifeMs }: Timescale, nowMs: number): number {
  return events.reduce(
    (sum, { weight, occurredAtMs }) => sum + weight * decay(elapsed(nowMs, occurredAtMs), halfLifeMs),
    0,
  )
}

/** A rate further above or below the slower one than this factor is a change. */
const CHANGE = 1.5

/** Somebody who goes on as ever has mass in proportion to half-life at every timescale: `M · ln 2 / h` is the rate at which
 *  weight comes in, as each timescale sees it. The two slowest are compared; faster ones jump with every click. */
function trendOf(
  interest: Interest,
  slowestFirst: readonly Timescale[],
  nowMs: number,
): 'rising' | 'steady' | 'fading' {
  const [slow, fast] = slowestFirst
  if (slow === undefined || fast === undefined) return 'steady'
  const rateAt = (timescale: Timescale) => massAt(interest, timescale, nowMs) / timescale.halfLifeMs
  if (rateAt(fast) > CHANGE * rateAt(slow)) return 'rising'
  return rateAt(fast) * CHANGE < rateAt(slow) ? 'fading' : 'steady'
}

function portrait({ mass, exemplar, events }: Interest, all: readonly Interest[], catalog: CatalogView) {
  const total = all.reduce((sum, interest) => sum + interest.mass, 0)
  const itemIds = [...new Set([exemplar.itemId, ...events.map((event) => event.itemId)])]
  return {
    share: total > 0 ? mass / total : 0,
    exemplars: itemIds.slice(0, EXEMPLARS).map((itemId) => ({
      itemId,
      title: catalog.itemOf(itemId)?.title ?? '',
    })),
    tags: topTags(itemIds, catalog),
  }
}

function topTags(itemIds: readonly string[], catalog: CatalogView): string[] {
  const counts = new Map<string, number>()
  for (const itemId of itemIds) {
    for (const tag of catalog.itemOf(itemId)?.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  }
  const byCount = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return byCount.slice(0, TOP_TAGS).map(([tag]) => tag)
}
