import type { NewRecord } from '../../../libs/log/event-log.ts'
import { people } from './people.ts'
import type { SeededRandom } from './seeded-random.ts'
import { appendTo, type LogData } from './simulated-log.ts'
import {
  type Circumstances,
  imageOf,
  itemIds,
  MOST_EVENTS,
  NEVER_KNOWN,
  type Room,
  titleOf,
  topics,
  userIds,
  VERSIONS,
  weightOf,
} from './small-world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

export interface ProducersOptions {
  readonly random: SeededRandom
  readonly data: LogData
  readonly room: Room
  readonly circumstances: Circumstances
  readonly now: () => number
}

type Sent = Omit<NewRecord, 'key'> & { readonly key: string | null }

/** Everybody who writes into the log from outside. Each call of what this returns appends one record. */
export function producers(options: ProducersOptions): () => void {
  const { random, data, room, circumstances, now } = options
  const { askToForget, sayAlias } = people(options)
  const sentBy = new Map<string, number>()
  /** Events with an id of their own, and whether every partition would read the same of them. */
  const repeatable: { sent: Sent; alikeEverywhere: boolean }[] = []
  const versions = new Map<string, number>()
  let [pages, profiles] = [0, 0]
  // Items that are taken away and come back are a hard case of their own, which not every world has.
  const removesItems = random.chance(0.5)

  const send = (topic: string, sent: Sent): void => appendTo(data, topic, { ...sent, timestampMs: now() })

  function sendEvent(): void {
    const userId = random.pick(userIds)
    const number = sentBy.get(userId) ?? 0
    if (number === MOST_EVENTS) {
      sendImpression(userId)
      return
    }
    sentBy.set(userId, number + 1)
    const time = drawTime()
    const sign = random.chance(0.25) ? -1 : 1
    const eventId = random.chance(0.6) ? `${userId}-${number}` : undefined
    const value = {
      ...(eventId !== undefined && { eventId }),
      type: random.pick(sign === 1 ? ['view', 'click', 'purchase'] : ['dislike', 'return']),
      userId,
      itemId: random.pick(itemIds),
      weight: weightOf(number, sign),
      ...(time.occurredAt !== undefined && { occurredAt: time.occurredAt }),
    }
    const sent = { key: drawKey(userId), value: Buffer.from(JSON.stringify(value)) }
    send(topics.events, sent)
    if (eventId !== undefined) repeatable.push({ sent, alikeEverywhere: time.isBelieved })
  }

  /** Most producers use the user's id as the key. The events of one who does not lie in another partition as well. */
  function drawKey(userId: string): string {
    return !circumstances.foreignKeys || random.chance(0.85) ? userId : `${userId}${random.below(2)}`
  }

  /** `isBelieved`: whenever the log gets the event, it takes it to have occurred at that time. */
  function drawTime(): { occurredAt: string | undefined; isBelieved: boolean } {
    const at = (ms: number): string => new Date(now() + ms).toISOString()
    const kind = random.below(10)
    if (kind < 2) return { occurredAt: undefined, isBelieved: false }
    if (kind < 3) return { occurredAt: at(6 * MINUTE_MS + random.below(20 * HOUR_MS)), isBelieved: false }
    if (kind < 5) return { occurredAt: at(-random.below(20 * 24 * HOUR_MS)), isBelieved: true }
    return { occurredAt: at(2 * MINUTE_MS - random.below(2 * HOUR_MS)), isBelieved: true }
  }

  function sendAgain(): void {
    if (!room.repeats || repeatable.length === 0) {
      sendEvent()
      return
    }
    const { sent, alikeEverywhere } = random.pick(repeatable)
    // A key that has moved takes the event to another partition.
    if (circumstances.growth !== 'none' && !alikeEverywhere) return
    const elsewhere = circumstances.foreignKeys && alikeEverywhere && random.chance(0.3)
    send(topics.events, elsewhere ? { ...sent, key: `elsewhere-${random.below(4)}` } : sent)
  }

  function sendImpression(userId = random.pick(userIds)): void {
    const value = { type: 'impression', userId, itemId: random.pick(itemIds) }
    send(topics.events, { key: userId, value: Buffer.from(JSON.stringify(value)) })
  }

  /** Of two scorers, one of which is some minutes behind. */
  function sendPage(): void {
    const userId = random.chance(0.9) ? random.pick(userIds) : undefined
    const recommendationId = `page ${pages++}`
    const page = {
      recommendationId,
      userId,
      shownAt: new Date(now() - random.pick([0, 3 * MINUTE_MS])).toISOString(),
      scenario: 'home',
      sampled: random.pick([1, 0.5]),
      items: random
        .shuffled(itemIds)
        .slice(0, 2)
        .map((itemId, index) => {
          return { itemId, position: index + 1, source: 'interests' }
        }),
    }
    send(topics.impressions, { key: userId ?? recommendationId, value: Buffer.from(JSON.stringify(page)) })
  }

  function sendProfile(): void {
    const stated = { statedInterests: [`wish ${profiles++}`] }
    const value = random.chance(0.2) ? null : Buffer.from(JSON.stringify(stated))
    send(topics.users, { key: random.pick(userIds), value })
  }

  function sendItem(): void {
    const itemId = random.pick(itemIds.filter((each) => each !== NEVER_KNOWN))
    if (versions.has(itemId) && removesItems && random.chance(0.4)) {
      versions.delete(itemId)
      send(topics.items, { key: itemId, value: null })
      return
    }
    const version = random.below(VERSIONS)
    versions.set(itemId, version)
    const image = imageOf(itemId)
    const value = { itemId, title: titleOf(itemId, version), ...(image && { vectors: { image } }) }
    send(topics.items, { key: itemId, value: Buffer.from(JSON.stringify(value)) })
  }

  function sendPoison(): void {
    const key = random.pick(userIds)
    const event = { type: 'click', userId: key, itemId: 'i0' }
    const inTwoDays = new Date(now() + 48 * HOUR_MS).toISOString()
    const values = [
      Buffer.from([0xff, 0xfe, 0x00]),
      null,
      ...[
        '{"type":"click",',
        JSON.stringify({ ...event, type: 'teleport' }),
        JSON.stringify({ ...event, userId: undefined }),
        JSON.stringify({ ...event, weight: 5_000 }),
        JSON.stringify({ ...event, occurredAt: inTwoDays }),
      ].map((text) => Buffer.from(text)),
    ]
    const noUser = { key: null, value: Buffer.from('i0'), headers: { 'halflife-control': 'item-known' } }
    const badVector = JSON.stringify({ itemId: 'i0', title: 'i0 0', vectors: { image: [1, 2] } })
    const items: Sent[] = [
      { key: null, value: null },
      { key: 'i0', value: Buffer.from('not JSON') },
      { key: 'i0', value: Buffer.from(badVector) },
    ]
    if (random.chance(0.3)) send(topics.items, random.pick(items))
    else send(topics.events, random.chance(0.15) ? noUser : { key, value: random.pick(values) })
  }

  return () => {
    const { forgetting, aliases } = circumstances
    const kind = random.below(23)
    if (forgetting && random.chance(0.07)) askToForget()
    else if (aliases !== 'none' && random.chance(0.1)) sayAlias()
    else if (kind < 10) sendEvent()
    else if (kind < 12) sendAgain()
    else if (kind < 14) sendImpression()
    else if (kind < 19) sendItem()
    else if (kind < 21) sendPage()
    else if (kind < 22) sendProfile()
    else sendPoison()
  }
}
