import { standardScores } from '../learning/standard-scores.ts'
import { type AskedGround, inParts, type Part } from './in-parts.ts'
import { type Method, type PartName, wantedBut } from './method.ts'
import { rankCases } from './rank-cases.ts'
import type { Ranked } from './ranked.ts'
import { sourcesOf } from './sources.ts'

/** What is to be ranked, and with what; the cases in the order of their time. */
export interface RankingGround extends AskedGround {
  readonly methods: readonly Method[]
  /** Parts that are switched off. */
  readonly without: readonly PartName[]
}

/** All cases by all methods.
 *  @param onRanked how many cases there are so far
 *  @returns by method, in the order of the cases */
export async function rankInParts(
  ground: RankingGround,
  onRanked: (done: number) => void,
): Promise<Ranked[][]> {
  const work = { begin: partRanker, module: './rank-thread', beside: import.meta.url }
  const ranked = await inParts(work, ground, onRanked)
  return ground.methods.map((_, m) => ranked.flatMap((part) => part[m]!))
}

/** Parts are ranked alike whichever came before. */
export function partRanker(ground: RankingGround): (part: Part) => Ranked[][] {
  const { cases, methods, repeats, train } = ground
  const used = new Set(
    methods.flatMap(({ weights, weightsAfterPause }) => Object.keys({ ...weights, ...weightsAfterPause })),
  )
  const wanted = wantedBut(ground.without)
  const standard = standardScores(
    sourcesOf(ground),
    train.catalogSize,
    (name) => wanted(name) && used.has(name),
  )
  return ({ from, to }) => rankCases(cases.slice(from, to), methods, standard, !repeats)
}
