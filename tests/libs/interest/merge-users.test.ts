import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { mergeUsers } from '../../../libs/interest/merge-users.ts'
import { MOST_TIMES } from '../../../libs/interest/seen-items.ts'
import { applyEvent, emptyUser, type UserState } from '../../../libs/interest/user-state.ts'

const T0 = Date.UTC(2026, 0, 1)
const shape = interestShape(
  [{ name: 'text', dimension: 2, model: 'm' }],
  [{ name: 'recent', halfLifeMs: 3_600_000 }],
)
const bounds = { remembered: 5, waiting: 4, seen: 6 }
const isKnown = (itemId: string) => !itemId.startsWith('unknown')
const vectorsOf = (itemId: string) =>
  isKnown(itemId)
    ? new Map([['text', Float32Array.of(Math.cos(itemId.length), Math.sin(itemId.length))]])
    : undefined

interface Deed {
  readonly id: number
  readonly minute: number
  readonly weight: number
  readonly under: 0 | 1
}

function fold(deeds: readonly Deed[], within = bounds): UserState {
  const state = emptyUser(shape)
  for (const [offset, { id, minute, weight }] of deeds.entries()) {
    const itemId = `${id % 3 === 0 ? 'unknown' : 'known'}-${'x'.repeat(id % 7)}`
    const fingerprint = id.toString(16).padStart(16, '0')
    const event = {
      fingerprint,
      itemId,
      type: id % 4 === 0 ? 'purchase' : 'click',
      occurredAtMs: T0 + minute * 60_000,
      weight,
    }
    applyEvent(state, event, { partition: 'events/0', offset }, vectorsOf(itemId), shape, within)
  }
  return state
}

const under = fc.constantFrom(0 as const, 1 as const)
const deed = (id: number) =>
  fc.record({ id: fc.constant(id), minute: fc.nat(600), weight: fc.constantFrom(1, 2, -4), under })
const deeds = fc.tuple(...Array.from({ length: 16 }, (_, id) => deed(id)))

describe('two states added up', () => {
  it('are the state that all events would have made under one id', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        const parts = [0, 1].map((n) => fold(all.filter((each) => each.under === n)))
        const [merged, whole] = [mergeUsers(parts, shape, bounds), fold(all)]
        expect(merged.remembered.events).toEqual(whole.remembered.events)
        expect(merged.waiting.events).toEqual(whole.waiting.events)
        const lastSeen = ({ seen }: UserState) =>
          seen.items.map(({ itemHash, lastSeconds }) => [itemHash, lastSeconds])
        expect(lastSeen(merged)).toEqual(lastSeen(whole))
        expect(merged.interest.asOfMs).toBe(whole.interest.asOfMs)
        expect(merged.interest.masses[0]).toBeCloseTo(whole.interest.masses[0]!, 9)
        for (const [i, component] of whole.interest.sums.entries())
          expect(merged.interest.sums[i]).toBeCloseTo(component, 4)
      }),
    )
  })

  it('know of every item what was done with it, and how often, under all ids', () => {
    const roomy = { ...bounds, seen: 50 }
    fc.assert(
      fc.property(deeds, (all) => {
        const parts = [0, 1].map((n) =>
          fold(
            all.filter((each) => each.under === n),
            roomy,
          ),
        )
        expect(mergeUsers(parts, shape, roomy).seen.items).toEqual(fold(all, roomy).seen.items)
      }),
    )
    const often = Array.from({ length: 20 }, (_, id) => ({
      id: 21 * id,
      minute: 0,
      weight: 1,
      under: 0 as const,
    }))
    const [times] = mergeUsers([fold(often, roomy), fold(often, roomy)], shape, roomy).seen.items
    expect(times).toMatchObject({ times: MOST_TIMES })
  })

  it("have the account's own links, and of each partition the record that was applied last", () => {
    const account: UserState = {
      ...emptyUser(shape),
      aliases: [{ userId: 'cookie', atMs: T0 }],
      forgottenAtMs: T0,
      forgottenIn: 'events/0',
      applied: new Map([
        ['events/0', 3],
        ['events/1', 9],
      ]),
    }
    const alias: UserState = {
      ...emptyUser(shape),
      aliasOf: { userId: 'ann', atMs: T0 },
      applied: new Map([
        ['events/0', 7],
        ['events/1', 2],
      ]),
    }
    const { aliases, aliasOf, forgottenAtMs, applied } = mergeUsers([account, alias], shape, bounds)
    expect({ aliases, aliasOf, forgottenAtMs }).toEqual({
      aliases: account.aliases,
      aliasOf: undefined,
      forgottenAtMs: T0,
    })
    expect(applied).toEqual(
      new Map([
        ['events/0', 7],
        ['events/1', 9],
      ]),
    )
  })

  it('leave the states as they were', () => {
    const parts = [
      fold([{ id: 1, minute: 1, weight: 2, under: 0 }]),
      fold([{ id: 2, minute: 9, weight: 2, under: 1 }]),
    ]
    const before = structuredClone(parts)
    mergeUsers(parts, shape, bounds)
    expect(structuredClone(parts)).toEqual(before)
  })
})
