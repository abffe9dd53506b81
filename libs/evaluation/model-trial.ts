import type { ItemTexts } from '../learning/foretold-factors.ts'
import { renumbered } from '../learning/had-items.ts'
import type { Memory } from '../learning/model-sources.ts'
import type { Past } from '../learning/past.ts'
import { learnedItems, learnedScores, type ServedModel } from '../learning/served-model.ts'
import { vectorSource } from '../learning/sources/vector-source.ts'
import { accuracyMeasures, accuracyOf } from './accuracy.ts'
import { densePreference } from './dense-preference.ts'
import { PAGE, rankedCase } from './ranked.ts'
import type { Case } from './split.ts'

const NDCG = accuracyMeasures.indexOf('ndcg@10')

export interface TrialOptions {
  /** Names of the item numbers in the cases. */
  readonly itemIds: readonly string[]
  readonly memory: Memory
  readonly maskSeen: boolean
}

/** Mean NDCG@10 of what a model by itself ranks first. A model that was learned from another history has other items:
 *  those that it does not know it neither reads in a past nor ranks.
 *  @param cases at least one */
export function trialOf(served: ServedModel, cases: readonly Case[], options: TrialOptions): number {
  const { itemIds, maskSeen, memory } = options
  const own = ownNumbers(served, itemIds)
  const theirs = new Int32Array(served.itemIds.length).fill(-1)
  own.forEach((number, item) => {
    if (number !== -1) theirs[number] = item
  })
  const learnedWith = learnedItems(served)
  const heard = own.map((number) => (number < learnedWith ? number : -1))
  const scoresOf = learnedScores(served, memory)
  return meanNdcg(cases, (asked) => {
    const past = knownPast(asked, heard)
    const page = past === undefined ? [] : pageOf(scoresOf(past).scores, past, maskSeen)
    return page.map((number) => theirs[number]!)
  })
}

/** The same of what is like the user's interest by its text, as the source `interests` ranks it.
 *  @param texts by item number @returns undefined where there are none */
export function interestsTrial(
  texts: ItemTexts,
  cases: readonly Case[],
  { maskSeen, memory }: Omit<TrialOptions, 'itemIds'>,
): number | undefined {
  if (texts.every((text) => text === undefined)) return undefined
  const { mostRemembered, timescales, timescaleWeights } = memory
  const weights = { spaces: {}, timescales: timescaleWeights }
  const taste = vectorSource({
    space: 'text',
    vectors: texts,
    timescales,
    weights,
    decays: [],
    mostRemembered,
  })
  const scores = new Float64Array(texts.length)
  return meanNdcg(cases, (asked) => {
    taste.score(asked, [scores])
    return pageOf(scores, asked, maskSeen)
  })
}

function meanNdcg(cases: readonly Case[], pageFor: (asked: Case) => readonly number[]): number {
  let sum = 0
  for (const asked of cases) {
    sum += accuracyOf(rankedCase(asked, Int32Array.from(pageFor(asked))).ranks)[NDCG]!
  }
  return sum / cases.length
}

/** For each item of a history its number in a model, −1 for those that it does not know. */
export function ownNumbers(served: ServedModel, itemIds: readonly string[]): number[] {
  const numbers = new Map(served.itemIds.map((itemId, number) => [itemId, number]))
  return itemIds.map((itemId) => numbers.get(itemId) ?? -1)
}

/** The past in a model's own numbers, without the items that it does not know; undefined when it knows none. */
export function knownPast(
  { items, times, weights, nowMs, had }: Past,
  own: readonly number[],
): Past | undefined {
  const known = [...items.keys()].filter((p) => own[items[p]!] !== -1)
  if (known.length === 0) return undefined
  return {
    items: Int32Array.from(known, (p) => own[items[p]!]!),
    times: Float64Array.from(known, (p) => times[p]!),
    weights: Float32Array.from(known, (p) => weights[p]!),
    nowMs,
    had: renumbered(had, (item) => (own[item] === -1 ? undefined : own[item])),
  }
}

function pageOf(scores: Float64Array, { items }: Past, maskSeen: boolean): number[] {
  const seen = new Set(maskSeen ? items : [])
  const best = densePreference(scores).best(PAGE, (itemId) => !seen.has(Number(itemId)))
  return best.map(({ itemId }) => Number(itemId))
}
