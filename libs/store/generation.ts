import { createHash } from 'node:crypto'
import { HalflifeError } from '../errors/halflife-error.ts'
import { encodeContract, requireSameContract } from './contract-codec.ts'
import { corruptField } from './corrupt-record.ts'
import type { InterestStore } from './interest-store.ts'
import type { StoreContract } from './store.ts'

/* A store is rebuilt beside itself. What each rebuild fills is a generation, with records of its own; one of them is live.
 *
 *   ''           what was there before any rebuild
 *   2-9f86d081   the second rebuild, and 32 bits of what it is built under
 *
 * So whoever goes on with an interrupted rebuild goes on with what was begun under the same contract and weights, and
 * nothing is ever built under two. */
export const FIRST_GENERATION = ''

/** The generation that a rebuild under this contract fills. @throws HL_STORE_CORRUPT */
export function nextGeneration(live: string, contract: StoreContract): string {
  const under = JSON.stringify([[...encodeContract(contract)], contract.rules ?? ''])
  return `${generationNumber(live) + 1}-${createHash('sha256').update(under).digest('hex').slice(0, 8)}`
}

/** How many rebuilds were switched over to before and with it. @throws HL_STORE_CORRUPT */
export function generationNumber(generation: string): number {
  if (generation === FIRST_GENERATION) return 0
  const number = /^(\d+)-[0-9a-f]{8}$/.exec(generation)?.[1]
  if (number === undefined) throw corruptField('generation', `is "${generation}", not number-hash`)
  return Number(number)
}

/** It was live once, or was to be and another was. */
export function isOver(generation: string, live: string): boolean {
  return generation !== live && generationNumber(generation) <= generationNumber(live)
}

/** All generations of a store, and which of them is live. */
export interface Generations {
  live(): Promise<string>
  /** Makes `to` the live one, in one step. @throws HL_STORE_SWITCHED when `from` is not */
  switchOver(from: string, to: string): Promise<void>
  /** Log time at which each user was last forgotten, as a generation has it; 0: never, or nothing is known. Whatever contract
   *  it was written under. @throws HL_STORE_UNAVAILABLE, HL_STORE_CORRUPT */
  forgottenAt(generation: string, userIds: readonly string[]): Promise<number[]>
  /** Removes the records of all generations that are unwanted. Resolves with the generations that there were. */
  remove(isUnwanted: (generation: string) => boolean): Promise<string[]>
  close(): Promise<void>
}

/** Lets whoever applies records to a generation know that it is over: before each batch the position is asked for. */
export function ofGeneration<Ports extends InterestStore>(
  ports: Ports,
  generation: string,
  liveGeneration: () => Promise<string>,
) {
  async function unlessOver<T>(answer: Promise<T>): Promise<T> {
    const [live, answered] = await Promise.all([liveGeneration(), answer])
    if (isOver(generation, live)) throw storeSwitched(live)
    return answered
  }
  return {
    ...ports,
    generation,
    liveGeneration,
    readPartition: (topic: string, partition: number) => unlessOver(ports.readPartition(topic, partition)),
    readPosition: (topic: string, partition: number) => unlessOver(ports.readPosition(topic, partition)),
  }
}

export function storeSwitched(live: string): HalflifeError {
  const detail = `The store was rebuilt: ${JSON.stringify(live)} is live now, and this process works on what was before.`
  return new HalflifeError('HL_STORE_SWITCHED', detail)
}

export function switchedMeanwhile(): HalflifeError {
  const detail = 'The store was rebuilt while it was being backed up. Begin again, in another folder.'
  return new HalflifeError('HL_STORE_SWITCHED', detail)
}

/** What stands in a store that was looked at and not opened. */
export interface FoundContract {
  /** The live one. */
  readonly generation: string
  /** As encodeContract gives them. */
  readonly fields: ReadonlyMap<string, string>
  /** It is being rebuilt under the contract that was asked for. */
  readonly isBeingRebuilt: boolean
}

/** @param place what was opened, for the message @param isBuilt whether there is anything of a generation
 *  @throws HL_STORE_CONTRACT when the contract is not the stored one, HL_STORE_REBUILDING when the store is being rebuilt
 *  under it */
export async function requireContract(
  place: string,
  stored: ReadonlyMap<string, string>,
  contract: StoreContract,
  generation: string,
  isBuilt: (generation: string) => Promise<boolean>,
): Promise<void> {
  try {
    requireSameContract(place, stored, encodeContract(contract))
  } catch (error) {
    const next = nextGeneration(generation, contract)
    if (!(await isBuilt(next))) throw error
    const detail = `${place} was written under another contract and is being rebuilt under this one, as ${next}.`
    throw new HalflifeError('HL_STORE_REBUILDING', `${detail} It opens when that has been switched over to.`)
  }
}
