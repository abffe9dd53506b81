import { createHash } from 'node:crypto'
import { messageOf } from '../../errors/halflife-error.ts'
import type {
  InterestCommit,
  InterestStore,
  PartitionState,
  StoredUser,
  UserWrite,
} from '../interest-store.ts'
import { decodeInteger } from '../number-codec.ts'
import { decodePartition, encodePartition, parsePartitionName, partitionName } from '../partition-codec.ts'
import { positionMoved } from '../position-moved.ts'
import { WAITING_TTL_MS } from '../retention.ts'
import type { StoreContract } from '../store.ts'
import { decodeUserValues, encodeUser, userFieldNames } from '../user-codec.ts'
import { VectorRoom } from '../vector-room.ts'
import { argumentsByCall } from './arguments-by-call.ts'
import { answer, answers, type StoreRedis } from './redis-connection.ts'
import type { RedisKeys } from './redis-keys.ts'
import { commitUsers } from './redis-scripts.ts'
import {
  askingForFields,
  type CommandWriter,
  commandWriter,
  sendWritten,
  writtenParts,
} from './wire-command.ts'

/** Users in one script call: half a millisecond of the server's time, in which nobody else is served. Of more, states would
 *  live long enough to be moved into the old generation, which costs more than the calls (docs/performance.md). */
const USERS_PER_CALL = 50
/** Stands for "there was no such user"; offsets contain an equals sign or are empty. */
const NO_OFFSETS = '-'
const NO_POSITION = -1
const POSITION_MOVED = -1
const NOTHING_WRITTEN = ['', '', '', '', '']
const COMMIT_USERS_SHA = createHash('sha1').update(commitUsers).digest('hex')

type Partition = InterestCommit['partition']

