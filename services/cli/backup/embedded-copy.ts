import { existsSync } from 'node:fs'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { open } from 'lmdb'
import { backupError } from './backup-folder.ts'

/** The store first: what is appended to the log meanwhile lies behind the store's positions and is taken in again. */
export const EMBEDDED_PARTS = ['store', 'log'] as const

/** Copies one part while others write to it, as it stands at one moment. */
export async function copyOut(dataDir: string, part: string, to: string): Promise<void> {
  const path = join(dataDir, part)
  if (!existsSync(join(path, 'data.mdb'))) throw backupError(`there is no ${part} in ${dataDir}`)
  await mkdir(join(to, part))
  const database = open({ path, noSubdir: false, readOnly: true })
  try {
    await database.backup(join(to, part), true)
  } finally {
    await database.close()
  }
}

/** @throws HL_BACKUP when anything is there */
export async function requireEmpty(dataDir: string): Promise<void> {
  for (const part of EMBEDDED_PARTS) {
    const files = await readdir(join(dataDir, part)).catch(() => [])
    if (files.length > 0)
      throw backupError(`${join(dataDir, part)} is not empty; set DATA_DIR to a new folder`)
  }
}

export async function copyIn(from: string, part: string, dataDir: string): Promise<void> {
  await cp(join(from, part), join(dataDir, part), { recursive: true })
}
