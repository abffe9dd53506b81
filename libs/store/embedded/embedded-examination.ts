import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FoundContract, nextGeneration } from '../generation.ts'
import type { StoreContract } from '../store.ts'
import { folderOf, liveGeneration } from './embedded-generations.ts'
import { storedContract } from './embedded-store.ts'
import { openTables } from './embedded-tables.ts'

/** The contract under which the store in a folder was written, read without making one.
 *  @param wanted the contract that a service would open it under, where that is known
 *  @throws HL_SETTING when the folder cannot be used */
export async function findEmbeddedContract(
  path: string,
  wanted: StoreContract | undefined,
): Promise<FoundContract | 'none'> {
  const generation = await liveGeneration(path)
  const folder = folderOf(path, generation)
  if (!existsSync(join(folder, 'data.mdb'))) return 'none'
  const tables = openTables(folder, Date.now)
  try {
    const fields = tables.read(() => storedContract(tables))
    const isBeingRebuilt =
      wanted !== undefined && existsSync(folderOf(path, nextGeneration(generation, wanted)))
    return fields === undefined ? 'none' : { generation, fields, isBeingRebuilt }
  } finally {
    await tables.close()
  }
}
