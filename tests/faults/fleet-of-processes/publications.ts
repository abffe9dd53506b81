/* What producers send: a shop's visitors, few of them very busy, most of them not; events out of order, late by days,
 * sent again, of items that are published only later or never; now and then a user who is to be forgotten, and now and
 * then a record that is none.
 *
 * Repeated ids are caught within a documented window: the newest events of a user. So what is sent again here is the
 * event of a user all of whose events are remembered, or one that is among the newest of its user. */
import { forgetRecord } from '../../../libs/event/control-record.ts'
import { encodeRecord } from '../../../libs/event/encode-record.ts'
import type { NewRecord } from '../../../libs/log/event-log.ts'
import { type SeededRandom, seededRandom } from '../simulation/seeded-random.ts'
import { zipf } from './zipf.ts'

export interface Publication {
  readonly topic: 'events' | 'items'
  readonly record: NewRecord
}

export interface Population {
  readonly events: number
  readonly users: number
  readonly items: number
}

/** A user with no more events than this has all of them remembered. */
const ALL_REMEMBERED = 40
const SPAN_MS = 3_600_000
const DAY_MS = 86_400_000
const TYPES = [
  'view',
  'view',
  'view',
  'view',
  'click',
  'click',
  'like',
  'cart',
  'purchase',
  'dislike',
  'impression',
]
const WORDS = 'quiet orbit river garden winter stone lantern harbour letter summer glass mountain'.split(' ')

/** Everything that is sent, in its order: the items that are known from the start, then the events.
 *  @param endMs when the newest event happened; the first one about an hour before */
export function publications(seed: number, population: Population, endMs: number): Publication[] {
  const random = seededRandom(seed)
  const { events, users, items } = population
  const drawUser = zipf(random, users, 0.8)
  const userOf = Array.from({ length: events }, drawUser)
  const eventsOf = new Map<number, number>()
  for (const user of userOf) eventsOf.set(user, (eventsOf.get(user) ?? 0) + 1)
  const due = lateItems(random, population)
  const drawItem = zipf(random, items, 0.9)

  const sent: Publication[] = []
  const late = new Set([...due.values()].flat())
  for (let item = 0; item < items; item++)
    if (!late.has(item) && item !== items - 1) sent.push(itemSent(item, random))
  const again = new Map<number, Publication[]>()
  for (const [number, user] of userOf.entries()) {
    sent.push(...(again.get(number) ?? []), ...(due.get(number) ?? []).map((item) => itemSent(item, random)))
    const quiet = eventsOf.get(user)! <= ALL_REMEMBERED
    const atMs = endMs - SPAN_MS + Math.floor((number / events) * SPAN_MS)
    const event = eventSent({ random, number, user, item: drawItem(), atMs, quiet })
    sent.push(event)
    if (event.hasId && random.chance(0.05)) {
      const at = number + 1 + random.below(20)
      again.set(at, [...(again.get(at) ?? []), event])
    }
    if (random.chance(0.0005)) sent.push(poison(random, user))
    if (random.chance(0.0005)) sent.push(forgetting(drawUser(), number, endMs))
  }
  return sent
}

/** Every twelfth item is published only when a good part of the events has been sent. By the number of the event before
 *  which it comes. */
function lateItems(random: SeededRandom, { events, items }: Population): Map<number, number[]> {
  const due = new Map<number, number[]>()
  for (let item = 7; item < items - 1; item += 12) {
    const number = Math.floor(events * 0.1) + random.below(Math.floor(events * 0.8))
    due.set(number, [...(due.get(number) ?? []), item])
  }
  return due
}

function itemSent(item: number, random: SeededRandom): Publication {
  const title = [random.pick(WORDS), random.pick(WORDS), String(item)].join(' ')
  const input = { itemId: `item-${item}`, title, tags: [random.pick(WORDS)] }
  return { topic: 'items', record: encodeRecord(input.itemId, input) }
}

interface EventFacts {
  readonly random: SeededRandom
  readonly number: number
  readonly user: number
  readonly item: number
  readonly atMs: number
  /** All of the user's events are remembered. */
  readonly quiet: boolean
}

function eventSent({
  random,
  number,
  user,
  item,
  atMs,
  quiet,
}: EventFacts): Publication & { hasId: boolean } {
  const latenessMs = random.chance(0.1)
    ? random.below(20 * DAY_MS)
    : random.chance(0.2)
      ? random.below(600_000)
      : 0
  // A busy user's late event is soon no longer remembered, and then nothing would catch its repetition.
  const hasId = random.chance(0.9) && (quiet || latenessMs === 0)
  const event = {
    ...(hasId && { eventId: `event-${number}` }),
    type: random.pick(TYPES),
    userId: `user-${user}`,
    itemId: `item-${item}`,
    ...((hasId || !quiet || random.chance(0.5)) && { occurredAt: new Date(atMs - latenessMs).toISOString() }),
    ...(random.chance(0.05) && { weight: 0.25 * (1 + random.below(20)) }),
  }
  return { topic: 'events', record: encodeRecord(event.userId, event), hasId }
}

function poison(random: SeededRandom, user: number): Publication {
  const value = random.pick(['not JSON', '{"type":"telepathy","userId":"u","itemId":"i"}', '[]'])
  return { topic: 'events', record: { key: `user-${user}`, value: Buffer.from(value) } }
}

function forgetting(user: number, number: number, atMs: number): Publication {
  return { topic: 'events', record: forgetRecord(`user-${user}`, `receipt-${number}`, atMs) }
}
