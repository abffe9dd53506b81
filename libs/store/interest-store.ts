import type { DecayedCounts } from '../interest/decayed-counts.ts'
import type { UserState } from '../interest/user-state.ts'
import type { VectorRoom } from './vector-room.ts'

/** Where users' states live. A state and the offsets it holds are written in one step, and only if the stored offsets
 *  are still those that were read: a second tracker that works on old knowledge is refused ("fenced"), never mixed in. */
export interface InterestStore {
  /** So many users are best read in one go, and written. */
  readonly usersAtOnce: number
  /** In the order asked, undefined for a user of whom nothing is held. One round trip on a single server.
   *  @param room where their vectors may be put, over those that were read into it before
   *  @throws HL_STORE_UNAVAILABLE, HL_STORE_CORRUPT */
  readUsers(userIds: readonly string[], room?: VectorRoom): Promise<(StoredUser | undefined)[]>
  /** The users' applied offsets as stored, which differ whenever their states do. One round trip on a single server, and
   *  nothing else of the states is moved. */
  readOffsets(userIds: readonly string[]): Promise<(string | undefined)[]>
  /** Writes the users, then the partition. Users whose stored offsets have changed are not written and are returned;
   *  the partition is then not written either, and the caller reads those users again and commits again.
   *  @throws HL_POSITION_MOVED when the stored position is not `partition.expectedPosition`; users may have been
   *  written by then, which is harmless: their own offsets protect them. @throws HL_STORE_UNAVAILABLE */
  commit(commit: InterestCommit): Promise<{ fenced: string[] }>
  readPartition(topic: string, partition: number): Promise<PartitionState | undefined>
  /** Its position alone, which is asked for before each batch; undefined when the partition has no state. */
  readPosition(topic: string, partition: number): Promise<number | undefined>
  /** All partitions of all topics that were ever committed. */
  readPartitions(): Promise<PartitionState[]>
  /** Remembers that these users hold waiting events of the item. */
  addWaiting(itemId: string, userIds: readonly string[]): Promise<void>
  waitingUsers(itemId: string): Promise<string[]>
  removeWaiting(itemId: string, userIds: readonly string[]): Promise<void>
}

export interface StoredUser {
  readonly state: UserState
  /** The offsets exactly as stored: what a write must find unchanged. */
  readonly storedOffsets: string
}

export interface UserWrite {
  readonly userId: string
  readonly state: UserState
  /** As read; undefined when there was no such user. */
  readonly storedOffsets: string | undefined
}

export interface InterestCommit {
  readonly users: readonly UserWrite[]
  /** More users of the same batch follow: the partition's position must be the expected one, and stays as it is. */
  readonly more?: boolean
  readonly partition: PartitionState & {
    /** As read; undefined when the partition had no state. */
    readonly expectedPosition: number | undefined
  }
}

export interface PartitionState {
  readonly topic: string
  readonly partition: number
  /** Every record before this offset has been applied. */
  readonly position: number
  /** Decayed weight per item, from this partition's events alone. */
  readonly trending: DecayedCounts
  /** The same by what stood around the event, `attribute=value`, such as `country=DE`; absent when there is none. */
  readonly contexts?: Map<string, DecayedCounts>
  /** Offset of the record by which each of the users active last was changed last, in the order of the offsets; to be
   *  forgotten is a change, too. Absent when there is none. */
  readonly recent?: Map<string, number>
}
