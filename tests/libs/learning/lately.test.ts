import { describe, expect, it } from 'vitest'
import { lately, latelyLearned, learnLately } from '../../../libs/learning/sources/lately.ts'
import { pastOf } from './sample-past.ts'

const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000]

/** One user comes for item 0 and goes on to 1 and 2, which have one time; another, ten days later, begins with 3 and 2 at once. */
const history = {
  starts: Int32Array.of(0, 3, 5),
  items: Int32Array.of(0, 1, 2, 3, 2),
  times: Float64Array.of(0, 5 * MINUTE_MS, 5 * MINUTE_MS, 10 * DAY_MS, 10 * DAY_MS),
  catalogSize: 5,
}

function scoresAt(nowMs: number): Record<string, number[]> {
  const source = lately(history)
  const scores = source.names.map(() => new Float64Array(history.catalogSize))
  source.score(pastOf([], [], nowMs), scores)
  return Object.fromEntries(source.names.map((name, n) => [name, [...scores[n]!]]))
}

describe('what is wanted lately', () => {
  it('arrivals are what visits begin with, all of it where several events have one time', () => {
    const late = scoresAt(11 * DAY_MS)['arrivals@30d']!
    expect(late.map((score) => score > 0)).toEqual([true, false, true, true, false])
    expect(late[2]).toBe(late[3])
    expect(late[0]).toBeCloseTo(Math.log1p(1_000 * 2 ** (-11 / 30)), 9)
  })

  it('rises for what is newer, and not for what nobody had', () => {
    const { 'rising@7d': rising } = scoresAt(11 * DAY_MS)
    expect(rising![3]).toBeCloseTo(2 ** (-1 / 7) / (1 + 2 ** (-1 / 120)), 12)
    expect(rising![3]!).toBeGreaterThan(rising![0]!)
    expect(rising![0]!).toBeGreaterThan(0)
    expect(rising![4]).toBe(0)
  })

  it('knows nothing of what came after the moment of asking', () => {
    const early = scoresAt(DAY_MS)
    expect(early['arrivals@7d']!.slice(2)).toEqual([0, 0, 0])
    expect(early['rising@7d']![3]).toBe(0)
  })

  it('stays in a model as it stood at the end of its history', () => {
    const atEnd = scoresAt(10 * DAY_MS + 1)
    const learned = latelyLearned(learnLately(history)).map(({ names, score }) => {
      const scores = new Float64Array(history.catalogSize)
      score(pastOf([], [], 400 * DAY_MS), [scores])
      return [names[0]!, [...scores]]
    })
    expect(Object.fromEntries(learned)).toEqual(atEnd)
  })
})
