import { constants, copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import type { SnapshotEntry } from '../../../libs/store/redis/redis-snapshot.ts'
import { type Progress, withProgress } from '../../process/progress.ts'
import { withRedis } from './backup-command.ts'
import {
  backupError,
  contentInWords,
  type KeptIn,
  keptInBy,
  type Manifest,
  readEntries,
  readManifest,
} from './backup-folder.ts'
import { copyIn, embeddedParts, requireEmpty } from './embedded-copy.ts'

const ENTRIES_AT_ONCE = 200

export function restoreCommand(): Command {
  return new Command('restore')
    .description('put a backup into an empty store; trackers go on from the positions in it')
    .requiredOption('--from <folder>', 'as `halflife backup` made it')
    .addHelpText(
      'after',
      `
Stop trackers and scorers first. While it is being restored, and when that was broken off, everybody refuses the store:
clear it then, or use another KEY_PREFIX. Files of keys and scenarios are put back where none is.`,
    )
    .action(async ({ from }: { from: string }) => {
      const settings = readSettings(process.env)
      const path = resolve(from)
      const manifest = await readManifest(path)
      requireSameKind(path, manifest, keptInBy(settings))
      const parts = embeddedParts(manifest)
      await requireEmpty(settings.DATA_DIR, parts)
      await withProgress(async (progress) => {
        if (manifest.keptIn === 'redis') await restoreRedis(settings, path, manifest, progress)
        await copyIn(path, settings.DATA_DIR, parts, (done, total) => {
          progress.report({ step: 'Restoring', done, total })
        })
      })
      await putBack(manifest, path, 'api-keys.json', settings.API_KEYS_FILE)
      await putBack(manifest, path, 'halflife.config.json', settings.CONFIG_FILE ?? configFile(undefined))
      process.stdout.write(`restored what was backed up at ${manifest.madeAt}: ${contentInWords(manifest)}\n`)
    })
}

/** A store goes on from positions in its own log: neither means anything beside another. */
function requireSameKind(path: string, { keptIn, logKeptIn }: Manifest, wanted: KeptIn): void {
  if (keptIn !== wanted.keptIn) {
    const how = keptIn === 'redis' ? 'set REDIS_URL' : 'leave REDIS_URL unset'
    throw backupError(`${path} is a backup of ${keptIn} storage; ${how}`)
  }
  if (logKeptIn !== wanted.logKeptIn) {
    const how = logKeptIn === 'kafka' ? 'set KAFKA_BROKERS' : 'leave KAFKA_BROKERS unset'
    throw backupError(`the log of the backup ${path} is kept in ${logKeptIn} storage; ${how}`)
  }
}

async function restoreRedis(
  settings: Settings,
  path: string,
  { holds }: Manifest,
  progress: Progress,
): Promise<void> {
  const { KEY_PREFIX: prefix } = settings
  const { beginRestoring, endRestoring, writeSnapshot } = await import(
    '../../../libs/store/redis/redis-snapshot.ts'
  )
  await withRedis(settings, async (redis) => {
    if (!(await beginRestoring(redis, prefix))) {
      throw backupError(`Redis holds keys under ${prefix}: already; clear them, or set another KEY_PREFIX`)
    }
    const total = Object.values(holds).reduce((sum, count) => sum + count, 0)
    let done = 0
    let batch: SnapshotEntry[] = []
    const flush = async () => {
      await writeSnapshot(redis, prefix, batch)
      done += batch.length
      batch = []
      progress.report({ step: 'Restoring', done, total: Math.max(total, done) })
    }
    for await (const entry of readEntries(path)) {
      if (batch.push(entry) === ENTRIES_AT_ONCE) await flush()
    }
    await flush()
    await endRestoring(redis, prefix)
  })
}

async function putBack(
  { sha256 }: Manifest,
  path: string,
  file: string,
  to: string | undefined,
): Promise<void> {
  if (sha256[file] === undefined) return
  const left = `${file} is left in ${path}: `
  if (to === undefined) return void process.stdout.write(`${left}no setting says where it belongs\n`)
  try {
    await copyFile(join(path, file), to, constants.COPYFILE_EXCL)
  } catch {
    process.stdout.write(`${left}${to} is there, or cannot be written\n`)
  }
}
