import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import type { InterestStore, PartitionState } from '../../libs/store/interest-store.ts'
import { partitionName } from '../../libs/store/partition-codec.ts'

/** Where a tracker left each partition, held against where the store says it stands. The two part when another tracker
 *  went on with the partition, or when the store lost its newest writes and with them the position. */
export interface StoredPositions {
  /** For the log's `startAt`: the next offset to apply, by the store's account.
   *  @throws HL_POSITION_MOVED when the store knows nothing of the partition although it was begun just now */
  startAt(topic: string, partition: number): Promise<number>
  /** The partition's state, if it is where this tracker left it.
   *  @throws HL_POSITION_MOVED otherwise: the log must start again from where the store stands */
  read(topic: string, partition: number): Promise<PartitionState | undefined>
  /** This tracker has written the position. */
  leave(topic: string, partition: number, position: number): void
  /** What the store has lost of what this tracker wrote, told once. Partitions whose next batch comes find out by
   *  themselves; this is for those to which nothing comes. */
  findLoss(): Promise<HalflifeError | undefined>
}

interface Left {
  readonly topic: string
  readonly partition: number
  /** undefined: the store knows nothing of it. */
  readonly position: number | undefined
}

/** @param begin awaited before a partition of which the store knows nothing is begun; gives it a state in the store, without
 *  which no batch of it is taken then */
export function storedPositions(store: InterestStore, begin?: () => Promise<void>): StoredPositions {
  const positions = new Map<string, Left>()

  function leave(topic: string, partition: number, position: number | undefined): void {
    positions.set(partitionName(topic, partition), { topic, partition, position })
  }

  async function begun(topic: string, partition: number): Promise<PartitionState | undefined> {
    const stored = await store.readPartition(topic, partition)
    if (stored !== undefined || begin === undefined) return stored
    await begin()
    return requireBegun(topic, partition, await store.readPartition(topic, partition))
  }

  function requireBegun(topic: string, partition: number, stored: PartitionState | undefined) {
    if (stored !== undefined || begin === undefined) return stored
    throw moved({ topic, partition, position: 0 }, stored)
  }

  return {
    async startAt(topic, partition) {
      // What the store knows nothing of begins at 0, never at the group's commit: the store may have lost its position.
      // And the answer is kept: a store that loses writes before the first batch comes no longer stands there.
      const position = (await begun(topic, partition))?.position
      leave(topic, partition, position)
      return position ?? 0
    },
    async read(topic, partition) {
      const stored = requireBegun(topic, partition, await store.readPartition(topic, partition))
      const left = positions.get(partitionName(topic, partition))
      if (left !== undefined && stored?.position !== left.position) throw moved(left, stored)
      return stored
    },
    leave,
    async findLoss() {
      let loss: HalflifeError | undefined
      for (const [name, left] of [...positions]) {
        const stored = await store.readPartition(left.topic, left.partition)
        if ((stored?.position ?? -1) >= (left.position ?? -1) || positions.get(name) !== left) continue
        positions.delete(name)
        loss ??= moved(left, stored)
      }
      return loss
    },
  }
}

function moved({ topic, partition, position }: Left, stored: PartitionState | undefined): HalflifeError {
  const place = partitionName(topic, partition)
  const detail = `${place} stands at ${stored?.position ?? 'no offset'} in the store, not at ${position ?? 'no offset'}`
  return new HalflifeError('HL_POSITION_MOVED', detail)
}
