import type { FollowCounts } from '../learning/follow-counts.ts'
import { discountAt, placeAmong } from '../learning/gain.ts'
import { type ItemItemTable, scorePast, solveTables } from '../learning/item-item.ts'
import { type LearningSettings, solvingsOf } from '../learning/learning-settings.ts'
import type { Memory } from '../learning/model-sources.ts'
import { newestOf } from '../learning/past.ts'
import { countsFor, type TableKind } from '../learning/table-recipe.ts'
import type { History } from './history-data.ts'
import type { Case } from './split.ts'

/** What tables are learned from and tried on. Plain data: it can be posted to a thread. */
export interface TableTrial {
  readonly train: History
  readonly cases: readonly Case[]
  readonly learning: LearningSettings
  readonly memory: Memory
  readonly maskSeen: boolean
  /** 1 for items that tables are solved for at all; for all where it is left out. */
  readonly open?: Uint8Array | undefined
}

/** Of a larger catalog so many items, and those that the cases went on to, stand for all while ways of solving are tried. */
const MOST_TRIED = 1_500
/** Up to so many are tried all. */
const SMALL_CATALOG = 3_000

/** Finds the table of one kind, solved in the way that ranks the validation best. */
export function tableFinder(trial: TableTrial): (kind: TableKind) => ItemItemTable {
  return (kind) => bestTable(trial, kind)
}

export function bestTable(trial: TableTrial, kind: TableKind): ItemItemTable {
  const counts = countsFor(trial.train, kind, trial.learning.neighbours)
  const tried = trial.open ?? triedOf(trial)
  const solvings = solvingsOf(trial.learning)
  const tables = solveTables(onlyFor(counts, tried), solvings, kind.decay)
  const gains = gainsOf(tables, trial, tried)
  const best = gains.indexOf(Math.max(...gains))
  return tried === trial.open ? tables[best]! : solveTables(counts, [solvings[best]!], kind.decay)[0]!
}

/** Mean discounted gain of each table among the items that are tried with. */
function gainsOf(
  tables: readonly ItemItemTable[],
  { cases, maskSeen, memory, train }: TableTrial,
  tried: Uint8Array | undefined,
): number[] {
  const scores = new Float64Array(train.catalogSize)
  const open = Int32Array.from(scores.keys()).filter((item) => tried === undefined || tried[item] === 1)
  const gains = tables.map(() => 0)
  for (const asked of cases) {
    const hidden = new Set(maskSeen ? asked.items : [])
    const taken = asked.targets.filter((target) => !hidden.has(target))
    for (const target of taken) hidden.add(target)
    const others = open.filter((item) => !hidden.has(item))
    const beside = new Float64Array(others.length)
    for (const [t, table] of tables.entries()) {
      scorePast(table, newestOf(asked, memory.mostRemembered), scores)
      for (let o = 0; o < others.length; o++) beside[o] = scores[others[o]!]!
      for (const target of taken) gains[t]! += discountAt(placeAmong(beside, scores[target]!)) / taken.length
    }
  }
  return gains
}

/** 1 for items to try with; undefined for all of them. Items are numbered in an order drawn by lot, so the first ones are a
 *  fair sample; a target's column of a table is solved by itself, so the others need no solving. */
export function triedOf({ train, cases }: Pick<TableTrial, 'train' | 'cases'>): Uint8Array | undefined {
  if (train.catalogSize <= SMALL_CATALOG) return undefined
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