export function redisInterestStore(
  redis: StoreRedis,
  keys: RedisKeys,
  contract: StoreContract,
  agree: () => Promise<void>,
): InterestStore {
  const { shape, userTtlMs } = contract
  const names = userFieldNames(shape)

  const layoutOnTheWire = writtenParts([String(userTtlMs), String(names.length), ...names])
  /** As many as there were calls under way at once. */
  const spareWriters: CommandWriter[] = []
  const fieldsOf = askingForFields(redis, names)

  async function readUsers(
    userIds: readonly string[],
    room = new VectorRoom(),
  ): Promise<(StoredUser | undefined)[]> {
    const replies = await answers(redis, () => userIds.map((userId) => fieldsOf(keys.user(userId))))
    // One block for the vectors of all: a small one for each costs more to make and to collect than to fill.
    const block = room.take(shape.floats * userIds.length)
    return replies.map((reply, index) => {
      const values = reply.map(presentValue)
      const sums = block.subarray(index * shape.floats, (index + 1) * shape.floats)
      if (values.every((value) => value === undefined)) return undefined
      return decodeUserValues(contract, userIds[index]!, values, sums)
    })
  }

  /** An empty field is one that a power loss kept from being removed; of `offsets`, the last, it is a value. */
  function presentValue(value: Buffer | null, index: number): Buffer | undefined {
    return value !== null && (value.length > 0 || index === names.length - 1) ? value : undefined
  }

  async function commit({ users, partition, more = false }: InterestCommit): Promise<{ fenced: string[] }> {
    if (partition.expectedPosition === undefined) {
      // A Redis that was emptied meanwhile has lost the contract with the partition.
      await agree()
      // Listed before it is written, never after: whoever reads the list skips a name without a partition.
      await answer(redis.sadd(keys.partitions, partitionName(partition.topic, partition.partition)))
    }
    return { fenced: await (redis.isCluster ? commitByNode : commitInChunks)(users, partition, !more) }
  }

  async function commitInChunks(
    users: readonly UserWrite[],
    partition: Partition,
    last: boolean,
  ): Promise<string[]> {
    const fenced: string[] = []
    let start = 0
    do {
      const chunk = users.slice(start, start + USERS_PER_CALL)
      start += USERS_PER_CALL
      const closing = last && start >= users.length && fenced.length === 0
      fenced.push(...(await commitTogether(chunk, partition, closing)))
    } while (start < users.length)
    return fenced
  }

  /** In a cluster a script reaches the keys of one slot, and each user has one: users by themselves, then the partition. A
   *  stop in between leaves users written and the partition where it was, which their offsets make harmless. Its position is
   *  looked at first as well, so that whoever has lost the partition hardly ever writes a user. */
  async function commitByNode(
    users: readonly UserWrite[],
    partition: Partition,
    last: boolean,
  ): Promise<string[]> {
    await commitTogether([], partition, false)
    const fenced = await answers(redis, () => users.map((user) => commitTogether([user], undefined, false)))
    if (last && fenced.every(({ length }) => length === 0)) await commitTogether([], partition, true)
    return fenced.flat()
  }

  /** One atomic step. @param partition undefined: not looked at @param closing write it too, unless a user is fenced */
  async function commitTogether(
    users: readonly UserWrite[],
    partition: Partition | undefined,
    closing: boolean,
  ): Promise<string[]> {
    const writer = spareWriters.pop() ?? commandWriter()
    const call = (name: string, script: string) => {
      const firstKey = writeCommit(writer, { name, script }, users, partition, closing)
      return sendWritten(redis, name, [script, '1', firstKey], writer.written()) as Promise<number[]>
    }
    const reply = await answer(
      call('evalsha', COMMIT_USERS_SHA).catch((error) => {
        if (!messageOf(error).includes('NOSCRIPT')) throw error
        return call('eval', commitUsers)
      }),
    )
    // Once it is answered nothing of it waits for the socket any more; after a failure something may.
    spareWriters.push(writer)
    if (partition && reply[0] === POSITION_MOVED) throw positionMoved(partition)
    return reply.map((number) => users[number - 1]!.userId)
  }

  /** @returns the first key */
  function writeCommit(
    writer: CommandWriter,
    { name, script }: { readonly name: string; readonly script: string },
    users: readonly UserWrite[],
    partition: Partition | undefined,
    closing: boolean,
  ): string {
    const commandKeys = users.map(({ userId }) => keys.user(userId))
    if (partition) commandKeys.unshift(keys.partition(partition.topic, partition.partition))
    const written = closing && partition ? Object.values(encodePartition(partition)) : NOTHING_WRITTEN
    const expected = partition ? String(partition.expectedPosition ?? NO_POSITION) : ''
    const head = [
      name,
      script,
      String(commandKeys.length),
      ...commandKeys,
      expected,
      closing ? '1' : '0',
      ...written,
    ]
    writer.begin(head.length + 2 + names.length + users.length * (1 + names.length))
    for (const part of head) writer.add(part)
    writer.addWritten(layoutOnTheWire)
    for (const { state, storedOffsets } of users) {
      writer.add(storedOffsets ?? NO_OFFSETS)
      for (const value of encodeUser(contract, state)) writer.add(value ?? '')
    }
    return commandKeys[0]!
  }

  async function readPartition(topic: string, partition: number): Promise<PartitionState | undefined> {
    const reply = await answer(redis.hgetallBuffer(keys.partition(topic, partition)))
    const fields = new Map(Object.entries(reply))
    return fields.size === 0 ? undefined : decodePartition(partitionName(topic, partition), fields)
  }

  return {
    usersAtOnce: USERS_PER_CALL,
    readUsers,
    async readOffsets(userIds) {
      const ask = () => userIds.map((userId) => redis.hget(keys.user(userId), 'offsets'))
      return (await answers(redis, ask)).map((offsets) => offsets ?? undefined)
    },
    commit,
    readPartition,
    async readPosition(topic, partition) {
      const position = await answer(redis.hget(keys.partition(topic, partition), 'position'))
      return position === null ? undefined : decodeInteger(position, 'position')
    },
    async readPartitions() {
      const listed = (await answer(redis.smembers(keys.partitions))).sort().map(parsePartitionName)
      const states: PartitionState[] = []
      // One after the other: decoding all of them in one go would hold up whoever is being answered meanwhile.
      for (const { topic, partition } of listed) {
        const state = await readPartition(topic, partition)
        if (state !== undefined) states.push(state)
      }
      return states
    },
    async addWaiting(itemId, userIds) {
      const key = keys.waiting(itemId)
      for (const some of argumentsByCall(userIds)) {
        await answer(Promise.all([redis.sadd(key, ...some), redis.pexpire(key, WAITING_TTL_MS)]))
      }
    },
    async waitingUsers(itemId) {
      return answer(redis.smembers(keys.waiting(itemId)))
    },
    async removeWaiting(itemId, userIds) {
      for (const some of argumentsByCall(userIds)) await answer(redis.srem(keys.waiting(itemId), ...some))
    },
  }
}
