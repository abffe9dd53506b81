import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countsAt, emptyCounts } from '../../../libs/interest/decayed-counts.ts'
import { countTrending } from '../../../services/tracker/count-trending.ts'
import type { UserRecord } from '../../../services/tracker/understand-batch.ts'

const HOUR = 3_600_000
const NOON = Date.UTC(2026, 0, 15, 12)
const rules = { trendingHalfLifeMs: 24 * HOUR, trendingBy: ['country', 'device'] }

function recordOf(itemId: string, context: Record<string, unknown> | undefined, weight = 1, hoursAgo = 0) {
  const event = { fingerprint: '', itemId, type: 'view', occurredAtMs: NOON - hoursAgo * HOUR, weight }
  const place = { userId: 'u', offset: 0, logTimeMs: NOON, replayed: false, fromFuture: false }
  return { ...place, event, context, recommendationId: undefined, knownItem: undefined, control: undefined }
}

function counted(records: readonly UserRecord[]) {
  const state = { trending: emptyCounts(), contexts: new Map() }
  for (const record of records) countTrending(state, new Map([['u', [record]]]), rules)
  return state
}

describe('what trends under another half-life than before', () => {
  it('is what trends now, after as long as the new one takes', () => {
    const DAY = 24 * HOUR
    const state = { trending: emptyCounts(), contexts: new Map() }
    const countDays = (itemId: string, from: number, to: number, trendingHalfLifeMs: number) => {
      for (let day = from; day > to; day--) {
        const record = recordOf(itemId, { country: 'DE' }, 1, 24 * day)
        countTrending(state, new Map([['u', [record]]]), { ...rules, trendingHalfLifeMs })
      }
    }
    countDays('former', 90, 14, DAY)
    countDays('latter', 14, 0, 7 * DAY)
    for (const counts of [state.trending, state.contexts.get('country=DE')]) {
      const left = countsAt([counts], NOON, 7 * DAY)
      expect(left.get('latter')).toBeGreaterThan(left.get('former')!)
    }
  })
})

describe('what trends by context', () => {
  it('is counted for each named attribute apart, and overall', () => {
    const { trending, contexts } = counted([
      recordOf('a', { country: 'DE', device: 'phone', mood: 'fine' }),
      recordOf('b', { country: 'DE' }, 2),
      recordOf('c', { country: 'DE' }, -4),
      recordOf('d', undefined),
    ])
    expect([...trending.weights.keys()]).toEqual(['a', 'b', 'd'])
    expect([...contexts.keys()]).toEqual(['country=DE', 'device=phone'])
    expect([...contexts.get('country=DE').weights]).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  it.each([
    ['a list', ['DE']],
    ['nothing', null],
    ['an empty text', ''],
    ['a text too long to be a value', 'x'.repeat(65)],
  ])('takes %s for no value', (_, country) => {
    expect(counted([recordOf('a', { country })]).contexts.size).toBe(0)
  })

  it('sums over contexts to what trends overall, in whatever order the events come', () => {
    const event = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('DE', 'FR', 'CN'), fc.nat(500))
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 30 }), (events) => {
        const records = events.map(([item, country, hours]) => recordOf(item, { country }, 1, hours))
        const { trending, contexts } = counted(records)
        const backwards = counted([...records].reverse())
        const overall = countsAt([trending], NOON, rules.trendingHalfLifeMs)
        for (const parts of [[...contexts.values()], [backwards.trending]]) {
          const sum = countsAt(parts, NOON, rules.trendingHalfLifeMs)
          for (const [itemId, weight] of overall) expect(sum.get(itemId)).toBeCloseTo(weight, 9)
        }
      }),
    )
  })

  it('keeps the 40 contexts of which most is left, and in each the 100 items, and a quarter more at most', () => {
    const places = Array.from({ length: 60 }, (_, n) => recordOf('a', { country: `c${n}` }, 1, n * 24))
    const kept = [...counted(places).contexts.keys()].sort()
    expect(kept).toEqual(Array.from({ length: 40 }, (_, n) => `country=c${n}`).sort())
    const keptOf = (count: number) => {
      const items = Array.from({ length: count }, (_, n) => recordOf(`i${n}`, { country: 'DE' }, 200 - n))
      return [...(counted(items).contexts.get('country=DE').weights as Map<string, number>).keys()]
    }
    const best = Array.from({ length: 100 }, (_, n) => `i${n}`)
    expect(keptOf(125)).toHaveLength(125)
    expect(keptOf(126)).toEqual(best)
    expect(keptOf(150)).toEqual([...best, ...Array.from({ length: 24 }, (_, n) => `i${126 + n}`)])
  })
})
