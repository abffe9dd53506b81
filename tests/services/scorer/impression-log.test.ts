import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { decodeImpression } from '../../../libs/event/impression.ts'
import { emptyUser } from '../../../libs/interest/user-state.ts'
import type { NewRecord } from '../../../libs/log/event-log.ts'
import { impressionLog } from '../../../services/scorer/impression-log.ts'
import type { Question } from '../../../services/scorer/question.ts'
import type { Ranking } from '../../../services/scorer/recommender.ts'
import type { ScorerTelemetry } from '../../../services/scorer/scorer-telemetry.ts'
import { shapeOf } from './small-catalog.ts'
import { NOW, smallScorer } from './small-scorer.ts'
import { catalog, clicks } from './topics.ts'

const MOST_WAITING = 1_000
const ANN = { kind: 'user', userId: 'ann' } as const

/** A log of impressions that says what it appends to, and the ranking of a question. */
async function surroundings(sampled = 1) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const appends: { records: readonly NewRecord[]; take: () => void; refuse: () => void }[] = []
  const append = (_: string, records: readonly NewRecord[]) =>
    new Promise<void>((resolve, reject) => {
      appends.push({ records, take: resolve, refuse: () => reject(new Error('the log is away')) })
    })
  const said = { logged: 0, failed: 0, crowded: 0 }
  const say = {
    impressionsLogged(pages) {
      said.logged += pages
    },
    impressionsLost({ reason, pages }) {
      said[reason] += pages
    },
  } satisfies Partial<ScorerTelemetry> as unknown as ScorerTelemetry
  const log = impressionLog({ log: { append }, topic: 'impressions', say })
  const scenarios = { home: { impressions: { sampled } } }
  const scorer = await smallScorer({ catalog, scenarios, users: { ann: clicks('space', 1) } })
  const pageFor = (question: Partial<Question> = {}): Promise<Ranking> =>
    scorer.rank({ limit: 2, ...question })
  return { log, appends, said, pageFor }
}

const impressionOf = (record: NewRecord) =>
  decodeImpression({ key: Buffer.from(record.key), value: record.value, headers: {}, timestampMs: NOW })

describe('what was shown', () => {
  it('is written down with whom it was shown to, at its places, and what speaks for it', async () => {
    const { log, appends, pageFor } = await surroundings()
    const page = await pageFor()
    log.note(page, {})
    await vi.runAllTimersAsync()
    const [record] = appends[0]!.records
    expect(record!.key).toBe('ann')
    const [first, second] = page.draft.page.map(({ candidate }) => candidate.itemId)
    expect(impressionOf(record!)).toEqual({
      ...{ recommendationId: 'r1', userId: 'ann', scenario: 'home', sampled: 1 },
      shownAt: new Date(NOW).toISOString(),
      items: [
        { itemId: first, position: 1, source: 'interests' },
        { itemId: second, position: 2, source: 'interests' },
      ],
    })
  })

  it.each([
    ['a history of their own', { who: { kind: 'state', state: emptyUser(shapeOf(4)) } }],
    [
      'a vector',
      { who: { kind: 'nobody' }, about: { vector: { space: 'text', vector: Float32Array.of(1, 0, 0, 0) } } },
    ],
  ] as const)('is written down nowhere for somebody who asks with %s', async (_, question) => {
    const { log, appends, pageFor } = await surroundings()
    log.note(await pageFor(question), {})
    await log.close()
    expect(appends).toEqual([])
  })

  it('is written down of that part of the answers which the scenario says', async () => {
    const { log, appends, pageFor } = await surroundings(0.25)
    const { inquiry, draft } = await pageFor()
    for (let n = 0; n < 400; n++) {
      const question = { ...inquiry.question, recommendationId: `r${n}` }
      log.note({ inquiry: { ...inquiry, question }, draft }, {})
    }
    await vi.runAllTimersAsync()
    const records = appends.flatMap((each) => each.records)
    expect(records.length).toBeGreaterThan(70)
    expect(records.length).toBeLessThan(130)
    expect(impressionOf(records[0]!).sampled).toBe(0.25)
  })
})

describe('the log of what was shown', () => {
  it('takes the pages of a moment in one append, and at its close those that were noted just before', async () => {
    const { log, appends, said, pageFor } = await surroundings()
    const page = await pageFor({ who: ANN })
    for (let n = 0; n < 3; n++) log.note(page, {})
    await vi.runAllTimersAsync()
    log.note(page, {})
    const closed = log.close()
    expect(appends.map(({ records }) => records.length)).toEqual([3, 1])
    for (const { take } of appends) take()
    await closed
    await vi.runAllTimersAsync()
    expect([appends.length, said]).toEqual([2, { logged: 4, failed: 0, crowded: 0 }])
  })

  it('drops pages while as many wait as may, counts them, and has room again once it failed', async () => {
    const { log, appends, said, pageFor } = await surroundings()
    const page = await pageFor()
    for (let n = 0; n < MOST_WAITING - 1; n++) log.note(page, {})
    await vi.runAllTimersAsync()
    for (let n = 0; n < 3; n++) log.note(page, {})
    expect(said).toEqual({ logged: 0, failed: 0, crowded: 2 })
    appends[0]!.refuse()
    await vi.runAllTimersAsync()
    expect(said).toEqual({ logged: 0, failed: MOST_WAITING - 1, crowded: 2 })
    log.note(page, {})
    expect(said.crowded).toBe(2)
  })
})
