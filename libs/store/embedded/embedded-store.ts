import type { EpochMs } from '../../interest/time.ts'
import { encodeContract, requireSameContract } from '../contract-codec.ts'
import type { ModelStore } from '../model-store.ts'
import type { Store, StoreContract } from '../store.ts'
import { embeddedCatalogStore } from './embedded-catalog-store.ts'
import { embeddedInterestStore } from './embedded-interest-store.ts'
import { embeddedModelStore } from './embedded-model-store.ts'
import { embeddedProfileStore } from './embedded-profile-store.ts'
import { type EmbeddedTables, openTables } from './embedded-tables.ts'
import { packRecord, unpackRecord } from './packed-record-codec.ts'

export interface EmbeddedStoreOptions {
  /** A folder of this machine, made if need be. Several processes may have it open. */
  readonly path: string
  readonly contract: StoreContract
  /** The clock by which entries expire, ms since the epoch. @default Date.now */
  readonly now?: () => EpochMs
}

/** A store in a folder, over LMDB: nothing to install, and everything written is on disk when its promise resolves.
 *  @throws HL_SETTING when the folder cannot be used, HL_STORE_CONTRACT when it was written under another contract */
export async function embeddedStore(options: EmbeddedStoreOptions): Promise<Store & ModelStore> {
  const tables = openTables(options.path, options.now ?? Date.now)
  try {
    await agreeOnContract(tables, options)
  } catch (error) {
    await tables.close()
    throw error
  }
  return {
    ...embeddedInterestStore(tables, options.contract),
    ...embeddedCatalogStore(tables, options.contract),
    ...embeddedProfileStore(tables),
    ...embeddedModelStore(tables),
    async ping() {
      tables.read(() => tables.about.get(CONTRACT))
    },
    close: tables.close,
  }
}

const CONTRACT = Buffer.from('contract')

async function agreeOnContract(
  tables: EmbeddedTables,
  { path, contract }: EmbeddedStoreOptions,
): Promise<void> {
  const wanted = encodeContract(contract)
  const bytes = await tables.write(() => {
    if (!tables.about.get(CONTRACT))
      tables.about.put(CONTRACT, packRecord([...wanted]), Number.POSITIVE_INFINITY)
    return tables.about.get(CONTRACT)!
  })
  const stored = Array.from(unpackRecord(bytes), ([name, value]) => [name, value.toString()] as const)
  requireSameContract(`The store in ${path}`, new Map(stored), wanted)
}
