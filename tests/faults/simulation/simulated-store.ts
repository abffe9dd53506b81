import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { ShownPage } from '../../../libs/event/impression.ts'
import type { CatalogStore, StoredItem } from '../../../libs/store/catalog-store.ts'
import { encodeContract, requireSameContract } from '../../../libs/store/contract-codec.ts'
import { FIRST_GENERATION } from '../../../libs/store/generation.ts'
import type { InterestCommit, InterestStore, UserWrite } from '../../../libs/store/interest-store.ts'
import { decodePartition, encodePartition, partitionName } from '../../../libs/store/partition-codec.ts'
import { positionMoved } from '../../../libs/store/position-moved.ts'
import type { ProfileStore } from '../../../libs/store/profile-store.ts'
import { encodeShownPage, newestPageFirst } from '../../../libs/store/shown-codec.ts'
import { MOST_SHOWN_PAGES, type ShownStore } from '../../../libs/store/shown-store.ts'
import { isNewer, type Source } from '../../../libs/store/source-codec.ts'
import type { Store, StoreContract } from '../../../libs/store/store.ts'
import { decodeUser, encodeUser, userFieldNames } from '../../../libs/store/user-codec.ts'
import { type JournaledTables, journaledTables, type Table } from './journaled-tables.ts'
import type { Call } from './pending-calls.ts'

type Fields = ReadonlyMap<string, Buffer>

/** A value and where in the log it comes from; `value` undefined: it was removed. */
interface Sourced<T> {
  readonly value: T | undefined
  readonly source: Source
}

/** What the server holds: users and partitions as the bytes that a real one has. */
export interface StoreData {
  readonly tables: JournaledTables
  readonly users: Table<Fields>
  readonly partitions: Table<Fields>
  readonly waiting: Table<ReadonlySet<string>>
  readonly items: Table<Sourced<StoredItem>>
  readonly changes: Table<number>
  readonly profiles: Table<Sourced<object>>
  readonly shown: Table<{ readonly forgottenAtMs: number; readonly pages: readonly ShownPage[] }>
  readonly embeddings: Map<string, Float32Array>
  contract: ReadonlyMap<string, string> | undefined
  /** Of the item changes. It only ever rises, also when writes are lost: readers keep cursors. */
  sequence: number
}

/** @param losesCatalog items, their changes and profiles are lost with the users when the last writes are lost */
export function storeData(losesCatalog = true): StoreData {
  const tables = journaledTables()
  return {
    tables,
    users: tables.table(),
    partitions: tables.table(),
    waiting: tables.table(),
    items: tables.table(!losesCatalog),
    changes: tables.table(!losesCatalog),
    profiles: tables.table(!losesCatalog),
    shown: tables.table(),
    embeddings: new Map(),
    contract: undefined,
    sequence: 0,
  }
}

/** How one commit is cut into atomic steps: sizes that are used one after the other, the last one for all that is left. */
export type CutCommit = (users: number) => readonly number[]

export interface SimulatedStoreOptions {
  readonly data: StoreData
  readonly contract: StoreContract
  /** Does each step of each operation, or fails to. */
  readonly call: Call
  readonly cut: CutCommit
}

/** The store ports in memory, with the compare-and-set of the real adapters. */
export function simulatedStore({ data, contract, call, cut }: SimulatedStoreOptions): Store {
  const encoded = encodeContract(contract)
  data.contract ??= encoded
  requireSameContract('The simulated store', data.contract, encoded)
  let closed = false
  const guarded: Call = (name, effect) =>
    closed
      ? Promise.reject(new HalflifeError('HL_STORE_UNAVAILABLE', 'the simulated store is closed'))
      : call(name, () => data.tables.atomically(effect))
  return {
    ...simulatedInterest(data, contract, guarded, cut),
    ...simulatedCatalog(data, guarded),
    ...simulatedProfiles(data, guarded),
    generation: FIRST_GENERATION,
    liveGeneration: async () => FIRST_GENERATION,
    ...simulatedShown(data, guarded),
    ping: () => guarded('ping', () => undefined),
    async close() {
      closed = true
    },
  }
}

