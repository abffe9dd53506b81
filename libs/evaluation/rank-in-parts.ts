import { inThreads } from '../learning/in-threads.ts'
import { partOf } from '../learning/mixture.ts'
import { standardScores } from '../learning/standard-scores.ts'
import type { Method, PartName } from './method.ts'
import { rankCases } from './rank-cases.ts'
import type { Ranked } from './ranked.ts'
import { type Ground, sourcesOf } from './sources.ts'
import type { Case } from './split.ts'

/** What is to be ranked, and with what. Plain data: it can be posted to a thread. */
export interface RankingGround extends Ground {
  /** In the order of their time. */
  readonly cases: readonly Case[]
  readonly methods: readonly Method[]
  /** Parts that are switched off. */
  readonly without: readonly PartName[]
}

/** Cases from … to − 1. */
interface Part {
  readonly from: number
  readonly to: number
}

const CASES_OF_A_PART = 50

/** All cases by all methods, a part of them after another in as many threads as there are.
 *  @param onRanked how many cases there are so far
 *  @returns by method, in the order of the cases */
export async function rankInParts(
  ground: RankingGround,
  onRanked: (done: number) => void,
): Promise<Ranked[][]> {
  const { cases, methods, train } = ground
  const parts = Array.from({ length: Math.ceil(cases.length / CASES_OF_A_PART) }, (_, p) => ({
    from: p * CASES_OF_A_PART,
    to: Math.min(cases.length, (p + 1) * CASES_OF_A_PART),
  }))
  let done = 0
  const ranked = await inThreads(
    { begin: partRanker, module: './rank-thread', beside: import.meta.url },
    ground,
    parts,
    {
      events: train.items.length,
      onDone: ({ from, to }) => {
        done += to - from
        onRanked(done)
      },
    },
  )
  return methods.map((_, m) => ranked.flatMap((part) => part[m]!))
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

/** Whether a component is of none of these parts. */
export function wantedBut(without: readonly PartName[]): (component: string) => boolean {
  return (component) => !without.some((part) => part === partOf(component))
}
