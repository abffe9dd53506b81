import type {
  InterestCommit,
  InterestStore,
  PartitionState,
  StoredUser,
  UserWrite,
} from '../interest-store.ts'
import { decodePartition, encodePartition, parsePartitionName, partitionName } from '../partition-codec.ts'
import { positionMoved } from '../position-moved.ts'
import type { RecordFields } from '../record-fields.ts'
import { WAITING_TTL_MS } from '../retention.ts'
import type { StoreContract } from '../store.ts'
import { decodeUser, encodeUser, userFieldNames } from '../user-codec.ts'
import { answer, type StoreRedis } from './redis-connection.ts'
import type { RedisKeys } from './redis-keys.ts'

/** Users in one script call: some milliseconds of the server's time, in which nobody else is served. */
const USERS_PER_CALL = 250
/** Stands for "there was no such user"; offsets contain an equals sign or are empty. */
const NO_OFFSETS = '-'
const NO_POSITION = -1
const POSITION_MOVED = -1

type Partition = InterestCommit['partition']

export function redisInterestStore(
  redis: StoreRedis,
  keys: RedisKeys,
  contract: StoreContract,
): InterestStore {
  const { shape, userTtlMs } = contract
  const names = userFieldNames(shape)

  // Commands given in one go leave in one go. For 250 users this was faster than one script that reads them all.
  async function readUsers(userIds: readonly string[]): Promise<(StoredUser | undefined)[]> {
    const replies = await answer(Promise.all(userIds.map((id) => redis.hmgetBuffer(keys.user(id), ...names))))
    // One block for the vectors of all: a small one for each costs more to make and to collect than to fill.
    const block = new Float32Array(shape.floats * userIds.length)
    return replies.map((values, index) => {
      const fields = fieldsOf(names, values)
      const sums = block.subarray(index * shape.floats, (index + 1) * shape.floats)
      return fields.size === 0 ? undefined : decodeUser(contract, userIds[index]!, fields, sums)
    })
  }

  async function commit({ users, partition }: InterestCommit): Promise<{ fenced: string[] }> {
    if (partition.expectedPosition === undefined) {
      // Listed before it is written, never after: whoever reads the list skips a name without a partition.
      await answer(redis.sadd(keys.partitions, partitionName(partition.topic, partition.partition)))
    }
    return { fenced: await (redis.isCluster ? commitByNode : commitInChunks)(users, partition) }
  }

  async function commitInChunks(users: readonly UserWrite[], partition: Partition): Promise<string[]> {
    const fenced: string[] = []
    let start = 0
    do {
      const chunk = users.slice(start, start + USERS_PER_CALL)
      start += USERS_PER_CALL
      const closing = start >= users.length && fenced.length === 0
      fenced.push(...(await commitTogether(chunk, partition, closing)))
    } while (start < users.length)
    return fenced
  }

  /** In a cluster a script reaches the keys of one slot, and each user has one: users by themselves, then the partition. A
   *  stop in between leaves users written and the partition where it was, which their offsets make harmless. Its position is
   *  looked at first as well, so that whoever has lost the partition hardly ever writes a user. */
  async function commitByNode(users: readonly UserWrite[], partition: Partition): Promise<string[]> {
    await commitTogether([], partition, false)
    const fenced = await Promise.all(users.map((user) => commitTogether([user], undefined, false)))
    if (fenced.every(({ length }) => length === 0)) await commitTogether([], partition, true)
    return fenced.flat()
  }

  /** One atomic step. @param partition undefined: not looked at @param closing write it too, unless a user is fenced */
  async function commitTogether(
    users: readonly UserWrite[],
    partition: Partition | undefined,
    closing: boolean,
  ): Promise<string[]> {
    const written = closing && partition ? Object.values(encodePartition(partition)) : ['', '', '', '', '']
    const keysOf = partition ? [keys.partition(partition.topic, partition.partition)] : []
    const reply = await answer(
      redis.commitUsers(
        keysOf.length + users.length,
        ...keysOf,
        ...users.map(({ userId }) => keys.user(userId)),
        ...[partition ? (partition.expectedPosition ?? NO_POSITION) : '', closing ? 1 : 0],
        ...written,
        ...[userTtlMs, names.length, ...names],
        // ioredis copies the vectors as it sends them, so the state may change again once we have failed.
        ...users.flatMap(argumentsOf),
      ),
    )
    if (partition && reply[0] === POSITION_MOVED) throw positionMoved(partition)
    return reply.map((number) => users[number - 1]!.userId)
  }

  /** The offsets that were read, and the values, of which an empty one stands for an absent field. */
  function argumentsOf({ state, storedOffsets }: UserWrite): (Buffer | string)[] {
    return [storedOffsets ?? NO_OFFSETS, ...encodeUser(contract, state).map((value) => value ?? '')]
  }

  async function readPartition(topic: string, partition: number): Promise<PartitionState | undefined> {
    const reply = await answer(redis.hgetallBuffer(keys.partition(topic, partition)))
    const fields = new Map(Object.entries(reply))
    return fields.size === 0 ? undefined : decodePartition(partitionName(topic, partition), fields)
  }

  return {
    readUsers,
    async readOffsets(userIds) {
      const replies = userIds.map((userId) => redis.hget(keys.user(userId), 'offsets'))
      return (await answer(Promise.all(replies))).map((offsets) => offsets ?? undefined)
    },
    commit,
    readPartition,
    async readPartitions() {
      const listed = (await answer(redis.smembers(keys.partitions))).sort().map(parsePartitionName)
      const states = await Promise.all(listed.map(({ topic, partition }) => readPartition(topic, partition)))
      return states.filter((state) => state !== undefined)
    },
    async addWaiting(itemId, userIds) {
      if (userIds.length === 0) return
      const key = keys.waiting(itemId)
      await answer(Promise.all([redis.sadd(key, ...userIds), redis.pexpire(key, WAITING_TTL_MS)]))
    },
    async waitingUsers(itemId) {
      return answer(redis.smembers(keys.waiting(itemId)))
    },
    async removeWaiting(itemId, userIds) {
      if (userIds.length > 0) await answer(redis.srem(keys.waiting(itemId), ...userIds))
    },
  }
}

/** An empty field is one that a power loss kept from being removed; of `offsets` it is a value. */
function fieldsOf(names: readonly string[], values: readonly (Buffer | null)[]): RecordFields {
  const fields = new Map<string, Buffer>()
  for (const [index, value] of values.entries()) {
    const name = names[index]!
    if (value !== null && (value.length > 0 || name === 'offsets')) fields.set(name, value)
  }
  return fields
}
