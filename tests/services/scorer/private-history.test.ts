import { describe, expect, it } from 'vitest'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { recallVectors } from '../../../libs/interest/recall-vectors.ts'
import { defaultBounds } from '../../../libs/interest/user-state.ts'
import { privateHistory } from '../../../services/scorer/private-history.ts'
import { catalog } from './topics.ts'

const NOW = Date.UTC(2026, 0, 1)
const MINUTE = 60_000

describe('a history that a device keeps to itself', () => {
  it('leaves what is read of a stored user, also where a timescale is recalled and much was done', () => {
    const session = { name: 'session', halfLifeMs: 30 * MINUTE, recalled: true }
    const shape = interestShape([{ name: 'text', dimension: 4, model: 'm' }], [session])
    const bounds = { ...defaultBounds, remembered: 5 }
    const { stateOf } = privateHistory({
      catalog,
      shape,
      bounds,
      weights: defaultEventWeights,
      now: () => NOW,
    })
    const state = stateOf(
      Array.from({ length: 12 }, (_, n) => ({
        type: 'click',
        itemId: `space-${n}`,
        occurredAt: new Date(NOW - (20 - n) * MINUTE).toISOString(),
      })),
    )
    const read = state.interest.sums.slice()
    state.interest.sums.fill(0)
    recallVectors(state, shape, catalog.vectorsOf)
    expect(state.remembered.events).toHaveLength(5)
    expect(read).toEqual(state.interest.sums)
  })
})
