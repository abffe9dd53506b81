import type { FollowCounts } from '../learning/follow-counts.ts'
import { gainOf } from '../learning/gain.ts'
import { type ItemItemTable, solveTables } from '../learning/item-item.ts'
import { type LearningSettings, solvingsOf } from '../learning/learning-settings.ts'
import type { Memory } from '../learning/model-sources.ts'
import { tableSource } from '../learning/sources/table-source.ts'
import { standardScores } from '../learning/standard-scores.ts'
import { countsFor, type TableKind } from '../learning/table-recipe.ts'
import { choicesOf } from './choices.ts'
import type { History } from './history-data.ts'
import type { Case } from './split.ts'

/** What tables are learned from and tried on. Plain data: it can be posted to a thread. */
export interface TableTrial {
  readonly train: History
  readonly cases: readonly Case[]
  readonly learning: LearningSettings
  readonly memory: Memory
  readonly maskSeen: boolean
}

/** Of a larger catalog so many items, and those that the cases went on to, stand for all while ways of solving are tried. */
const MOST_TRIED = 3_000

/** Finds the table of one kind, solved in the way that ranks the validation best. */
export function tableFinder(trial: TableTrial): (kind: TableKind) => ItemItemTable {
  return (kind) => bestTable(trial, kind)
}

export function bestTable(trial: TableTrial, kind: TableKind): ItemItemTable {
  const { learning, maskSeen, memory, train } = trial
  const counts = countsFor(train, kind, learning.neighbours)
  const tried = triedOf(trial)
  const solvings = solvingsOf(learning)
  const tables = solveTables(onlyFor(counts, tried), solvings, kind.decay)
  const sources = tables.map((table, t) => tableSource(String(t), table, memory.mostRemembered))
  const standard = standardScores(sources, train.catalogSize, () => true)
  const choices = choicesOf(trial.cases, standard, train.catalogSize, maskSeen, tried)
  const gains = tables.map((_, t) => gainOf(choices, t, tables.length))
  const best = gains.indexOf(Math.max(...gains))
  return tried === undefined ? tables[best]! : solveTables(counts, [solvings[best]!], kind.decay)[0]!
}

/** 1 for items to try with; undefined for all of them. Items are numbered in an order drawn by lot, so the first ones are a
 *  fair sample; a target's column of a table is solved by itself, so the others need no solving. */
function triedOf({ train, cases }: TableTrial): Uint8Array | undefined {
  if (train.catalogSize <= MOST_TRIED) return undefined
  const tried = new Uint8Array(train.catalogSize).fill(1, 0, MOST_TRIED)
  for (const { targets } of cases) for (const target of targets) tried[target] = 1
  return tried
}

function onlyFor(counts: FollowCounts, tried: Uint8Array | undefined): FollowCounts {
  if (tried === undefined) return counts
  return {
    ...counts,
    sources: counts.sources.map((list, target) => (tried[target] === 1 ? list : list.subarray(0, 0))),
    strengths: counts.strengths.map((list, target) => (tried[target] === 1 ? list : list.subarray(0, 0))),
  }
}
