import { describe, expect, it } from 'vitest'
import { bestTable } from '../../../libs/evaluation/best-table.ts'
import type { History } from '../../../libs/evaluation/history-data.ts'
import { splitBy } from '../../../libs/evaluation/split.ts'
import { defaultLearning } from '../../../libs/learning/learning-settings.ts'
import { tableOf } from '../../../libs/learning/table-recipe.ts'

const kind = { decay: 2, counted: 'in-order' } as const
const memory = { mostRemembered: 50, timescales: [], timescaleWeights: {} }

/** Users walk along the numbers, so that what follows is plain. */
function walks(catalogSize: number): History {
  const users = 60
  const steps = 6
  const step = Math.floor(catalogSize / 40)
  const events = Array.from({ length: users * steps }, (_, e) => e)
  return {
    starts: Int32Array.from({ length: users + 1 }, (_, u) => u * steps),
    items: Int32Array.from(events, (e) => (step * (Math.floor(e / steps) + (e % steps))) % catalogSize),
    times: Float64Array.from(events, (e) => e * 1_000),
    weights: new Float32Array(events.length).fill(1),
    catalogSize,
  }
}

describe('the best table of a kind', () => {
  for (const catalogSize of [400, 3_200]) {
    it(`is solved for all of ${catalogSize} items, in one of the ways that were tried`, () => {
      const { train, cases } = splitBy('leave-one-out', walks(catalogSize)).validation
      const table = bestTable({ train, cases, learning: defaultLearning, memory, maskSeen: true }, kind)
      expect(defaultLearning.ridges).toContain(table.solving!.ridge)
      const ground = { sequences: train, neighbours: defaultLearning.neighbours }
      expect(table).toEqual({
        ...tableOf(ground, { ...kind, ...table.solving! }),
        solving: table.solving,
      })
    })
  }
})
