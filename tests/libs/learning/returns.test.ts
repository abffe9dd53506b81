import { describe, expect, it } from 'vitest'
import { hadItems } from '../../../libs/learning/had-items.ts'
import { chanceOfReturn, learnReturns, pauseOf } from '../../../libs/learning/returns.ts'
import type { TimedSequences } from '../../../libs/learning/sequences.ts'
import { ownItems } from '../../../libs/learning/sources/own-items.ts'
import { pastOf } from './sample-past.ts'

const DAY_MS = 86_400_000
const [MILK, SALT] = [0, 1]
const ITEMS = 40

/** Baskets a week apart: milk in each, salt in the first only, and two things that are never bought again. */
function shoppers(): TimedSequences {
  const [items, times, starts]: [number[], number[], number[]] = [[], [], [0]]
  for (let user = 0; user < 30; user++) {
    for (let week = 0; week < 8; week++) {
      const basket = [MILK, 2 + ((user + week * 2) % 38), 2 + ((user + week * 2 + 1) % 38)]
      if (week === 0) basket.push(SALT)
      for (const item of basket) {
        items.push(item)
        times.push((week * 7 + user / 100) * DAY_MS)
      }
    }
    starts.push(items.length)
  }
  return {
    starts: Int32Array.from(starts),
    items: Int32Array.from(items),
    times: Float64Array.from(times),
    catalogSize: ITEMS,
  }
}
const returns = learnReturns(shoppers())
const scoresOf = (past: ReturnType<typeof pastOf>, mostSeen = 100) => {
  const [chances, odds] = [new Float64Array(ITEMS), new Float64Array(ITEMS)]
  ownItems(returns, mostSeen).score(past, [chances, odds])
  return { chances, odds }
}

describe('returns', () => {
  it('tell what is wanted again from what is not', () => {
    const week = pauseOf(7 * DAY_MS, 0)
    const [milk, salt] = [MILK, SALT].map((item) => chanceOfReturn(returns, item, 1, week))
    expect(milk).toBeGreaterThan(1.2 * salt!)
  })

  it('are likelier for what was had more often', () => {
    const week = pauseOf(7 * DAY_MS, 0)
    expect(chanceOfReturn(returns, 5, 6, week)).toBeGreaterThan(2 * chanceOfReturn(returns, 5, 1, week))
  })

  it('do not happen within a basket: what was had this very moment counts less than what is new', () => {
    const { chances, odds } = scoresOf(pastOf([MILK, 9], [0, 7 * DAY_MS], 7 * DAY_MS))
    expect(chances[MILK]).toBeGreaterThan(10 * chances[9]!)
    expect(odds[MILK]).toBeGreaterThan(0)
    expect(odds[9]).toBeLessThan(0)
    expect(odds[20]).toBe(0)
  })

  it('count no more of a past than what a state keeps as seen', () => {
    const { chances } = scoresOf(pastOf([MILK, 9, 8], [0, 1, 2], 7 * DAY_MS), 2)
    expect([MILK, 8, 9].map((item) => chances[item]! > 0)).toEqual([false, true, true])
  })
})

it('what was had stands last had first, once, with how often, as a state keeps it', () => {
  const often = Array.from({ length: 40 }, () => 7)
  const items = Int32Array.from([...often, 3, 4, 3])
  const had = hadItems(
    items,
    Float64Array.from(items.keys(), (at) => at * 1_000 + 999),
  )
  expect([...had.items]).toEqual([3, 4, 7])
  expect([...had.lastSeconds]).toEqual([42, 41, 39])
  expect([...had.times]).toEqual([2, 1, 31])
})
