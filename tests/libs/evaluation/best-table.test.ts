import { describe, expect, it } from 'vitest'
import { bestTable } from '../../../libs/evaluation/best-table.ts'
import { splitBy } from '../../../libs/evaluation/split.ts'
import { defaultLearning } from '../../../libs/learning/learning-settings.ts'
import { tableSolver } from '../../../libs/learning/table-recipe.ts'
import { walks } from './walks.ts'

const kind = { decay: 2, counted: 'in-order' } as const
const memory = { mostRemembered: 50, mostSeen: 2_000, timescales: [], timescaleWeights: {} }

describe('the best table of a kind', () => {
  for (const catalogSize of [400, 3_200]) {
    it(`is solved for all of ${catalogSize} items, in one of the ways that were tried`, () => {
      const { train, cases } = splitBy('leave-one-out', walks(catalogSize)).validation
      const table = bestTable({ train, cases, learning: defaultLearning, memory, maskSeen: true }, kind)
      expect(defaultLearning.ridges).toContain(table.solving!.ridge)
      const ground = { sequences: train, neighbours: defaultLearning.neighbours }
      expect(table).toEqual({
        ...tableSolver(ground)({ ...kind, ...table.solving! }),
        solving: table.solving,
      })
    })
  }
})
