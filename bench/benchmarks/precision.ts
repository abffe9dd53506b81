import { interestShape } from '../../libs/interest/interest-shape.ts'
import { emptyInterest, foldEvent } from '../../libs/interest/interest-state.ts'
import { dot } from '../../libs/interest/vector.ts'
import { bestFirst } from '../../libs/ranking/rank.ts'
import { decodeFloat16Into, encodeFloat16 } from '../../libs/store/float16-codec.ts'
import type { Benchmark } from '../benchmark.ts'
import { against, figureOf } from '../figure.ts'
import { DIMENSION, itemVectors } from '../stored-world.ts'
import { randomOf } from '../workload.ts'

const PAGE = 10
const EVENTS = 200
const THEMES = 4
const HALF_LIFE_HOURS = { session: 0.5, recent: 24, lasting: 720 }

/** What float16 costs in order: a user's vector that is rounded at every event, as a tracker stores it, against one that
 *  never is. */
export const precision: Benchmark = {
  name: 'precision',
  measures: 'part of the 10 best that stay when users have vectors of float16, against float32',
  quickly: '2,000 items and 20 users instead of 20,000 and 200',
  async run(bench) {
    const [items, users] = bench.quick ? [2_000, 20] : [20_000, 200]
    const vectors = itemVectors(items)
    return Object.entries(HALF_LIFE_HOURS).map(([name, hours]) => {
      const overlaps = Array.from({ length: users }, (_, user) => overlapOf(user, hours, vectors))
      const mean = overlaps.reduce((sum, overlap) => sum + overlap, 0) / users
      const runs = [against('float32', mean, 1)]
      return figureOf(`precision ${name}`, 'overlap@10', { sense: 'at least', ratio: 0.99 }, runs)
    })
  },
}

function overlapOf(user: number, hours: number, vectors: readonly Float32Array[]): number {
  const halfLifeMs = hours * 3_600_000
  const space = { name: 'text', dimension: DIMENSION, model: 'bench' }
  const shape = interestShape([space], [{ name: 'only', halfLifeMs }])
  const [exact, rounded] = [emptyInterest(shape), emptyInterest(shape)]
  const random = randomOf(user)
  const any = (count: number) => Math.floor(random() * count)
  const liked = Array.from({ length: THEMES }, () => any(100))
  let occurredAtMs = 1_700_000_000_000
  for (let n = 0; n < EVENTS; n++) {
    occurredAtMs += -Math.log(1 - random()) * 3_600_000
    const item = liked[any(THEMES)]! + 100 * any(vectors.length / 100)
    const event = { occurredAtMs, weight: random() < 0.7 ? 0.5 : 2 }
    for (const state of [exact, rounded]) foldEvent(state, shape, event, new Map([['text', vectors[item]!]]))
    decodeFloat16Into(rounded.sums, encodeFloat16(rounded.sums), 'vec:text:only')
  }
  const best = new Set(pageOf(exact.sums, vectors))
  return pageOf(rounded.sums, vectors).filter((itemId) => best.has(itemId)).length / PAGE
}

function pageOf(query: Float32Array, vectors: readonly Float32Array[]): string[] {
  const scored = vectors.map((vector, item) => ({ itemId: String(item), score: dot(query, vector) }))
  return scored
    .sort(bestFirst)
    .slice(0, PAGE)
    .map(({ itemId }) => itemId)
}
