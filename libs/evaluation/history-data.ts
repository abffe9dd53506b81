import type { EpochMs } from '../interest/time.ts'
import type { TimedSequences } from '../learning/sequences.ts'

/** An interaction as a file has it. */
export interface RawEvent {
  readonly userId: string
  readonly itemId: string
  readonly occurredAtMs: EpochMs
  /** Above 0: only what speaks for an item is an interaction. */
  readonly weight: number
}

export interface BrokenRow {
  readonly file: string
  /** Counted from 1, the header included. */
  readonly line: number
  readonly problem: string
}

/** What a data set holds before it is cleaned. */
export interface RawData {
  readonly name: string
  readonly events: readonly RawEvent[]
  /** Text by item id, for those that have one. */
  readonly texts: ReadonlyMap<string, string>
  /** Rows of items and of users whose id had a row before; the last one holds. */
  readonly describedTwice: number
  /** By name of a user attribute: its value by user id. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly brokenRows: number
  /** The first of them. */
  readonly broken: readonly BrokenRow[]
  /** Events that were read but say nothing for their item: impressions, dislikes, returns. */
  readonly notPositive: number
}

/** Users' events as item numbers, each user's together, oldest first. */
export interface History extends TimedSequences {
  /** float32[events] */
  readonly weights: Float32Array
}

/** A cleaned data set. */
export interface Dataset {
  readonly name: string
  readonly history: History
  readonly userIds: readonly string[]
  /** By item number. */
  readonly itemIds: readonly string[]
  readonly texts: readonly (string | undefined)[]
  readonly attributes: RawData['attributes']
  readonly report: CleaningReport
}

export interface CleaningReport {
  readonly read: number
  /** The same user, item and time again. */
  readonly duplicates: number
  readonly brokenRows: number
  /** The first of them. */
  readonly broken: readonly BrokenRow[]
  readonly notPositive: number
  readonly minCore: number
  /** Left out because their user or item had fewer than `minCore` events. */
  readonly belowCore: number
  readonly events: number
  readonly users: number
  readonly items: number
  readonly itemsWithText: number
  /** Share of events whose item the same user had before. */
  readonly repeatShare: number
  /** Share of events at the very time of the same user's event before. */
  readonly tiedShare: number
  readonly firstMs: EpochMs
  readonly lastMs: EpochMs
}
