import type { ItemFactors } from './item-factors.ts'
import type { ItemItemTable } from './item-item.ts'
import { type MixtureWeights, partOf } from './mixture.ts'
import { type ServedModel, servedModel } from './served-model.ts'
import type { TrainedModel } from './train-model.ts'

/** What was computed elsewhere and takes the place of one part of a model. */
export type ImportedPart =
  | { readonly part: 'item-item'; readonly tables: readonly ItemItemTable[] }
  | { readonly part: 'behavior'; readonly factors: ItemFactors }

/** Rows of a table in any order, as item numbers: `sources[r]` speaks for `targets[r]` as `weights[r]` says. */
export interface TableRows {
  readonly sources: readonly number[]
  readonly targets: readonly number[]
  readonly weights: readonly number[]
}

/** Rows brought into the order of their sources, and within one in the order of targets. */
export function tableOf(
  { sources, targets, weights }: TableRows,
  decay: number,
  catalogSize: number,
): ItemItemTable {
  const order = Int32Array.from(sources.keys()).sort(
    (a, b) => sources[a]! - sources[b]! || targets[a]! - targets[b]!,
  )
  const starts = new Int32Array(catalogSize + 1)
  for (const source of sources) starts[source + 1]!++
  for (let item = 0; item < catalogSize; item++) starts[item + 1]! += starts[item]!
  return {
    starts,
    targets: Int32Array.from(order, (row) => targets[row]!),
    weights: Float32Array.from(order, (row) => weights[row]!),
    decay,
  }
}

/** The first pair that stands twice in a table. */
export function repeatedPair({
  starts,
  targets,
}: ItemItemTable): [source: number, target: number] | undefined {
  for (let source = 0; source + 1 < starts.length; source++) {
    for (let at = starts[source]! + 1; at < starts[source + 1]!; at++) {
      if (targets[at] === targets[at - 1]) return [source, targets[at]!]
    }
  }
  return undefined
}

/** `base` with one part replaced; without a base, a model of that part alone.
 *  @param itemIds of the imported part: those of the base first, in its order */
export function withImported(
  base: ServedModel | undefined,
  itemIds: readonly string[],
  imported: ImportedPart,
): ServedModel {
  const before = base === undefined ? emptyModel(itemIds.length) : grown(base.model, itemIds.length)
  const model: TrainedModel =
    imported.part === 'item-item'
      ? { ...before, tables: imported.tables }
      : { ...before, factors: imported.factors }
  const reweighed = (weights: MixtureWeights): MixtureWeights => {
    return base !== undefined && isOfTheSameKind(base, imported) ? weights : shared(weights, imported)
  }
  const weightsAfterPause = base?.weightsAfterPause
  return servedModel({
    itemIds,
    model,
    repeats: base?.repeats ?? false,
    interestsCount: base?.interestsCount,
    weights: reweighed(base?.weights ?? {}),
    weightsAfterPause: weightsAfterPause && reweighed(weightsAfterPause),
  })
}

/** Its components are named as those before it, so that what they weigh can stay. */
function isOfTheSameKind({ model, weights }: ServedModel, imported: ImportedPart): boolean {
  if (imported.part === 'behavior') return Object.keys(weights).some((name) => partOf(name) === 'behavior')
  const [before, now] = [model.tables, imported.tables].map((tables) => new Set(tables.map(nameOf)))
  return before!.size === now!.size && [...now!].every((name) => before!.has(name))
}

const nameOf = ({ decay }: ItemItemTable): string => `item-item@${decay}`

/** Its components share evenly what the part weighed; a part that was not there, of which nothing is known yet, weighs as
 *  much as the heaviest that was. Vectors speak by one decay until a history says what else they are good for. */
function shared(weights: MixtureWeights, imported: ImportedPart): MixtureWeights {
  const names = imported.part === 'behavior' ? ['behavior@3'] : imported.tables.map(nameOf)
  const totals = new Map<string, number>()
  for (const [name, weight] of Object.entries(weights)) {
    totals.set(partOf(name), (totals.get(partOf(name)) ?? 0) + weight)
  }
  const total = totals.get(imported.part) ?? (totals.size === 0 ? 1 : Math.max(...totals.values()))
  const others = Object.entries(weights).filter(([name]) => partOf(name) !== imported.part)
  return Object.fromEntries([...others, ...names.map((name) => [name, total / names.length] as const)])
}

function emptyModel(catalogSize: number): TrainedModel {
  return {
    catalogSize,
    tables: [],
    together: [],
    cosines: emptyTable(catalogSize),
    factors: { dimension: 1, vectors: new Float32Array(catalogSize) },
    trails: { items: new Int32Array(0), starts: new Int32Array(catalogSize + 1), places: new Int32Array(0) },
    popularity: new Float64Array(catalogSize),
    lately: [],
  }
}

function emptyTable(catalogSize: number): ItemItemTable {
  return {
    starts: new Int32Array(catalogSize + 1),
    targets: new Int32Array(0),
    weights: new Float32Array(0),
    decay: 1,
  }
}

/** The same model with further items, of which it knows nothing. */
function grown(model: TrainedModel, catalogSize: number): TrainedModel {
  const { dimension, vectors } = model.factors
  const moreStarts = (known: Int32Array): Int32Array => {
    const starts = new Int32Array(catalogSize + 1).fill(known.at(-1)!)
    starts.set(known)
    return starts
  }
  const moreRows = (table: ItemItemTable): ItemItemTable => ({ ...table, starts: moreStarts(table.starts) })
  const moreVectors = new Float32Array(catalogSize * dimension)
  moreVectors.set(vectors)
  const moreItems = (known: Float64Array, others: number): Float64Array => {
    const more = new Float64Array(catalogSize).fill(others)
    more.set(known)
    return more
  }
  return {
    catalogSize,
    tables: model.tables.map(moreRows),
    together: model.together.map(moreRows),
    cosines: moreRows(model.cosines),
    factors: { dimension, vectors: moreVectors },
    trails: { ...model.trails, starts: moreStarts(model.trails.starts) },
    popularity: moreItems(model.popularity, 0),
    lately: model.lately.map((known) => moreItems(known, 0)),
    returns: model.returns && { ...model.returns, byItem: moreItems(model.returns.byItem, 1) },
  }
}
