import { describe, expect, it, vi } from 'vitest'
import type { Dataset } from '../../../libs/evaluation/history-data.ts'
import { type TuneOptions, tune } from '../../../libs/evaluation/tune.ts'
import { defaultLearning } from '../../../libs/learning/learning-settings.ts'
import { genreVectors, wanderers } from './sample-history.ts'

// Every step fits a whole model.
vi.setConfig({ testTimeout: 120_000 })

const HOUR_MS = 3_600_000

function tuned(dataset: Dataset, options: Partial<TuneOptions> = {}) {
  return tune(dataset, {
    split: 'leave-one-out',
    seed: 1,
    texts: genreVectors(dataset),
    memory: {
      mostRemembered: 20,
      mostSeen: 2_000,
      timescales: [
        { name: 'session', halfLifeMs: HOUR_MS / 2 },
        { name: 'lasting', halfLifeMs: 720 * HOUR_MS },
      ],
      timescaleWeights: { session: 0.5, lasting: 0.5 },
    },
    learning: { ...defaultLearning, decays: [40], neighbours: 40, dimension: 8 },
    sources: { interests: 4, 'item-item': 0.1, trending: 0.5, neighbors: 1 } as TuneOptions['sources'],
    trendingHalfLifeS: 86_400,
    rounds: 1,
    goesOn: () => true,
    onProgress: () => {},
    ...options,
  })
}

describe('tuning', () => {
  it('turns knobs that stand badly, and names those of sources that a history can say nothing about not at all', async () => {
    const { cases, learning, learned, page } = await tuned(wanderers(1, 60))
    expect(cases).toBe(240)
    expect(learned.values).toEqual({ ...learning, REMEMBERED_EVENTS: 20 })
    const names = page.worths.map(({ name }) => name)
    expect(names).toContain('sources.item-item')
    expect(names).not.toContain('sources.neighbors')
    const changed = page.worths.filter(({ before, after }) => before !== after)
    expect(changed.length).toBeGreaterThan(0)
    const sum = (gains: Float64Array) => gains.reduce((all, gain) => all + gain, 0)
    expect(sum(page.gains)).toBeGreaterThan(sum(page.gainsBefore))
  })

  it('never looks at the test, and finds the same again', async () => {
    const dataset = wanderers(1, 30)
    const { starts, items } = dataset.history
    const last = starts.slice(1).map((end) => end - 1)
    const elsewhere = items.slice()
    last.forEach((place, user) => {
      elsewhere[place] = items[last[(user + 1) % last.length]!]!
    })
    const changed = { ...dataset, history: { ...dataset.history, items: elsewhere } }
    expect(await tuned(changed)).toEqual(await tuned(dataset))
  })

  it('is refused before it begins where only one half of the users is asked', async () => {
    const onProgress = vi.fn()
    await expect(tuned(wanderers(1, 1), { onProgress })).rejects.toMatchObject({
      code: 'HL_DATA',
      message: expect.stringMatching(/leaves 4 cases of one half .* and 0 of the other .*; give more users/),
    })
    expect(onProgress).not.toHaveBeenCalled()
  })

  it('leaves half-lives and weights of timescales alone where no text can speak for them', async () => {
    const dataset = wanderers(1, 20)
    const { page } = await tuned(dataset, { texts: dataset.texts.map(() => undefined), goesOn: () => false })
    expect(page.worths.map(({ name }) => name)).toEqual([
      'sources.item-item',
      'sources.trending',
      'TRENDING_HALF_LIFE',
    ])
  })
})
