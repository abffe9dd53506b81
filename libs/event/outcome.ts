import { itemHash } from '../interest/seen-items.ts'
import type { DurationMs, EpochMs } from '../interest/time.ts'
import type { ShownPage } from './impression.ts'

/** What recommending is for: that somebody clicks, and that they buy. */
export const outcomes = ['click', 'conversion'] as const

export type OutcomeKind = (typeof outcomes)[number]

const outcomeByType = new Map<string, OutcomeKind>([
  ['click', 'click'],
  ['purchase', 'conversion'],
])

/** undefined: an event of another type, which is no outcome. */
export function outcomeOf(type: string): OutcomeKind | undefined {
  return outcomeByType.get(type)
}

/** The place on a page to which an outcome is owed. */
export interface Attribution {
  /** How it was found: by the event's recommendationId, or by its item within the window. */
  readonly by: 'id' | 'item'
  readonly page: ShownPage
  /** On the page, from 1. */
  readonly position: number
  readonly source: string
}

export interface AttributableEvent {
  readonly itemId: string
  readonly occurredAtMs: EpochMs
  readonly recommendationId: string | undefined
}

/** The page that led to the event. An event that names one is owed to that one or to none; any other to the newest page
 *  before it that showed the item. Neither to a page that is older than `windowMs`.
 *  @param pages newest first */
export function attribute(
  { itemId, occurredAtMs, recommendationId }: AttributableEvent,
  pages: readonly ShownPage[],
  windowMs: DurationMs,
): Attribution | undefined {
  // Most are owed to no page, and need no hash.
  if (pages.length === 0) return undefined
  const hash = itemHash(itemId)
  for (const page of pages) {
    if (occurredAtMs - page.shownAtMs > windowMs) continue
    // Of a named page the clocks need not agree; without a name they are all there is to go by.
    const fits =
      recommendationId === undefined
        ? page.shownAtMs <= occurredAtMs
        : page.recommendationId === recommendationId
    const index = fits ? page.items.findIndex((item) => item.itemHash === hash) : -1
    if (index === -1) continue
    const by = recommendationId === undefined ? 'item' : 'id'
    return { by, page, position: index + 1, source: page.items[index]!.source }
  }
  return undefined
}

/** As a label of few values: the first places one by one, then wider and wider. */
export function positionLabel(position: number): string {
  if (position <= 3) return String(position)
  if (position <= 6) return '4-6'
  if (position <= 10) return '7-10'
  return position <= 30 ? '11-30' : '31+'
}
