import { describe, expect, it, vi } from 'vitest'
import { type EvaluateOptions, evaluate } from '../../../libs/evaluation/evaluate.ts'
import type { Dataset } from '../../../libs/evaluation/history-data.ts'
import type { MethodResult } from '../../../libs/evaluation/measure.ts'
import { methodNames } from '../../../libs/evaluation/method.ts'
import { defaultLearning } from '../../../libs/learning/learning-settings.ts'
import { datasetOf, genreVectors, wanderers } from './sample-history.ts'

// Tuning eight methods is seconds of work, more on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const HOUR_MS = 3_600_000
const memory = {
  mostRemembered: 50,
  mostSeen: 2_000,
  timescaleWeights: { session: 0.5, recent: 0.3, lasting: 0.2 },
  timescales: [
    { name: 'session', halfLifeMs: HOUR_MS / 2 },
    { name: 'recent', halfLifeMs: 24 * HOUR_MS },
    { name: 'lasting', halfLifeMs: 720 * HOUR_MS },
  ],
}

function evaluated(dataset: Dataset, options: Partial<EvaluateOptions> = {}) {
  return evaluate(dataset, {
    split: 'leave-one-out',
    seed: 1,
    texts: genreVectors(dataset),
    memory,
    learning: defaultLearning,
    methods: methodNames,
    without: [],
    mostCases: 1_000,
    onProgress: () => {},
    ...options,
  })
}

function of(methods: readonly MethodResult[], name: string): Readonly<Record<string, number>> {
  return methods.find((method) => method.name === name)!.subsets.all
}

describe('evaluating', () => {
  it('finds the blend far above popularity where people wander from item to item', async () => {
    const { methods } = await evaluated(wanderers(1, 80))
    expect(methods.map(({ name }) => name)).toEqual(methodNames)
    expect(of(methods, 'blend')['hr@10']).toBeGreaterThan(2 * of(methods, 'popularity')['hr@10']!)
    const { mean, low } = methods.find(({ name }) => name === 'blend')!.differences.subsets.all['ndcg@10']!
    expect(mean).toBeGreaterThanOrEqual(low)
  })

  it('finds new items by their text: far above popularity and chance, and worse without text', async () => {
    const dataset = wanderers(2, 80)
    const { methods, protocol } = await evaluated(dataset, { split: 'cold-items' })
    const blind = await evaluated(dataset, { split: 'cold-items', without: ['text'] })
    const blend = of(methods, 'blend')['hr@10']!
    expect(blend).toBeGreaterThan(2 * of(methods, 'popularity')['hr@10']!)
    expect(blend).toBeGreaterThan(2 * protocol.chance['hr@10']!)
    expect(of(blind.methods, 'blend')['hr@10']).toBeLessThan(blend)
  })

  it('leaves out what is switched off, and asks only the methods wanted', async () => {
    const { methods, protocol } = await evaluated(wanderers(1, 40), {
      without: ['text', 'behavior'],
      methods: ['text', 'blend'],
    })
    expect(methods.map(({ name }) => name)).toEqual(['blend'])
    expect(Object.keys(methods[0]!.weights).some((name) => /^(text|behavior)@/.test(name))).toBe(false)
    expect(protocol.without).toEqual(['text', 'behavior'])
  })

  it('gives the same figures for the same seed, and asks another sample for another seed', async () => {
    const dataset = wanderers(1, 40)
    const once = await evaluated(dataset, { mostCases: 20 })
    const again = await evaluated(dataset, { mostCases: 20 })
    expect(JSON.stringify(again.methods)).toBe(JSON.stringify(once.methods))
    expect([once.protocol.testCases, once.protocol.testCasesBeforeSampling]).toEqual([20, 40])
    const other = await evaluated(dataset, { mostCases: 20, seed: 2 })
    expect(other.cases.map(({ user }) => user)).not.toEqual(once.cases.map(({ user }) => user))
  })

  it('says when nothing of the methods wanted can be had', async () => {
    const dataset = wanderers(1, 20)
    await expect(evaluated(dataset, { methods: ['text'], without: ['text'] })).rejects.toThrow(
      /nothing is left to rank by of text, without text/,
    )
  })

  it('says when a split leaves nothing to ask', async () => {
    const single = datasetOf([{ userId: 'ann', itemId: 'a', occurredAtMs: 1, weight: 1 }])
    await expect(evaluated(single)).rejects.toThrow(/leaves no user to ask/)
  })
})
