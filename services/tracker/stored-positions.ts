import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import type { InterestStore, PartitionState } from '../../libs/store/interest-store.ts'
import { partitionName } from '../../libs/store/partition-codec.ts'

/** Where a tracker left each partition, held against where the store says it stands. The two part when another tracker
 *  went on with the partition, or when the store lost its newest writes and with them the position. */
export interface StoredPositions {
  /** For the log's `startAt`: the next offset to apply, by the store's account. */
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
  readonly position: number
}

export function storedPositions(store: InterestStore): StoredPositions {
  const positions = new Map<string, Left>()

  function leave(topic: string, partition: number, position: number): void {
    positions.set(partitionName(topic, partition), { topic, partition, position })
  }

  return {
    async startAt(topic, partition) {
      // What the store knows nothing of begins at 0, never at the group's commit: the store may have lost its position.
      // And the answer is kept: a store that loses writes before the first batch comes no longer stands there.
      const position = (await store.readPartition(topic, partition))?.position ?? 0
      leave(topic, partition, position)
      return position
    },
    async read(topic, partition) {
      const stored = await store.readPartition(topic, partition)
      const left = positions.get(partitionName(topic, partition))
      if (left !== undefined && (stored?.position ?? 0) !== left.position) throw moved(left, stored)
      return stored
    },
    leave,
    async findLoss() {
      let loss: HalflifeError | undefined
      for (const [name, left] of [...positions]) {
        const stored = await store.readPartition(left.topic, left.partition)
        if ((stored?.position ?? 0) >= left.position || positions.get(name) !== left) continue
        positions.delete(name)
        loss ??= moved(left, stored)
      }
      return loss
    },
  }
}

function moved({ topic, partition, position }: Left, stored: PartitionState | undefined): HalflifeError {
  const place = partitionName(topic, partition)
  const detail = `${place} stands at ${stored?.position ?? 'no offset'} in the store, not at ${position}`
  return new HalflifeError('HL_POSITION_MOVED', detail)
}
