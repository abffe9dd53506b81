import { expect, it, onTestFinished } from 'vitest'
import type { Generations } from '../../libs/store/generation.ts'
import type { StorePlace } from './store.contract.ts'
import { NOON_MS, sampleCommit, sampleContract, sampleState, TOPIC } from './store-sample.ts'

/** A place whose generations can be opened by themselves. */
export interface GenerationsPlace extends StorePlace {
  generations(): Promise<Generations>
}

export function generationsContract(name: string, newPlace: () => Promise<GenerationsPlace>): void {
  it(`${name} says of any generation when users were forgotten, without its contract`, async () => {
    const place = await newPlace()
    const [store, generations] = await Promise.all([place.open(sampleContract), place.generations()])
    onTestFinished(async () => {
      await Promise.all([store.close(), generations.close()])
      await place.remove()
    })
    const forgotten = sampleState(1, { forgottenAtMs: NOON_MS, forgottenIn: `${TOPIC}/0` })
    const users = [
      { userId: 'forgotten', state: forgotten, storedOffsets: undefined },
      { userId: 'kept', state: sampleState(1), storedOffsets: undefined },
    ]
    await store.commit(sampleCommit(users, undefined, 1))
    const ids = ['kept', 'nobody', 'forgotten']
    expect(await generations.forgottenAt(store.generation, ids)).toEqual([0, 0, NOON_MS])
    expect(await generations.forgottenAt('7-0a1b2c3d', ids)).toEqual([0, 0, 0])
  })
}
