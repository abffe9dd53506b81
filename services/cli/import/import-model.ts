import { basename } from 'node:path'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { clean } from '../../../libs/evaluation/clean.ts'
import { type FittedImport, fitImported } from '../../../libs/evaluation/fit-imported.ts'
import type { EpochMs } from '../../../libs/interest/time.ts'
import { withImported } from '../../../libs/learning/imported-model.ts'
import type { ServedModel } from '../../../libs/learning/served-model.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import type { CatalogStore } from '../../../libs/store/catalog-store.ts'
import type { ModelRecord } from '../../../libs/store/model-store.ts'
import { briefProcess } from '../../process/brief-process.ts'
import { memoryOf } from '../../process/contract.ts'
import { openEmbedding, openStore } from '../../process/substrate.ts'
import { readData } from '../evaluate/read-data.ts'
import { type LiveModel, liveModel, publishModel, trialSummary } from '../models/publish-model.ts'
import { printable } from '../printable.ts'
import { itemNumbers, readItemItem, readVectors } from './read-parts.ts'
import { tableRows } from './table-rows.ts'

export interface ImportModelFlags {
  /** Of an item–item table. */
  readonly decay: number
  readonly until?: EpochMs
  readonly history?: string
  readonly alone: boolean
  readonly seed: number
  readonly keep: number
  readonly force: boolean
}

/** Reads one part of a model, puts it in the place of that part of the model that serves, weighs, tries and publishes.
 *  @throws HL_IMPORT, HL_DATA, HL_MODEL_WORSE and then nothing has changed */
export async function importModel(
  kind: 'item-item' | 'vectors',
  path: string,
  flags: ImportModelFlags,
): Promise<void> {
  const settings = readSettings(process.env)
  await briefProcess('import', settings, async ({ ground, telemetry, progress }) => {
    const { store } = await openStore(ground, await openEmbedding(ground, telemetry))
    const live = await liveModel(store)
    const base = flags.alone ? undefined : live?.served
    const numbers = itemNumbers(base?.itemIds ?? [])
    const rows = tableRows(path, progress)
    const read = await (kind === 'vectors'
      ? readVectors(rows, numbers)
      : readItemItem(rows, numbers, flags.decay))
    if (read.rows === 0) throw new HalflifeError('HL_IMPORT', `${path} has no rows`)
    progress.finish()
    const items = numbers.mentioned()
    const strangers = await strangersAmong(items, store)
    if (strangers.length === items.length && !flags.force) throw nobodyKnown(items)

    const nowMs = Date.now()
    const untilMs = flags.until ?? nowMs
    const imported = withImported(base, numbers.ids(), read.part)
    const { served, trial } = await fitted(imported, live, untilMs, flags, settings)
    const facts = {
      ...{ learnedUntilMs: untilMs, events: 0, users: 0, items: items.length, trial },
      imported: { part: kind, rows: read.rows, file: basename(path) },
    }
    const model = await publishModel(served, facts, { store, nowMs, keep: flags.keep, force: flags.force })
    const tried = flags.history === undefined ? 'not tried: --history would; it serves' : trialSummary(model)
    process.stdout.write(`${summary(model, base && live?.id, strangers)}${tried}\n`)
  })
}

async function fitted(
  imported: ServedModel,
  live: LiveModel | undefined,
  importedUntilMs: EpochMs,
  { history, seed }: ImportModelFlags,
  settings: Settings,
): Promise<FittedImport> {
  if (history === undefined) return { served: imported, trial: undefined }
  const dataset = clean(await readData(history, settings), { minCore: 1, seed })
  const untilMs = Math.max(importedUntilMs, live?.learnedUntilMs ?? 0)
  return fitImported(imported, dataset, { live, untilMs, memory: memoryOf(settings), seed })
}

const CHANGES_AT_ONCE = 10_000

/** Those that are not in the catalog, and were not. */
async function strangersAmong(itemIds: readonly string[], store: CatalogStore): Promise<string[]> {
  const known = new Set<string>()
  for (let cursor = 0; ; ) {
    const changes = await store.itemChanges(cursor, CHANGES_AT_ONCE)
    if (changes.itemIds.length === 0) break
    for (const itemId of changes.itemIds) known.add(itemId)
    cursor = changes.cursor
  }
  return itemIds.filter((itemId) => !known.has(itemId))
}

const MOST_NAMED = 5

function named(itemIds: readonly string[]): string {
  const first = itemIds.slice(0, MOST_NAMED).map((itemId) => printable(itemId))
  return first.join(', ') + (itemIds.length > MOST_NAMED ? ' …' : '')
}

function nobodyKnown(itemIds: readonly string[]): HalflifeError {
  const detail =
    `none of the ${itemIds.length.toLocaleString('en')} items is in the catalog (${named(itemIds)}). ` +
    'Give the ids that items have in Halflife; --force imports them all the same'
  return new HalflifeError('HL_IMPORT', detail)
}

function summary(model: ModelRecord, base: string | undefined, strangers: readonly string[]): string {
  const { id, imported, items, bytes } = model
  const count = (value: number) => value.toLocaleString('en')
  const lines = [
    `${id}: ${imported!.part} from ${count(imported!.rows)} rows with ${count(items)} items, ${(bytes / 1e6).toFixed(1)} MB`,
    base === undefined ? 'a model of its own' : `beside the other parts of ${base}`,
  ]
  if (strangers.length > 0) {
    lines.push(
      `not in the catalog, silent until they are: ${count(strangers.length)} items: ${named(strangers)}`,
    )
  }
  return `${lines.join('\n')}\n`
}
