import { LRUCache } from 'lru-cache'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import type { InterestStore, PartitionState } from '../../libs/store/interest-store.ts'
import { partitionName } from '../../libs/store/partition-codec.ts'

/** Where a tracker left each partition, held against where the store says it stands. The two part when another tracker
 *  went on with the partition, or when the store lost its newest writes and with them the position. */
export interface StoredPositions {
  /** For the log's `startAt`: the next offset to apply, by the store's account.
   *  @throws HL_POSITION_MOVED when the store knows nothing of the partition although it was begun just now */
  startAt(topic: string, partition: number): Promise<number>
  /** The partition's state, if it is where this tracker left it, for the next batch to change in place.
   *  @throws HL_POSITION_MOVED otherwise: the log must start again from where the store stands */
  take(topic: string, partition: number): Promise<PartitionState | undefined>
  /** This tracker has written the state, and changes it no more. */
  leave(state: PartitionState): void
  /** What the store has lost of what this tracker wrote, told once. Partitions whose next batch comes find out by
   *  themselves; this is for those to which nothing comes. */
  findLoss(): Promise<HalflifeError | undefined>
}

interface Left {
  readonly topic: string
  readonly partition: number
  /** undefined: the store knows nothing of it. */
  readonly position: number | undefined
  /** The store no longer stands there, and that was told: no batch is taken before the log has started again. */
  readonly isLost?: true
}

/** Of so many partitions the state is kept as it was written, up to a megabyte each: to read and decode it before each batch is
 *  a good part of the work when batches are small. */
const MOST_KEPT = 64

/** @param begin awaited before a partition of which the store knows nothing is begun; gives it a state in the store, without
 *  which no batch of it is taken then */
export function storedPositions(store: InterestStore, begin?: () => Promise<void>): StoredPositions {
  const places = new Map<string, Left>()
  const kept = new LRUCache<string, PartitionState>({ max: MOST_KEPT })

  function note({ topic, partition, position }: Left, state?: PartitionState): void {
    const name = partitionName(topic, partition)
    places.set(name, { topic, partition, position })
    if (state === undefined) kept.delete(name)
    else kept.set(name, state)
  }

  async function begun(topic: string, partition: number): Promise<number | undefined> {
    const position = await store.readPosition(topic, partition)
    if (position !== undefined || begin === undefined) return position
    await begin()
    return requireBegun(topic, partition, await store.readPosition(topic, partition))
  }

  function requireBegun(topic: string, partition: number, position: number | undefined): number | undefined {
    if (position !== undefined || begin === undefined) return position
    throw moved({ topic, partition, position: 0 }, position)
  }

  function requireLeft(topic: string, partition: number, position: number | undefined): void {
    requireBegun(topic, partition, position)
    const left = places.get(partitionName(topic, partition))
    if (left !== undefined && position !== left.position) throw moved(left, position)
  }

  return {
    async startAt(topic, partition) {
      // What the store knows nothing of begins at 0, never at the group's commit: the store may have lost its position.
      // And the answer is kept: a store that loses writes before the first batch comes no longer stands there.
      const position = await begun(topic, partition)
      note({ topic, partition, position })
      return position ?? 0
    },
    async take(topic, partition) {
      const name = partitionName(topic, partition)
      if (kept.has(name)) {
        requireLeft(topic, partition, await store.readPosition(topic, partition))
        // A batch that fails on its way has changed it: what stands in the store is read then. And one from before a
        // rebalance may have taken it while the position was asked for.
        const state = kept.get(name)
        kept.delete(name)
        if (state !== undefined) return state
      }
      const stored = await store.readPartition(topic, partition)
      requireLeft(topic, partition, stored?.position)
      return stored
    },
    leave(state) {
      note(state, state)
    },
    async findLoss() {
      let loss: HalflifeError | undefined
      for (const [name, left] of [...places]) {
        if (left.isLost) continue
        const position = await store.readPosition(left.topic, left.partition)
        if ((position ?? -1) >= (left.position ?? -1) || places.get(name) !== left) continue
        places.set(name, { ...left, isLost: true })
        loss ??= moved(left, position)
      }
      return loss
    },
  }
}

function moved({ topic, partition, position }: Left, stored: number | undefined): HalflifeError {
  const place = partitionName(topic, partition)
  const detail = `${place} stands at ${stored ?? 'no offset'} in the store, not at ${position ?? 'no offset'}`
  return new HalflifeError('HL_POSITION_MOVED', detail)
}
