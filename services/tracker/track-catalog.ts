import { embeddingKey } from '../../libs/embedding/cached-embedder.ts'
import type { Embedder } from '../../libs/embedding/embedder.ts'
import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
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
  await context.store.writeItems(await embedItems(newest, context.embedder))
  const written = newest.filter((each) => each.item !== undefined)
  context.say.itemsHandled('written', written.length)
  context.say.itemsHandled('removed', newest.length - written.length)
  for (const { itemId } of written) await wakeWaiting(itemId, context)
  const { topic, partition, records, endOffset } = batch
  const lag = endOffset - (records.at(-1)!.offset + 1)
  context.say.batchFinished({ topic, partition, records: records.length, lag })
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

/** Lets users who wait for the item find it: through their own partition, where alone their state is changed. Only when
 *  that is in the log are they struck off the list, so a crash in between wakes them twice, which does no harm. */
async function wakeWaiting(itemId: string, { log, store, topics, say }: CatalogTracking): Promise<void> {
  const userIds = await store.waitingUsers(itemId)
  if (userIds.length === 0) return
  await log.append(
    topics.events,
    userIds.map((userId) => itemKnownRecord(userId, itemId)),
  )
  await store.removeWaiting(itemId, userIds)
  say.usersNudged(userIds.length)
}
