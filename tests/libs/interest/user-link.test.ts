import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { accountOf, addAlias, becomeAlias, linkedIds } from '../../../libs/interest/user-link.ts'
import { emptyUser, forgetUser, type UserState } from '../../../libs/interest/user-state.ts'

const T0 = Date.UTC(2026, 0, 1)
const shape = interestShape([], [])
const at = (offset: number, logTimeMs = T0 + offset) => ({ partition: 'events/0', offset, logTimeMs })

/** States in which the pairs [alias, account] are linked, told in the order given. */
function linked(pairs: readonly (readonly [alias: string, account: string])[]): Map<string, UserState> {
  const states = new Map<string, UserState>()
  const stateOf = (id: string) => states.get(id) ?? states.set(id, emptyUser(shape)).get(id)!
  for (const [offset, [alias, account]] of pairs.entries()) {
    becomeAlias(stateOf(alias), account, at(2 * offset))
    addAlias(stateOf(account), alias, at(2 * offset + 1))
  }
  return states
}

const idsOf = (userId: string, states: Map<string, UserState>) => [...linkedIds(userId, states)].sort()

describe('an alias', () => {
  it('belongs to the account that was named first, however often another one claims it', () => {
    const state = emptyUser(shape)
    expect(becomeAlias(state, 'ann', at(0))).toBe('linked')
    expect(becomeAlias(state, 'bob', at(1))).toBe('refused')
    expect(becomeAlias(state, 'ann', at(2))).toBe('linked')
    expect(becomeAlias(state, 'ann', at(2))).toBe('redelivered')
    expect(state.aliasOf).toEqual({ userId: 'ann', atMs: T0 + 2 })
  })

  it('is free again once it was forgotten, and an older claim of another partition comes too late', () => {
    const state = emptyUser(shape)
    becomeAlias(state, 'ann', at(0))
    forgetUser(state, at(5))
    expect(state.aliasOf).toBeUndefined()
    expect(becomeAlias(state, 'ann', { ...at(9, T0 + 4), partition: 'events/1' })).toBe('forgotten')
    expect(becomeAlias(state, 'bob', at(6))).toBe('linked')
  })

  it('is kept once by its account, last told first, and the oldest is dropped of too many', () => {
    const state = emptyUser(shape)
    for (const [offset, id] of ['a', 'b', 'c', 'a'].entries()) addAlias(state, id, at(offset))
    expect(state.aliases.map(({ userId }) => userId)).toEqual(['a', 'c', 'b'])
    expect(addAlias(state, 'x', at(3))).toEqual({ outcome: 'redelivered', dropped: [] })
    const { dropped } = addAlias(state, 'd', at(9), 3)
    expect(dropped).toEqual([{ userId: 'b', atMs: T0 + 1 }])
    forgetUser(state, at(10))
    const old = { ...at(0, T0 + 9), partition: 'events/1' }
    expect(addAlias(state, 'x', old)).toEqual({ outcome: 'forgotten', dropped: [] })
    expect(state.aliases).toEqual([])
  })
})

describe("a person's ids", () => {
  it('are those whose links both sides state', () => {
    const states = linked([
      ['cookie', 'ann'],
      ['cookie', 'bob'],
    ])
    expect(idsOf('cookie', states)).toEqual(['ann', 'cookie'])
    expect(idsOf('bob', states)).toEqual(['bob'])
    // Of too many aliases ann has dropped the cookie, which does not know it.
    addAlias(states.get('ann')!, 'phone', at(9), 1)
    expect(states.get('ann')!.aliases).toMatchObject([{ userId: 'phone' }])
    expect(idsOf('cookie', states)).toEqual(['cookie'])
    expect(idsOf('ann', states)).toEqual(['ann'])
  })

  it('are the same for each of them, through chains and rings, in whichever order these were told', () => {
    const rings = fc.shuffledSubarray(
      ['a', 'b', 'c', 'd'].flatMap((x) => ['a', 'b', 'c', 'd'].map((y) => [x, y] as const)),
    )
    fc.assert(
      fc.property(rings, (pairs) => {
        const states = linked(pairs)
        for (const id of states.keys()) {
          const ids = idsOf(id, states)
          for (const other of ids) expect(idsOf(other, states)).toEqual(ids)
          expect(ids).toContain(accountOf(new Set(ids), states))
        }
      }),
    )
  })

  it('have the account at their head: the end of a chain, or the first by name of a ring', () => {
    const chain = linked([
      ['z', 'm'],
      ['m', 'n'],
    ])
    expect(accountOf(linkedIds('z', chain), chain)).toBe('n')
    const ring = linked([
      ['z', 'm'],
      ['m', 'z'],
    ])
    expect(accountOf(linkedIds('z', ring), ring)).toBe('m')
  })
})
