import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../libs/settings/settings.ts'
import { contractOf } from '../../../services/process/contract.ts'

describe('the contract of a store', () => {
  it('keeps users for a whole number of milliseconds that Redis can count, whatever the half-lives', () => {
    const seconds = fc.oneof(fc.constantFrom(0.001, 1e11), fc.double({ min: 0.001, max: 1e11, noNaN: true }))
    fc.assert(
      fc.property(seconds, (each) => {
        const settings = readSettings({ TIMESCALES: `a=${each}`, TIMESCALE_WEIGHTS: 'a=1' })
        const { userTtlMs } = contractOf(settings, { model: 'm', dimension: 1 })
        expect(String(userTtlMs)).toMatch(/^[1-9]\d{0,15}$/)
      }),
    )
  })
})
