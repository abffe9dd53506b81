import type { MixtureWeights } from '../learning/mixture.ts'
import { isAfterPause } from '../learning/past.ts'
import type { StandardScores } from '../learning/standard-scores.ts'
import { blend, type Voice } from '../ranking/blend.ts'
import { rank } from '../ranking/rank.ts'
import { densePreference } from './dense-preference.ts'
import type { Method } from './method.ts'
import { PAGE, type Ranked, rankedCase } from './ranked.ts'
import type { Case } from './split.ts'

/** What each component proposes of the whole catalog, as a source does in the scorer. */
export const PROPOSALS = 100

/** Ranks every case with every method, in the way in which the scorer answers: each component proposes its best items,
 *  the union of the proposals is blended and ranked by libs/ranking. Components are scored once and shared by the
 *  methods.
 *  @param cases in the order of their time: decayed counts then need one pass
 *  @returns by method, in the order of the cases */
export function rankCases(
  cases: readonly Case[],
  methods: readonly Method[],
  standard: Pick<StandardScores, 'names' | 'of'>,
  maskSeen: boolean,
): Ranked[][] {
  const ranked: Ranked[][] = methods.map(() => [])
  for (const asked of cases) {
    const sources = heard(asked, standard, maskSeen)
    const paused = isAfterPause(asked)
    for (const [m, { weights, weightsAfterPause = weights }] of methods.entries()) {
      const page = pageOf(voicesOf(sources, paused ? weightsAfterPause : weights))
      ranked[m]!.push(rankedCase(asked, page))
    }
  }
  return ranked
}

type Source = Omit<Voice<string>, 'weight'>

/** What every component thinks of the catalog, and proposes of it, for one case. */
function heard(asked: Case, standard: Pick<StandardScores, 'names' | 'of'>, maskSeen: boolean): Source[] {
  const seen = new Set(maskSeen ? asked.items : [])
  const admits = (itemId: string): boolean => !seen.has(Number(itemId))
  return standard.of(asked).map((scores, c) => {
    const preference = densePreference(scores)
    return { source: standard.names[c]!, preference, proposed: preference.best(PROPOSALS, admits) }
  })
}

function voicesOf(sources: readonly Source[], weights: MixtureWeights): Voice<string>[] {
  return sources
    .map((source) => ({ ...source, weight: weights[source.source] ?? 0 }))
    .filter(({ weight }) => weight !== 0)
}

function pageOf(voices: readonly Voice<string>[]): Int32Array {
  const itemIds = new Set(voices.flatMap(({ proposed }) => proposed.map(({ itemId }) => itemId)))
  const page = rank(blend(voices, itemIds), () => true, PAGE)
  return Int32Array.from(page, ({ itemId }) => Number(itemId))
}
