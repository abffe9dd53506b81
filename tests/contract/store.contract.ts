import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { interestShape } from '../../libs/interest/interest-shape.ts'
import type { Store, StoreContract } from '../../libs/store/store.ts'
import { catalogContract } from './store-catalog.contract.ts'
import { interestContract } from './store-interest.contract.ts'
import { sampleContract } from './store-sample.ts'
import { shownContract } from './store-shown.contract.ts'

/** Somewhere for one test's data. */
export interface StorePlace {
  /** Every store opened here sees the same data. */
  open(contract: StoreContract): Promise<Store>
  remove(): Promise<void>
}

/** What every adapter of the store ports does. */
export function storeContract(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`${name} as a store`, () => {
    let place: StorePlace
    let opened: Store[]

    async function open(contract: StoreContract = sampleContract): Promise<Store> {
      const store = await place.open(contract)
      opened.push(store)
      return store
    }

    beforeEach(async () => {
      place = await newPlace()
      opened = []
    })
    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()))
      await place.remove()
    })

    interestContract(open)
    catalogContract(open)
    describe('what was shown', () => shownContract(open))
    openingContract(open)
  })
}

function openingContract(open: (contract?: StoreContract) => Promise<Store>): void {
  describe('opening', () => {
    it('answers a ping', async () => {
      await expect((await open()).ping()).resolves.toBeUndefined()
    })

    it('lets any number of processes open it under the same contract', async () => {
      await Promise.all([open(), open(), open()])
      await expect(open(structuredClone(sampleContract))).resolves.toBeDefined()
    })

    it.each([
      ['a half-life', 'timescale:session:halfLifeSeconds', '1800', '60', withHalfLife(60_000)],
      ['a model', 'space:text:model', 'sample-text', 'another', withModel('another')],
      ['a set of spaces', 'spaces', '["text","image"]', '["text"]', withoutImages()],
      ['a retention', 'userTtlSeconds', '7776000', '1', { ...sampleContract, userTtlMs: 1_000 }],
    ])(
      'refuses %s other than it was written with, and says which',
      async (_, field, stored, given, contract) => {
        await open()
        const refusal = open(contract)
        await expect(refusal).rejects.toMatchObject({ code: 'HL_STORE_CONTRACT' })
        await expect(refusal).rejects.toThrow(`${field} = '${stored}', and this process is set to '${given}'`)
      },
    )

    it('refuses vectors of another precision, and a store that names none has float32', async () => {
      await open()
      const refusal = open({ ...sampleContract, userVectors: 'float16' })
      await expect(refusal).rejects.toThrow("userVectors = nothing, and this process is set to 'float16'")
    })

    it('answers nothing more once it is closed', async () => {
      const store = await open()
      await store.close()
      await expect(store.readUsers(['u1'])).rejects.toMatchObject({ code: 'HL_STORE_UNAVAILABLE' })
      await expect(store.ping()).rejects.toMatchObject({ code: 'HL_STORE_UNAVAILABLE' })
      await expect(store.close()).resolves.toBeUndefined()
    })
  })
}

function withHalfLife(halfLifeMs: number): StoreContract {
  const { spaces, timescales } = sampleContract.shape
  const [session, ...others] = timescales
  return { ...sampleContract, shape: interestShape(spaces, [{ ...session!, halfLifeMs }, ...others]) }
}

function withModel(model: string): StoreContract {
  const { spaces, timescales } = sampleContract.shape
  const [text, ...others] = spaces
  return { ...sampleContract, shape: interestShape([{ ...text!, model }, ...others], timescales) }
}

function withoutImages(): StoreContract {
  const { spaces, timescales } = sampleContract.shape
  return { ...sampleContract, shape: interestShape(spaces.slice(0, 1), timescales) }
}
