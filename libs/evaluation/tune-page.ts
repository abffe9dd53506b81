import type { ItemTexts } from '../learning/foretold-factors.ts'
import { gainOf } from '../learning/gain.ts'
import { countsBeside, mixtureGains } from '../learning/mixture.ts'
import type { Memory } from '../learning/model-sources.ts'
import type { Past, ScoreSource } from '../learning/past.ts'
import { decayedPopularity } from '../learning/sources/popularity.ts'
import { vectorSource } from '../learning/sources/vector-source.ts'
import { standardScores } from '../learning/standard-scores.ts'
import { choicesOf, type TimedChoice } from './choices.ts'
import type { Halves } from './sample-cases.ts'
import { type Knob, type KnobValues, type Search, type SearchOptions, searchKnobs } from './search-knobs.ts'
import type { Case, Period } from './split.ts'

/** Sources of a scenario that a history can be replayed through. */
export const pageSources = ['interests', 'item-item', 'trending'] as const
export type PageSource = (typeof pageSources)[number]

export interface PageOptions {
  /** Weights of the scenario; one that is 0 or absent stays out. */
  readonly sources: Readonly<Partial<Record<PageSource, number>>>
  readonly memory: Memory
  readonly trendingHalfLifeS: number
  readonly texts: ItemTexts
  readonly maskSeen: boolean
  /** 1 for items that are ranked at all; all are where it is left out. */
  readonly open?: Uint8Array | undefined
  /** What the learned model thinks of the catalog: the source `item-item`. */
  readonly learned: (past: Past) => Float64Array
}

/** Searches what each source and each timescale of a page is to count, and the half-lives, by what the sources together
 *  are worth on the validation. */
export function tunePage(
  validation: Period,
  { climbing, confirming }: Halves,
  options: PageOptions,
  search: Omit<SearchOptions, 'allows'>,
): Promise<Search> {
  const heard = heardOf(options)
  const start: KnobValues = {
    ...Object.fromEntries(heard.map((source) => [`sources.${source}`, options.sources[source]!])),
    ...(heard.includes('interests') && timescaleValues(options.memory)),
    ...(heard.includes('trending') && { TRENDING_HALF_LIFE: options.trendingHalfLifeS }),
  }
  const choicesWith = choicesOver(validation, climbing, heard, options)
  const interestsCount = interestsBeside(choicesWith(start), heard)
  const measureBy = (choices: typeof choicesWith) => {
    return (values: KnobValues): Float64Array => {
      const weights = heard.map((source) => {
        const weight = Number(values[`sources.${source}`])
        return [source, source === 'interests' ? weight * interestsCount : weight] as const
      })
      return mixtureGains(choices(values), heard, Object.fromEntries(weights))
    }
  }
  const knobs = Object.keys(start).map(knobOf)
  const confirm = measureBy(choicesOver(validation, confirming, heard, options))
  return searchKnobs(start, knobs, measureBy(choicesWith), confirm, { ...search, allows: () => true })
}

/** What interests count beside the learned model, as a scorer has it from the model's own trial. */
function interestsBeside(choices: readonly TimedChoice[], heard: readonly PageSource[]): number {
  const [interests, learned] = (['interests', 'item-item'] as const).map((source) => {
    return heard.includes(source) ? gainOf(choices, heard.indexOf(source), heard.length) : 0
  })
  return countsBeside(interests!, learned!)
}

function heardOf({ sources, texts }: PageOptions): PageSource[] {
  return pageSources.filter((source) => {
    if (source === 'interests' && texts.every((text) => text === undefined)) return false
    return (sources[source] ?? 0) > 0
  })
}

function timescaleValues({ timescales, timescaleWeights }: Memory): KnobValues {
  return Object.fromEntries([
    ...timescales.map(({ name }) => [`timescales.${name}`, timescaleWeights[name] ?? 0]),
    ...timescales.map(({ name, halfLifeMs }) => [`TIMESCALES.${name}`, halfLifeMs / 1_000]),
  ])
}

/** From a minute to ten years, seconds. */
const HALF_LIVES = { least: 60, most: 315_360_000 }

function knobOf(name: string): Knob {
  if (/^TIMESCALES|HALF_LIFE$/.test(name)) return { name, factors: [0.25, 4], ...HALF_LIVES, whole: true }
  return { name, factors: [0.25, 0.5, 2, 4], least: 0.001, most: 100, whole: false }
}

/** Choices under given half-lives and weights of timescales. What sources count changes nothing in them, so the last ones
 *  are kept. */
function choicesOver(
  { train }: Period,
  cases: readonly Case[],
  heard: readonly PageSource[],
  options: PageOptions,
): (values: KnobValues) => readonly TimedChoice[] {
  const learned = keptSource('item-item', options.learned)
  const sourceOf: Record<PageSource, (values: KnobValues) => ScoreSource> = {
    interests: (values) => interestsSource(values, options),
    'item-item': () => learned,
    trending: (values) => ({
      ...decayedPopularity(train, [Number(values.TRENDING_HALF_LIFE) * 1_000]),
      names: ['trending'],
    }),
  }
  let last: { readonly key: string; readonly choices: readonly TimedChoice[] } | undefined
  return (values) => {
    const key = JSON.stringify(Object.entries(values).filter(([name]) => !name.startsWith('sources.')))
    if (last?.key !== key) {
      const sources = heard.map((source) => sourceOf[source](values))
      const standard = standardScores(sources, train.catalogSize, () => true)
      const choices = choicesOf(cases, standard, train.catalogSize, options.maskSeen, options.open)
      last = { key, choices }
    }
    return last.choices
  }
}

/** The production taste alone. */
function interestsSource(values: KnobValues, { memory, texts }: PageOptions): ScoreSource {
  const { mostRemembered, timescales } = memory
  const source = vectorSource({
    space: 'text',
    vectors: texts,
    timescales: timescales.map(({ name }) => {
      return { name, halfLifeMs: Number(values[`TIMESCALES.${name}`]) * 1_000 }
    }),
    weights: {
      spaces: {},
      timescales: Object.fromEntries(
        timescales.map(({ name }) => [name, Number(values[`timescales.${name}`])]),
      ),
    },
    decays: [],
    mostRemembered,
  })
  return { ...source, names: ['interests'] }
}

/** A source whose scores no knob changes: float32 for each case, of which there are few enough for the tuning. */
function keptSource(name: string, scoresOf: (past: Past) => Float64Array): ScoreSource {
  const kept = new Map<Past, Float32Array>()
  return {
    names: [name],
    score(past, [scores]) {
      const known = kept.get(past) ?? Float32Array.from(scoresOf(past))
      kept.set(past, known)
      scores!.set(known)
    },
  }
}
