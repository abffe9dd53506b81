import { expect, it } from 'vitest'
import { occurrencesIn } from '../../../libs/learning/sequences.ts'
import { popularityOf } from '../../../libs/learning/sources/popularity.ts'
import { sessionKnn } from '../../../libs/learning/sources/session-knn.ts'
import { END, trailsOf } from '../../../libs/learning/trails.ts'
import { pastOf } from './sample-past.ts'
import { sequencesOf } from './sample-sequences.ts'

const CATALOG = 30

function sourceOf(histories: readonly (readonly number[])[], catalogSize = CATALOG) {
  const sequences = sequencesOf(histories, catalogSize)
  const trails = trailsOf(sequences, occurrencesIn(sequences, 1_000))
  const source = sessionKnn(trails, popularityOf(sequences))
  const scoresOf = (items: readonly number[]): Float64Array => {
    const scores = new Float64Array(catalogSize).fill(7)
    source.score(pastOf(items, [...items.keys()], items.length), [scores])
    return scores
  }
  return { trails, source, scoresOf }
}

it('sees that two items together lead where neither does alone', () => {
  // 0 then 1 leads to 2; each of them by itself leads as often to 3 as to 2.
  const { scoresOf } = sourceOf([
    [0, 1, 2],
    [0, 1, 2],
    [0, 9, 3],
    [0, 9, 3],
    [8, 1, 3],
    [8, 1, 3],
  ])
  const [both, first, second] = [scoresOf([0, 1]), scoresOf([0]), scoresOf([1])]
  expect(both[2]! / both[3]!).toBeGreaterThan(1.3 * Math.max(first[2]! / first[3]!, second[2]! / second[3]!))
})

it('looks for what comes after more than for what came before, and not into other histories', () => {
  const { scoresOf } = sourceOf([
    [4, 5, 6],
    [7, 8],
  ])
  const scores = scoresOf([5])
  expect(scores[6]).toBeGreaterThan(scores[4]!)
  expect(scores[4]).toBeGreaterThan(0)
  expect([scores[5], scores[7], scores[8]]).toEqual([0, 0, 0])
})

it('keeps all histories apart, and of each item its newest places', () => {
  const long = Array.from({ length: 700 }, (_, step) => step % 2)
  const { trails } = sourceOf([[3, 4], long, [5]])
  expect([...trails.items]).toEqual([3, 4, END, ...long, END, 5, END])
  const placesOf = (item: number) => [...trails.places.subarray(trails.starts[item], trails.starts[item + 1])]
  expect(placesOf(4)).toEqual([1])
  expect(placesOf(5)).toEqual([704])
  expect(placesOf(0)).toHaveLength(350)
  const longer = sourceOf([Array.from({ length: 1_400 }, (_, step) => step % 2)]).trails
  expect(longer.starts[1]).toBe(500)
  expect(longer.places[0]).toBe(400)
})
