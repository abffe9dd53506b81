import { constants, copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import type { SnapshotEntry } from '../../../libs/store/redis/redis-snapshot.ts'
import { type Progress, withProgress } from '../../process/progress.ts'
import { withRedis } from './backup-command.ts'
import { backupError, contentInWords, type Manifest, readEntries, readManifest } from './backup-folder.ts'
import { copyIn, requireEmpty } from './embedded-copy.ts'

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
      const wanted = settings.REDIS_URL === undefined ? 'embedded' : 'redis'
      if (manifest.keptIn !== wanted) {
        const how = manifest.keptIn === 'redis' ? 'set REDIS_URL' : 'leave REDIS_URL unset'
        throw backupError(`${path} is a backup of ${manifest.keptIn} storage; ${how}`)
      }
      await withProgress((progress) =>
        wanted === 'redis'
          ? restoreRedis(settings, path, manifest, progress)
          : restoreEmbedded(settings, path, progress),
      )
      await putBack(manifest, path, 'api-keys.json', settings.API_KEYS_FILE)
      await putBack(manifest, path, 'halflife.config.json', settings.CONFIG_FILE ?? configFile(undefined))
      process.stdout.write(`restored what was backed up at ${manifest.madeAt}: ${contentInWords(manifest)}\n`)
    })
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

async function restoreEmbedded({ DATA_DIR }: Settings, path: string, progress: Progress): Promise<void> {
  await requireEmpty(DATA_DIR)
  await copyIn(path, DATA_DIR, (done, total) => progress.report({ step: 'Restoring', done, total }))
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
