import type { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { Settings } from '../../../libs/settings/settings.ts'
import { briefProcess, openTracked } from '../../process/brief-process.ts'
import { suppliedSpaces } from '../../process/contract.ts'
import { demoCatalog } from '../../standalone/demo-catalog.ts'
import { printable } from '../printable.ts'
import { type ImportSource, listedPart } from './import-source.ts'
import { jsonLinesSource } from './json-lines-source.ts'
import { movielensSource } from './movielens.ts'
import { type ImportSummary, runImport } from './run-import.ts'

/** Imports into whichever log and store are configured, and resolves when all of it is tracked. */
export function importHistory(what: string, settings: Settings): Promise<ImportSummary> {
  return briefProcess('import', settings, async (brief) => {
    const source = await sourceOf(what, settings)
    return runImport(source, {
      opened: await openTracked(brief),
      groupPrefix: settings.TOPIC_PREFIX,
      progress: brief.progress,
      onBroken: sayBroken,
    })
  })
}

/** Of a line that is neither item nor event. */
export function sayBroken(line: number, error: HalflifeError): void {
  process.stderr.write(`line ${line}: ${error.code}: ${printable(error.message)}\n`)
}

async function sourceOf(what: string, settings: Settings): Promise<ImportSource> {
  if (what === 'movielens') return movielensSource(settings.HALFLIFE_CACHE)
  if (what === 'demo') return { items: listedPart(await demoCatalog()), events: listedPart([]) }
  const rules = { weights: settings.EVENT_WEIGHTS, spaces: suppliedSpaces(settings), nowMs: Date.now() }
  return jsonLinesSource(what, rules)
}
