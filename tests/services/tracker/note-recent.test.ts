import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noteRecent } from '../../../services/tracker/note-recent.ts'
import type { UserRecord } from '../../../services/tracker/understand-batch.ts'

const event = { fingerprint: '0'.repeat(16), itemId: 'i1', type: 'click', occurredAtMs: 1, weight: 2 }
const recordAt = (userId: string, offset: number, weight = 2): UserRecord => {
  const place = { userId, offset, logTimeMs: 1, replayed: false, fromFuture: false }
  return {
    ...place,
    event: { ...event, weight },
    context: undefined,
    recommendationId: undefined,
    knownItem: undefined,
    control: undefined,
  }
}

/** Notes batches one after another. */
function noted(batches: readonly (readonly UserRecord[])[], most: number) {
  const recent = new Map<string, number>()
  for (const records of batches) {
    const byUser = new Map<string, UserRecord[]>()
    for (const record of records) {
      byUser.set(record.userId, [...(byUser.get(record.userId) ?? []), record])
    }
    noteRecent(recent, byUser, most)
  }
  return [...recent]
}

describe('the users active last', () => {
  const log = fc.array(fc.constantFrom('ann', 'bo', 'cy', 'di', 'ed'), { minLength: 1, maxLength: 40 })

  it('are the same however the log is cut into batches, and whatever comes again', () => {
    fc.assert(
      fc.property(log, fc.nat(40), fc.nat(40), fc.nat(6), (userIds, cut, back, most) => {
        const records = userIds.map((userId, offset) => recordAt(userId, offset))
        const last = new Map<string, number>()
        for (const { userId, offset } of records) last.set(userId, offset)
        const inOrder = [...last].sort(([, a], [, b]) => a - b)
        const expected = inOrder.slice(Math.max(0, inOrder.length - most))
        expect(noted([records], most)).toEqual(expected)
        expect(noted([records.slice(0, cut), records.slice(cut)], most)).toEqual(expected)
        const again = [records.slice(0, cut), records.slice(Math.min(back, cut))]
        expect(noted(again, 5)).toEqual(inOrder)
      }),
    )
  })

  it('are not those who were only shown something, but those who were forgotten', () => {
    const control = { kind: 'forget', userId: 'ann', receiptId: undefined } as const
    const forgotten = { ...recordAt('ann', 2), event: undefined, control }
    const before = [recordAt('ann', 0), recordAt('bo', 1)]
    const after = [forgotten, recordAt('bo', 3, 0), recordAt('cy', 4, 0)]
    expect(noted([before, after], 9)).toEqual([
      ['bo', 1],
      ['ann', 2],
    ])
  })
})
