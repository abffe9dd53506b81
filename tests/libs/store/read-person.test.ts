import { describe, expect, it } from 'vitest'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { addAlias, becomeAlias } from '../../../libs/interest/user-link.ts'
import { emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import { readPeople, readPerson } from '../../../libs/store/read-person.ts'

const T0 = Date.UTC(2026, 0, 1)
const shape = interestShape([], [])

/** A store in which the pairs [alias, account] are linked, told in the order given, and what it was asked for. */
function storeOf(pairs: readonly (readonly [alias: string, account: string])[]) {
  const states = new Map<string, UserState>()
  const stateOf = (id: string) => states.get(id) ?? states.set(id, emptyUser(shape)).get(id)!
  for (const [n, [alias, account]] of pairs.entries()) {
    const at = (offset: number) => ({ partition: 'events/0', offset, logTimeMs: T0 + n })
    becomeAlias(stateOf(alias), account, at(2 * n))
    addAlias(stateOf(account), alias, at(2 * n + 1))
  }
  const reads: string[][] = []
  return {
    reads,
    async readUsers(ids: readonly string[]) {
      reads.push([...ids])
      return ids.map((id) => {
        const state = states.get(id)
        return state && { state, storedOffsets: '' }
      })
    },
  }
}

/** Each id but the first is an alias of the one before. */
function chain(length: number) {
  const ids = Array.from({ length }, (_, n) => `id-${String(n).padStart(4, '0')}`)
  return { ids, store: storeOf(ids.slice(1).map((id, n) => [id, ids[n]!])) }
}

describe('a person', () => {
  it('is the same whichever id of a long chain is named', async () => {
    const { ids, store } = chain(9)
    for (const id of ids) {
      const person = await readPerson(store, id)
      expect(person.ids).toEqual(ids)
      expect(person.states).toHaveLength(9)
    }
  })

  it('costs one round trip with one id, and two when asked for by the account', async () => {
    const store = storeOf([
      ['cookie', 'ann'],
      ['phone', 'ann'],
    ])
    await readPerson(store, 'bob')
    await readPerson(store, 'ann')
    expect(store.reads).toEqual([['bob'], ['ann'], ['phone', 'cookie']])
  })

  it('ends where an id belongs to another account, of which nothing more is read', async () => {
    const store = storeOf([
      ['cookie', 'zoe'],
      ['phone', 'zoe'],
      ['cookie', 'ann'],
    ])
    expect((await readPerson(store, 'ann')).ids).toEqual(['ann'])
    expect(store.reads).toEqual([['ann'], ['cookie']])
  })

  it('has at most a thousand other ids', async () => {
    const { store } = chain(1_100)
    expect((await readPerson(store, 'id-0000')).ids).toHaveLength(1_001)
  })
})

it('reads several people in as many round trips as the one with the longest chain', async () => {
  const { ids, store } = chain(6)
  const [first, last, nobody] = await readPeople(store, [ids[0]!, ids[5]!, 'nobody'])
  expect(first!.ids).toEqual(ids)
  expect(last!.ids).toEqual(ids)
  expect(nobody).toEqual({ ids: ['nobody'], states: [] })
  expect(store.reads).toHaveLength(3)
})
