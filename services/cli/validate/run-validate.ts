import { inspect } from '../../../libs/evaluation/inspect/inspect.ts'
import { readSettings } from '../../../libs/settings/settings.ts'
import { readData } from '../evaluate/read-data.ts'
import { inspectionPage } from './inspection-page.ts'

/** Reads, looks over, prints. @throws HL_DATA, HL_IMPORT */
export async function runValidate(what: string): Promise<void> {
  const inspection = inspect(await readData(what, readSettings(process.env)), Date.now())
  process.stdout.write(inspectionPage(inspection))
  if (inspection.history === undefined) process.exitCode = 1
}
