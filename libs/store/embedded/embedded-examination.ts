import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { storedContract } from './embedded-store.ts'
import { openTables } from './embedded-tables.ts'

/** The contract under which the store in a folder was written, read without making one; undefined where there is none.
 *  @throws HL_SETTING when the folder cannot be used */
export async function embeddedContract(path: string): Promise<ReadonlyMap<string, string> | undefined> {
  if (!existsSync(join(path, 'data.mdb'))) return undefined
  const tables = openTables(path, Date.now)
  try {
    return tables.read(() => storedContract(tables))
  } finally {
    await tables.close()
  }
}