function simulatedInterest(
  data: StoreData,
  contract: StoreContract,
  call: Call,
  cut: CutCommit,
): InterestStore {
  const { users, partitions, waiting } = data
  const names = userFieldNames(contract.shape)

  function packUser({ state }: UserWrite): Fields {
    const values = encodeUser(contract, state)
    const present = names.flatMap((name, index): [string, Buffer][] => {
      const value = values[index]
      return value === undefined ? [] : [[name, Buffer.from(value)]]
    })
    return new Map(present)
  }

  /** Writes some users, and the partition when these are the last and nobody was fenced; or refuses, and writes nothing. */
  function writeChunk(chunk: readonly PackedUser[], partition: PackedPartition, closing: boolean): string[] {
    const { name, fields, expected } = partition
    if (partitions.get(name)?.get('position')?.toString() !== expected) throw positionMoved(partition.commit)
    const fenced: string[] = []
    for (const { userId, storedOffsets, record } of chunk) {
      if (users.get(userId)?.get('offsets')?.toString() !== storedOffsets) fenced.push(userId)
      else users.put(userId, record)
    }
    if (closing && fenced.length === 0) partitions.put(name, fields)
    return fenced
  }

  async function commit({
    users: writes,
    partition,
    more = false,
  }: InterestCommit): Promise<{ fenced: string[] }> {
    const packed = writes.map(({ userId, storedOffsets, ...user }) => {
      return { userId, storedOffsets, record: packUser({ userId, storedOffsets, ...user }) }
    })
    const target = packPartition(partition)
    const fenced: string[] = []
    const sizes = [...cut(packed.length)]
    let start = 0
    do {
      const end = sizes.length > 1 ? start + sizes.shift()! : packed.length
      const chunk = packed.slice(start, end)
      const closing = !more && end >= packed.length && fenced.length === 0
      fenced.push(...(await call('commit', () => writeChunk(chunk, target, closing))))
      start = end
    } while (start < packed.length)
    return { fenced }
  }

  return {
    // Few, so that a batch is written in several goes now and then.
    usersAtOnce: 3,
    readUsers: (userIds) =>
      call('readUsers', () =>
        userIds.map((userId) => {
          const fields = users.get(userId)
          return fields && decodeUser(contract, userId, fields)
        }),
      ),
    readOffsets: (userIds) =>
      call('readOffsets', () => userIds.map((userId) => users.get(userId)?.get('offsets')?.toString())),
    commit,
    readPartition: (topic, partition) =>
      call('readPartition', () => {
        const name = partitionName(topic, partition)
        const fields = partitions.get(name)
        return fields && decodePartition(name, fields)
      }),
    readPosition: (topic, partition) =>
      call('readPosition', () => {
        const position = partitions.get(partitionName(topic, partition))?.get('position')
        return position && Number(position)
      }),
    readPartitions: () =>
      call('readPartitions', () =>
        partitions.entries().map(([name, fields]) => decodePartition(name, fields)),
      ),
    addWaiting: (itemId, userIds) =>
      call('addWaiting', () => {
        if (userIds.length > 0) waiting.put(itemId, new Set([...(waiting.get(itemId) ?? []), ...userIds]))
      }),
    waitingUsers: (itemId) => call('waitingUsers', () => [...(waiting.get(itemId) ?? [])]),
    removeWaiting: (itemId, userIds) =>
      call('removeWaiting', () => {
        const struck = new Set(userIds)
        waiting.put(itemId, new Set([...(waiting.get(itemId) ?? [])].filter((userId) => !struck.has(userId))))
      }),
  }
}

interface PackedUser {
  readonly userId: string
  readonly storedOffsets: string | undefined
  readonly record: Fields
}

interface PackedPartition {
  readonly name: string
  readonly fields: Fields
  /** Text of the position that must be there. */
  readonly expected: string | undefined
  readonly commit: InterestCommit['partition']
}

/** Encoded when the call is made: what is written does not follow what the caller does to the state afterwards. */
function packPartition(commit: InterestCommit['partition']): PackedPartition {
  return {
    name: partitionName(commit.topic, commit.partition),
    fields: new Map(
      Object.entries(encodePartition(commit)).map(([name, value]) => [name, Buffer.from(value)]),
    ),
    expected: commit.expectedPosition === undefined ? undefined : String(commit.expectedPosition),
    commit,
  }
}

function writeSourced<T>(table: Table<Sourced<T>>, id: string, { value, source }: Sourced<T>): boolean {
  const stored = table.get(id)
  if (stored !== undefined && isNewer(stored.source, source)) return false
  table.put(id, { value, source })
  return true
}

function simulatedCatalog(data: StoreData, call: Call): CatalogStore {
  const { items, changes, embeddings } = data
  return {
    readItems: (itemIds) => call('readItems', () => itemIds.map((itemId) => items.get(itemId)?.value)),
    writeItems: (writes) =>
      call('writeItems', () => {
        for (const { itemId, stored, source } of writes) {
          if (writeSourced(items, itemId, { value: stored, source })) changes.put(itemId, ++data.sequence)
        }
      }),
    itemChanges: (cursor, limit) =>
      call('itemChanges', () => {
        const newer = changes.entries().filter(([, sequence]) => sequence > cursor)
        const shown = newer.sort(([, a], [, b]) => a - b).slice(0, limit)
        return { itemIds: shown.map(([itemId]) => itemId), cursor: shown.at(-1)?.[1] ?? cursor }
      }),
    readEmbeddings: (keys) => call('readEmbeddings', () => keys.map((key) => embeddings.get(key))),
    writeEmbeddings: (vectors) =>
      call('writeEmbeddings', () => {
        for (const [key, vector] of vectors) embeddings.set(key, vector)
      }),
  }
}

function simulatedProfiles({ profiles }: StoreData, call: Call): ProfileStore {
  return {
    readProfile: (userId) => call('readProfile', () => profiles.get(userId)?.value),
    writeProfiles: (writes) =>
      call('writeProfiles', () => {
        for (const { userId, profile, source } of writes)
          writeSourced(profiles, userId, { value: profile, source })
      }),
  }
}

function simulatedShown({ shown }: StoreData, call: Call): ShownStore {
  const entryOf = (to: string) => shown.get(to) ?? { forgottenAtMs: -1, pages: [] }
  return {
    readShown: (to) => call('readShown', () => to.map((each) => [...entryOf(each).pages])),
    addShown: (additions) =>
      call('addShown', () => {
        for (const { to, page } of additions) {
          const { forgottenAtMs, pages } = entryOf(to)
          if (page.shownAtMs <= forgottenAtMs) continue
          const others = pages.filter((each) => encodeShownPage(each) !== encodeShownPage(page))
          const newest = [page, ...others].sort(newestPageFirst).slice(0, MOST_SHOWN_PAGES)
          shown.put(to, { forgottenAtMs, pages: newest })
        }
      }),
    forgetShown: (to, untilMs) =>
      call('forgetShown', () => {
        for (const each of to) {
          if (entryOf(each).forgottenAtMs < untilMs) shown.put(each, { forgottenAtMs: untilMs, pages: [] })
        }
      }),
  }
}
