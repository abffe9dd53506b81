import { setTimeout } from 'node:timers/promises'
import { encodeRecord } from '../../libs/event/encode-record.ts'
import type { ItemInput } from '../../libs/event/item.ts'
import type { OpenLog, OpenStore } from '../process/substrate.ts'

const LOOK_AGAIN_MS = 50

/** Publishes items and resolves when the tracker has taken them all into the catalog. `onProgress`: how many are there. */
export async function publishItems(
  items: readonly ItemInput[],
  { log, topics, store }: Pick<OpenLog & OpenStore, 'log' | 'topics' | 'store'>,
  onProgress: (done: number) => void,
): Promise<void> {
  const records = items.map((item) => encodeRecord(item.itemId, item))
  await log.append(topics.items, records)
  let missing = items.map((item) => item.itemId)
  while (missing.length > 0) {
    const stored = await store.readItems(missing)
    missing = missing.filter((_, index) => stored[index] === undefined)
    onProgress(items.length - missing.length)
    if (missing.length > 0) await setTimeout(LOOK_AGAIN_MS)
  }
}
