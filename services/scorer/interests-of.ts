import { z } from 'zod'
import { decay, elapsed } from '../../libs/interest/decay.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { splitInterests } from '../../libs/interest/split-interests.ts'
import type { UserState } from '../../libs/interest/user-state.ts'
import type { CatalogView } from './catalog-view.ts'

const MOST_INTERESTS = 5
const EXEMPLARS = 3
const TOP_TAGS = 5

export const timescaleInterestsSchema = z.object({
  halfLifeSeconds: z.number(),
  mass: z.number().meta({ description: 'what is left of the weights of all events' }),
  interests: z.array(
    z.object({
      share: z.number().meta({ description: 'part of the mass of all interests' }),
      mass: z.number(),
      exemplars: z.array(z.object({ itemId: z.string(), title: z.string() })),
      tags: z.array(z.string()),
    }),
  ),
})

export type TimescaleInterests = z.infer<typeof timescaleInterestsSchema>

/** What a user is interested in at `nowMs`, by timescale: the remembered events grouped by likeness of their items. */
export function interestsOf(
  state: UserState,
  shape: InterestShape,
  catalog: CatalogView,
  space: string,
  nowMs: number,
): Record<string, TimescaleInterests> {
  const vectorOf = (itemId: string) => catalog.vectorsOf(itemId)?.get(space)
  const timescales = shape.timescales.map(({ name, halfLifeMs }, t) => {
    const options = { nowMs, halfLifeMs, mostInterests: MOST_INTERESTS }
    const split = splitInterests(state.remembered, vectorOf, options)
    const total = split.reduce((sum, interest) => sum + interest.mass, 0)
    const interests = split.map(({ mass, exemplar, events }) => {
      const itemIds = new Set([exemplar.itemId, ...events.map((event) => event.itemId)])
      return {
        share: total > 0 ? mass / total : 0,
        mass,
        exemplars: [...itemIds].slice(0, EXEMPLARS).map((itemId) => ({
          itemId,
          title: catalog.itemOf(itemId)?.title ?? '',
        })),
        tags: topTags([...itemIds], catalog),
      }
    })
    const mass = state.interest.masses[t]! * decay(elapsed(nowMs, state.interest.asOfMs), halfLifeMs)
    return [name, { halfLifeSeconds: halfLifeMs / 1_000, mass, interests }] as const
  })
  return Object.fromEntries(timescales)
}

function topTags(itemIds: readonly string[], catalog: CatalogView): string[] {
  const counts = new Map<string, number>()
  for (const itemId of itemIds) {
    for (const tag of catalog.itemOf(itemId)?.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  }
  const byCount = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return byCount.slice(0, TOP_TAGS).map(([tag]) => tag)
}
