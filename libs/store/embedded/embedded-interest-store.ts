import { setImmediate } from 'node:timers/promises'
import { maxBatchRecords } from '../../log/batch-limit.ts'
import type {
  InterestCommit,
  InterestStore,
  PartitionState,
  StoredUser,
  UserWrite,
} from '../interest-store.ts'
import { decodeInteger } from '../number-codec.ts'
import { decodePartition, encodePartition, partitionName } from '../partition-codec.ts'
import { positionMoved } from '../position-moved.ts'
import { requireText } from '../record-fields.ts'
import { WAITING_TTL_MS } from '../retention.ts'
import type { StoreContract } from '../store.ts'
import { decodeUser, encodeUser, userFieldNames } from '../user-codec.ts'
import type { EmbeddedTables } from './embedded-tables.ts'
import { packRecord, unpackRecord } from './packed-record-codec.ts'

const FOR_EVER = Number.POSITIVE_INFINITY
/** All of a batch: each transaction waits for the disk. */
const USERS_PER_TRANSACTION = maxBatchRecords

export function embeddedInterestStore(tables: EmbeddedTables, contract: StoreContract): InterestStore {
  const { shape, userTtlMs } = contract
  const names = userFieldNames(shape)

  function readUser(userId: string): StoredUser | undefined {
    const bytes = tables.users.get(Buffer.from(userId))
    return bytes && decodeUser(contract, userId, unpackRecord(bytes))
  }

  function packUser({ state }: UserWrite): Buffer {
    const values = encodeUser(contract, state)
    return packRecord(
      names.flatMap((name, index): [string, Buffer | string][] => {
        const value = values[index]
        return value === undefined ? [] : [[name, value]]
      }),
    )
  }

  function positionAt(key: Buffer): number | undefined {
    const bytes = tables.partitions.look(key)
    return bytes && decodeInteger(requireText(unpackRecord(bytes), 'position'), 'position')
  }

  function offsetsOf(userId: string): string | undefined {
    const bytes = tables.users.look(Buffer.from(userId))
    return bytes && requireText(unpackRecord(bytes), 'offsets')
  }

  async function commit({ users, partition, more = false }: InterestCommit): Promise<{ fenced: string[] }> {
    // Encoded before the transaction, which keeps every other writer waiting.
    const records = users.map(packUser)
    const partitionKey = Buffer.from(partitionName(partition.topic, partition.partition))
    const partitionRecord = packRecord(Object.entries(encodePartition(partition)))
    return tables.write(() => {
      if (positionAt(partitionKey) !== partition.expectedPosition) throw positionMoved(partition)
      const fenced: string[] = []
      for (const [index, user] of users.entries()) {
        if (offsetsOf(user.userId) !== user.storedOffsets) fenced.push(user.userId)
        else tables.users.put(Buffer.from(user.userId), records[index]!, userTtlMs)
      }
      if (!more && fenced.length === 0) tables.partitions.put(partitionKey, partitionRecord, FOR_EVER)
      tables.users.sweep()
      return { fenced }
    })
  }

  function partitionOf(name: string, bytes: Buffer): PartitionState {
    return decodePartition(name, unpackRecord(bytes))
  }

  return {
    usersAtOnce: USERS_PER_TRANSACTION,
    async readUsers(userIds) {
      return tables.read(() => userIds.map(readUser))
    },
    async readOffsets(userIds) {
      return tables.read(() => userIds.map(offsetsOf))
    },
    commit,
    async readPartition(topic, partition) {
      const name = partitionName(topic, partition)
      const bytes = tables.read(() => tables.partitions.get(Buffer.from(name)))
      return bytes && partitionOf(name, bytes)
    },
    async readPosition(topic, partition) {
      return tables.read(() => positionAt(Buffer.from(partitionName(topic, partition))))
    },
    async readPartitions() {
      const entries = tables.read(() => [...tables.partitions.entries()])
      const states: PartitionState[] = []
      for (const { key, value } of entries) {
        states.push(partitionOf(key.toString(), value))
        // Decoding all of them in one go would hold up whoever is being answered meanwhile.
        await setImmediate()
      }
      return states
    },
    ...embeddedWaiting(tables),
  }
}

type Waiting = Pick<InterestStore, 'addWaiting' | 'waitingUsers' | 'removeWaiting'>

/** An entry's key is `u16 n, big-endian | itemId, n bytes | userId`: the users of one item are neighbours, and no two
 *  pairs of ids share a key. */
function embeddedWaiting({ waiting, read, write }: EmbeddedTables): Waiting {
  function prefixOf(itemId: string): Buffer {
    const id = Buffer.from(itemId)
    return Buffer.concat([Buffer.from([id.length >> 8, id.length & 0xff]), id])
  }

  return {
    async addWaiting(itemId, userIds) {
      const prefix = prefixOf(itemId)
      await write(() => {
        for (const userId of userIds) {
          waiting.put(Buffer.concat([prefix, Buffer.from(userId)]), Buffer.alloc(0), WAITING_TTL_MS)
        }
        waiting.sweep()
      })
    },
    async waitingUsers(itemId) {
      const prefix = prefixOf(itemId)
      return read(() => {
        const userIds: string[] = []
        for (const { key } of waiting.entries(prefix)) {
          if (!key.subarray(0, prefix.length).equals(prefix)) break
          userIds.push(key.toString('utf8', prefix.length))
        }
        return userIds
      })
    },
    async removeWaiting(itemId, userIds) {
      const prefix = prefixOf(itemId)
      await write(() => {
        for (const userId of userIds) waiting.remove(Buffer.concat([prefix, Buffer.from(userId)]))
      })
    },
  }
}
