import { stat } from 'node:fs/promises'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { RawData } from '../../../libs/evaluation/history-data.ts'
import { rawCollector } from '../../../libs/evaluation/raw-data.ts'
import { readExport, readFolder } from '../../../libs/evaluation/read-folder.ts'
import { itemOf, textOf } from '../../../libs/event/item.ts'
import type { Settings } from '../../../libs/settings/settings.ts'
import { movielensSource } from '../import/movielens.ts'

/** `ml-100k`, a folder of tables, or an export of JSON lines. @throws HL_DATA, HL_IMPORT */
export async function readData(what: string, settings: Settings): Promise<RawData> {
  if (what === 'ml-100k') return movielens(settings.HALFLIFE_CACHE)
  const found = await stat(what).catch(() => undefined)
  if (found?.isDirectory()) return readFolder(what, settings.EVENT_WEIGHTS, Date.now())
  if (found?.isFile() && /\.jsonl(\.gz)?$/.test(what))
    return readExport(what, settings.EVENT_WEIGHTS, Date.now())
  const detail = `${what} is neither ml-100k, nor a folder with events, nor a .jsonl file (plain or .gz)`
  throw new HalflifeError('HL_DATA', detail)
}

/** Every rating counts as an interaction of weight 1, whatever its stars, as the published figures have it. */
async function movielens(cacheDir: string): Promise<RawData> {
  const { items, events } = await movielensSource(cacheDir)
  const raw = rawCollector()
  for await (const line of items.read()) {
    if ('value' in line) raw.text({ itemId: line.value.itemId, text: textOf(itemOf(line.value)) }, 'items', 0)
  }
  for await (const line of events.read()) {
    if (!('value' in line)) continue
    const { userId, itemId, occurredAt } = line.value
    raw.event({ userId, itemId, occurredAtMs: Date.parse(occurredAt!), weight: 1 }, 'events', 0)
  }
  return raw.finished('ml-100k')
}
