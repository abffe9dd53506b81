import Table from 'cli-table3'
import type { ModelRecord } from '../../../libs/store/model-store.ts'
import { printable } from '../printable.ts'

/** For people, the newest first. */
export function modelTable(models: readonly ModelRecord[], promoted: readonly string[]): string {
  const table = new Table({
    head: ['model', 'serves', 'learned until', 'learned from', 'items', 'MB', 'NDCG@10 in its trial'],
    style: { head: [], border: [] },
  })
  for (const model of models.toReversed()) {
    table.push([
      model.id,
      placeOf(model.id, promoted),
      new Date(model.learnedUntilMs).toISOString().slice(0, 16),
      originOf(model),
      model.items.toLocaleString('en'),
      (model.bytes / 1e6).toFixed(1),
      trialText(model),
    ])
  }
  return `${table.toString()}\n`
}

function placeOf(id: string, promoted: readonly string[]): string {
  const place = promoted.indexOf(id)
  if (place === 0) return 'now'
  return place > 0 ? 'before' : 'never'
}

function originOf({ events, imported }: ModelRecord): string {
  if (imported === undefined) return `${events.toLocaleString('en')} events`
  return `${imported.part}: ${imported.rows.toLocaleString('en')} rows of ${printable(imported.file)}`
}

function trialText({ trial }: ModelRecord): string {
  if (trial === undefined) return 'not tried'
  const against = trial.live === undefined ? '' : `, ${trial.live.ndcg.toFixed(4)} by ${trial.live.id}`
  return `${trial.ndcg.toFixed(4)} of ${trial.cases.toLocaleString('en')} questions${against}`
}
