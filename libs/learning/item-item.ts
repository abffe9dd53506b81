import { solveCholesky } from './cholesky.ts'
import type { FollowCounts, PairSums } from './follow-counts.ts'
import { type Past, placeWeights } from './past.ts'

/** A sparse table from items to the items wanted after them. Source i speaks for
 *  `targets[starts[i] … starts[i + 1])`, which rise, so strongly as `weights` there says. */
export interface ItemItemTable {
  readonly starts: Int32Array
  readonly targets: Int32Array
  readonly weights: Float32Array
  /** δ by which a history is to be decayed when it is scored: the one the counts were made with. */
  readonly decay: number
  /** What it was solved with; undefined where nothing was solved. */
  readonly solving?: Solving
}

export interface Solving {
  /** λ: small ones trust the regression, large ones the plain counts. */
  readonly ridge: number
  /** Power of its count by which a target is divided: a large λ holds rare targets down more than frequent ones, and this
   *  brings them up again. */
  readonly lift: number
}

/** A table that is filled row by row, in the order of its sources. */
export interface GrowingTable {
  append(targets: Int32Array, weights: Float32Array): void
  finished(decay: number): ItemItemTable
}

export function growingTable(catalogSize: number): GrowingTable {
  const starts = new Int32Array(catalogSize + 1)
  const targets: Int32Array[] = []
  const weights: Float32Array[] = []
  return {
    append(rowTargets, rowWeights) {
      targets.push(rowTargets)
      weights.push(rowWeights)
      starts[targets.length] = starts[targets.length - 1]! + rowTargets.length
    },
    finished(decay) {
      const targetsOf = new Int32Array(starts.at(-1)!)
      const table = {
        starts,
        decay,
        targets: targetsOf,
        weights: new Float32Array(targetsOf.length),
      }
      targets.forEach((rowTargets, source) => {
        table.targets.set(rowTargets, starts[source])
        table.weights.set(weights[source]!, starts[source])
      })
      return table
    },
  }
}

/** Solves, for each target item j, the ridge regression restricted to its K sources,
 *
 *      b_j = (G_KK + λI)⁻¹ R_Kj / (G_jj + 1)^lift
 *
 *  which is SLIST's (Choi et al., WWW 2021) but for the restriction and the lift. The restriction is what makes the work
 *  linear in the catalog: K³/6 multiplications a target.
 *  @returns one table for each way of solving: gathering G_KK is much of the work, and is done once */
export function solveTables(
  counts: FollowCounts,
  solvings: readonly Solving[],
  decay: number,
): ItemItemTable[] {
  const { catalogSize, sources, strengths } = counts
  const ridges = [...new Set(solvings.map(({ ridge }) => ridge))]
  const most = sources.reduce((longest, list) => Math.max(longest, list.length), 0)
  const gram = new Float64Array(most * most)
  const matrix = new Float64Array(most * most)
  const localOf = new Int16Array(catalogSize).fill(-1)
  const solutions = ridges.map((): Float64Array[] => [])
  for (const [target, list] of sources.entries()) {
    const size = list.length
    gatherGram(counts.together, catalogSize, list, gram, localOf)
    for (const [r, ridge] of ridges.entries()) {
      matrix.set(gram.subarray(0, size * size))
      for (let i = 0; i < size; i++) matrix[i * size + i]! += ridge
      const b = strengths[target]!.slice()
      solveCholesky(matrix, size, size, b, ridge)
      solutions[r]!.push(b)
    }
  }
  return solvings.map((solving) => {
    const lifting = counts.diagonal.map((sum) => (sum + 1) ** -solving.lift)
    const rows = turned(catalogSize, sources, solutions[ridges.indexOf(solving.ridge)]!, lifting)
    return { ...rows, decay, solving }
  })
}

/** G_KK, lower triangle, into `gram` with rows of K floats. */
function gatherGram(
  together: PairSums,
  catalogSize: number,
  list: Int32Array,
  gram: Float64Array,
  localOf: Int16Array,
): void {
  const size = list.length
  if (together.kind === 'dense') {
    for (let i = 0; i < size; i++) {
      const row = list[i]! * catalogSize
      for (let j = 0; j <= i; j++) gram[i * size + j] = together.sums[row + list[j]!]!
    }
    return
  }
  gram.fill(0, 0, size * size)
  for (let i = 0; i < size; i++) localOf[list[i]!] = i
  for (let i = 0; i < size; i++) {
    const end = together.starts[list[i]! + 1]!
    for (let at = together.starts[list[i]!]!; at < end; at++) {
      const local = localOf[together.columns[at]!]!
      if (local >= 0) gram[i * size + local] = together.values[at]!
    }
  }
  for (let i = 0; i < size; i++) localOf[list[i]!] = -1
}

/** Columns by target → rows by source. */
function turned(
  catalogSize: number,
  sources: readonly Int32Array[],
  solutions: readonly Float64Array[],
  lifting: Float64Array,
): Pick<ItemItemTable, 'starts' | 'targets' | 'weights'> {
  const starts = new Int32Array(catalogSize + 1)
  for (const list of sources) for (const source of list) starts[source + 1]!++
  for (let i = 0; i < catalogSize; i++) starts[i + 1]! += starts[i]!
  const next = starts.slice()
  const targets = new Int32Array(starts[catalogSize]!)
  const weights = new Float32Array(starts[catalogSize]!)
  sources.forEach((list, target) => {
    for (const [k, source] of list.entries()) {
      const at = next[source]!++
      targets[at] = target
      weights[at] = solutions[target]![k]! * lifting[target]!
    }
  })
  return { starts, targets, weights }
}

/** How strongly a source speaks for a target. Within a row targets rise. */
export function strengthOf(
  { starts, targets, weights }: ItemItemTable,
  source: number,
  target: number,
): number {
  let low = starts[source]!
  let high = starts[source + 1]!
  while (low < high) {
    const middle = (low + high) >>> 1
    if (targets[middle]! < target) low = middle + 1
    else high = middle
  }
  return low < starts[source + 1]! && targets[low] === target ? weights[low]! : 0
}

/** Adds the rows of a past's items, each event counting as `placeWeights` says.
 *  @param items int32[events], @param times float64[events], both oldest first
 *  @param scores float64[catalogSize], overwritten */
export function scorePast(
  table: ItemItemTable,
  { items, times }: Pick<Past, 'items' | 'times'>,
  scores: Float64Array,
): void {
  scores.fill(0)
  for (const [k, weight] of placeWeights(times, table.decay).entries()) {
    const item = items[items.length - 1 - k]!
    const end = table.starts[item + 1]!
    for (let at = table.starts[item]!; at < end; at++)
      scores[table.targets[at]!]! += weight * table.weights[at]!
  }
}
