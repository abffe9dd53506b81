import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { EpochMs } from '../../interest/time.ts'
import { encodeContract } from '../contract-codec.ts'
import { ofGeneration, requireContract } from '../generation.ts'
import type { ModelStore } from '../model-store.ts'
import type { Store, StoreContract } from '../store.ts'
import { embeddedCatalogStore } from './embedded-catalog-store.ts'
import { folderOf, liveGeneration } from './embedded-generations.ts'
import { embeddedInterestStore } from './embedded-interest-store.ts'
import { embeddedModelStore } from './embedded-model-store.ts'
import { embeddedProfileStore } from './embedded-profile-store.ts'
import { embeddedShownStore } from './embedded-shown-store.ts'
import { type EmbeddedTables, openTables } from './embedded-tables.ts'
import { packRecord, unpackRecord } from './packed-record-codec.ts'

export interface EmbeddedStoreOptions {
  /** A folder of this machine, made if need be. Several processes may have it open. */
  readonly path: string
  readonly contract: StoreContract
  /** @default the live one */
  readonly generation?: string
  /** The clock by which entries expire, ms since the epoch. @default Date.now */
  readonly now?: () => EpochMs
}

/** A store in a folder, over LMDB: nothing to install, and everything written is on disk when its promise resolves.
 *  @throws HL_SETTING when the folder cannot be used, HL_STORE_CONTRACT when it was written under another contract,
 *  HL_STORE_REBUILDING when it is being rebuilt under this one */
export async function embeddedStore(options: EmbeddedStoreOptions): Promise<Store & ModelStore> {
  const { path, contract } = options
  const live = async () => liveGeneration(path)
  const generation = options.generation ?? liveGeneration(path)
  const tables = openTables(folderOf(path, generation), options.now ?? Date.now)
  // A model is the same for all generations.
  const models = openTables(join(path, 'models'), options.now ?? Date.now)
  const close = async () => void (await Promise.all([tables.close(), models.close()]))
  try {
    await agreeOnContract(tables, generation, options)
  } catch (error) {
    await close()
    throw error
  }
  const ports = {
    ...embeddedInterestStore(tables, contract),
    ...embeddedCatalogStore(tables, contract),
    ...embeddedProfileStore(tables),
    ...embeddedModelStore(models),
    ...embeddedShownStore(tables),
    async ping() {
      tables.read(() => tables.about.get(CONTRACT))
    },
    close,
  }
  return ofGeneration(ports, generation, live)
}

const CONTRACT = Buffer.from('contract')

async function agreeOnContract(
  tables: EmbeddedTables,
  generation: string,
  { path, contract }: EmbeddedStoreOptions,
): Promise<void> {
  const stored = await tables.write(() => {
    if (!tables.about.get(CONTRACT))
      tables.about.put(CONTRACT, packRecord([...encodeContract(contract)]), Number.POSITIVE_INFINITY)
    return storedContract(tables)!
  })
  const isBuilt = async (next: string) => existsSync(folderOf(path, next))
  await requireContract(`The store in ${path}`, stored, contract, generation, isBuilt)
}

export function storedContract(tables: EmbeddedTables): ReadonlyMap<string, string> | undefined {
  const bytes = tables.about.get(CONTRACT)
  if (bytes === undefined) return undefined
  return new Map(Array.from(unpackRecord(bytes), ([name, value]) => [name, value.toString()] as const))
}
