import { interestShape } from '../../libs/interest/interest-shape.ts'
import { emptyInterest, foldEvent } from '../../libs/interest/interest-state.ts'
import { defaultBounds } from '../../libs/interest/user-state.ts'
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

/** What each way of taking less space costs in order. */
export const precision: Benchmark = {
  name: 'precision',
  measures: 'part of the 10 best that stay when vectors of users are float16, or recalled, against float32',
  quickly: '2,000 items and 20 users instead of 20,000 and 200',
  async run(bench) {
    const [items, users] = bench.quick ? [2_000, 20] : [20_000, 200]
    const vectors = itemVectors(items)
    return Object.entries(HALF_LIFE_HOURS).flatMap(([name, hours]) => {
      const pages = Array.from({ length: users }, (_, user) => pagesOf(user, hours, vectors))
      return (['rounded', 'recalled'] as const).map((way) => {
        const overlaps = pages.map((page) => page[way].filter((itemId) => page.exact.includes(itemId)).length)
        const mean = overlaps.reduce((sum, overlap) => sum + overlap, 0) / (PAGE * users)
        // Long half-lives are not meant to be recalled: what that would cost is shown.
        const goal = way === 'rounded' ? ({ sense: 'at least', ratio: 0.99 } as const) : undefined
        return figureOf(`precision ${name} ${way}`, 'overlap@10', goal, [against('float32', mean, 1)])
      })
    })
  },
}

/** By a vector that was never rounded; by one that was at every event, as a tracker stores float16; and by one of the
 *  newest events alone, as they are remembered. */
function pagesOf(
  user: number,
  hours: number,
  vectors: readonly Float32Array[],
): Record<'exact' | 'rounded' | 'recalled', string[]> {
  const halfLifeMs = hours * 3_600_000
  const space = { name: 'text', dimension: DIMENSION, model: 'bench' }
  const shape = interestShape([space], [{ name: 'only', halfLifeMs }])
  const [exact, rounded, recalled] = [emptyInterest(shape), emptyInterest(shape), emptyInterest(shape)]
  const random = randomOf(user)
  const any = (count: number) => Math.floor(random() * count)
  const liked = Array.from({ length: THEMES }, () => any(100))
  let occurredAtMs = 1_700_000_000_000
  for (let n = 0; n < EVENTS; n++) {
    occurredAtMs += -Math.log(1 - random()) * 3_600_000
    const item = liked[any(THEMES)]! + 100 * any(vectors.length / 100)
    const event = { occurredAtMs, weight: random() < 0.7 ? 0.5 : 2 }
    const isRemembered = n >= EVENTS - defaultBounds.remembered
    const vector = new Map([['text', vectors[item]!]])
    for (const state of isRemembered ? [exact, rounded, recalled] : [exact, rounded])
      foldEvent(state, shape, event, vector)
    decodeFloat16Into(rounded.sums, encodeFloat16(rounded.sums), 'vec:text:only')
  }
  return {
    exact: pageOf(exact.sums, vectors),
    rounded: pageOf(rounded.sums, vectors),
    recalled: pageOf(recalled.sums, vectors),
  }
}

function pageOf(query: Float32Array, vectors: readonly Float32Array[]): string[] {
  const scored = vectors.map((vector, item) => ({ itemId: String(item), score: dot(query, vector) }))
  return scored
    .sort(bestFirst)
    .slice(0, PAGE)
    .map(({ itemId }) => itemId)
}
