import { embeddingKey } from '../../libs/embedding/cached-embedder.ts'
import type { Embedder } from '../../libs/embedding/embedder.ts'
import { HalflifeError, isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { itemKnownRecord } from '../../libs/event/control-record.ts'
import { decodeItem } from '../../libs/event/decode-record.ts'
import { type Item, itemOf, textOf } from '../../libs/event/item.ts'
import { suppliedVectors, TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { Batch, EventLog, LogRecord, TopicNames } from '../../libs/log/event-log.ts'
import type { CatalogStore, ItemWrite } from '../../libs/store/catalog-store.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import { setAside, type Undecodable } from './dead-letter.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'

export interface CatalogTracking {
  readonly log: EventLog
  readonly store: CatalogStore & InterestStore
  readonly embedder: Embedder
  readonly shape: InterestShape
  readonly topics: TopicNames
  readonly say: TrackerTelemetry
}

/** An item of the batch that is to be written, or removed when `item` is undefined. */
interface Understood {
  readonly itemId: string
  readonly item: Item | undefined
  readonly supplied: ReadonlyMap<string, Float32Array>
  readonly source: ItemWrite['source']
}

/** Takes a batch of the items topic into the catalog: decode → embed → write → wake whoever waits. All of it may be
 *  done again: the same record leaves the same item. */
export async function trackCatalog(batch: Batch, context: CatalogTracking): Promise<void> {
  const { understood, undecodable } = understandItems(batch.records, context.shape)
  await setAside(undecodable, context.log, context.topics.deadLetter, context.say)
  const newest = [...new Map(understood.map((each) => [each.itemId, each])).values()]
  const writes = await embedItems(newest, context.embedder)
  await context.store.writeItems(writes)
  await wakeWaiting(writes, context)
  const removed = writes.filter(({ stored }) => stored === undefined).length
  context.say.itemsHandled('written', writes.length - removed)
  context.say.itemsHandled('removed', removed)
}

function understandItems(records: readonly LogRecord[], shape: InterestShape) {
  const understood: Understood[] = []
  const undecodable: Undecodable[] = []
  for (const record of records) {
    const source = { partition: record.partition, offset: record.offset }
    try {
      const { itemId, input } = decodeItem(record)
      const supplied = suppliedVectors(input?.vectors, shape.spaces)
      understood.push({ itemId, item: input && itemOf(input), supplied, source })
    } catch (error) {
      if (!isHalflifeError(error)) throw error
      undecodable.push({ record, error })
    }
  }
  return { understood, undecodable }
}

async function embedItems(items: readonly Understood[], embedder: Embedder): Promise<ItemWrite[]> {
  const texts = items.flatMap(({ item }) => (item === undefined ? [] : [textOf(item)]))
  const embedded = (await embedder.embed(texts)).values()
  return items.map(({ itemId, item, supplied, source }) => {
    if (item === undefined) return { itemId, stored: undefined, source }
    const vectors = new Map([[TEXT_SPACE, embedded.next().value!], ...supplied])
    return {
      itemId,
      stored: { item, vectors, contentHash: embeddingKey(embedder.model, textOf(item)) },
      source,
    }
  })
}

/** Lets users who wait for the items find them: through their own partition, where alone their state is changed. Only when
 *  that is in the log are they struck off the lists, so a crash in between wakes them twice, which does no harm.
 *
 *  While the log was asked, the store may have come back without its newest writes, and no call would have failed of it.
 *  Whoever was woken meanwhile in vain is on a list again and must stay there; and what was lost is written again. So must
 *  whoever was woken in vain because another tracker has removed the item by now: it takes its users off that one's list.
 *  @throws HL_POSITION_MOVED when an item that users were woken for has been lost */
async function wakeWaiting(writes: readonly ItemWrite[], context: CatalogTracking): Promise<void> {
  const { log, store, topics, say } = context
  const waiting = await waitingFor(writes, store)
  if (waiting.length === 0) return
  await log.append(
    topics.events,
    waiting.flatMap(({ itemId, userIds }) => userIds.map((userId) => itemKnownRecord(userId, itemId))),
  )
  const itemIds = waiting.map(({ itemId }) => itemId)
  const lost = (await store.readItems(itemIds)).indexOf(undefined)
  if (lost !== -1) {
    const detail = `the store has lost item ${JSON.stringify(itemIds[lost])}, which was in it just now`
    throw new HalflifeError('HL_POSITION_MOVED', detail)
  }
  await Promise.all(waiting.map(({ itemId, userIds }) => store.removeWaiting(itemId, userIds)))
  await store.writeItems(writes)
  await putBack(waiting, store)
  say.usersNudged(waiting.reduce((sum, { userIds }) => sum + userIds.length, 0))
}

interface Waiting {
  readonly itemId: string
  readonly userIds: string[]
}

/** Notes those once more who still wait for an item that has been removed. */
async function putBack(waiting: readonly Waiting[], store: CatalogTracking['store']): Promise<void> {
  const items = await store.readItems(waiting.map(({ itemId }) => itemId))
  for (const { itemId, userIds } of waiting.filter((_, index) => items[index] === undefined)) {
    const users = await store.readUsers(userIds)
    const stillWait = userIds.filter((_, index) => {
      return users[index]?.state.waiting.events.some((event) => event.itemId === itemId)
    })
    await store.addWaiting(itemId, stillWait)
  }
}

/** Who waits for items that are there now. One that was to be written may not be: a later record has removed it. */
async function waitingFor(writes: readonly ItemWrite[], store: CatalogTracking['store']): Promise<Waiting[]> {
  const written = writes.filter(({ stored }) => stored !== undefined)
  const lists = await Promise.all(
    written.map(async ({ itemId }) => ({ itemId, userIds: await store.waitingUsers(itemId) })),
  )
  const waiting = lists.filter(({ userIds }) => userIds.length > 0)
  const items = await store.readItems(waiting.map(({ itemId }) => itemId))
  return waiting.filter((_, index) => items[index] !== undefined)
}
