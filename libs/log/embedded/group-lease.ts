/* One member of a group owns all its partitions at a time, through a lease that it renews. A crashed owner's lease lapses
 * and a member standing by takes it. An owner that could not renew in time (its event loop stood still, say) may still be
 * in the middle of a batch when the next owner begins: its commit is refused, and the store's compare-and-set refuses
 * what it applies. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogDatabase } from './log-database.ts'

const leaseMs = 3_000
const renewMs = 1_000
/** How often a member standing by looks. */
const lookMs = 200

export interface GroupLease {
  /** Aborts when the lease has lapsed or another member has it. */
  readonly lost: AbortSignal
  /** Commits the group's next offset unless the lease is gone. */
  commit(topic: string, partition: number, offset: number): Promise<void>
  release(): Promise<void>
}

export interface StandingBy {
  readonly signal: AbortSignal
  readonly onTrouble: (error: unknown) => void
}

async function taken(database: LogDatabase, group: string, owner: string): Promise<boolean> {
  const isFree = () => {
    const lease = database.leases.get(group)
    return lease === undefined || lease.expiresAtMs <= Date.now()
  }
  database.refresh()
  if (!isFree()) return false // looking costs no write transaction
  return database.write(() => {
    if (!isFree()) return false
    database.leases.putSync(group, { owner, expiresAtMs: Date.now() + leaseMs })
    return true
  })
}

function heldLease(
  database: LogDatabase,
  group: string,
  owner: string,
  onTrouble: StandingBy['onTrouble'],
): GroupLease {
  const lost = new AbortController()
  let expiresAtMs = Date.now() + leaseMs

  /** Runs `action` in a transaction if the lease is still held, else gives it up. */
  async function asOwner(action: () => void): Promise<void> {
    const isOwner = await database.write(() => {
      if (database.leases.get(group)?.owner !== owner) return false
      action()
      return true
    })
    if (!isOwner) lost.abort()
  }

  async function renew(): Promise<void> {
    const renewed = Date.now() + leaseMs
    try {
      await asOwner(() => database.leases.putSync(group, { owner, expiresAtMs: renewed }))
      expiresAtMs = renewed
    } catch (error) {
      onTrouble(error)
      if (Date.now() >= expiresAtMs) lost.abort()
    }
  }

  const renewing = setInterval(renew, renewMs)
  lost.signal.addEventListener('abort', () => clearInterval(renewing))
  return {
    lost: lost.signal,
    commit: (topic, partition, offset) =>
      asOwner(() => database.commits.putSync([group, topic, partition], offset)),
    async release() {
      clearInterval(renewing)
      await asOwner(() => database.leases.removeSync(group))
    },
  }
}

/** Waits until the group is free, then owns it. undefined when the signal aborts first. */
export async function takeLease(
  database: LogDatabase,
  group: string,
  { signal, onTrouble }: StandingBy,
): Promise<GroupLease | undefined> {
  const owner = randomUUID()
  while (!signal.aborted) {
    if (await taken(database, group, owner)) return heldLease(database, group, owner, onTrouble)
    await sleep(lookMs, undefined, { signal }).catch(() => undefined)
  }
  return undefined
}
