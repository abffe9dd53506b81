import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import { connectRedis, type StoreRedis } from '../../../libs/store/redis/redis-connection.ts'
import { countKeys, readSnapshot } from '../../../libs/store/redis/redis-snapshot.ts'
import { pemOf } from '../../process/kafka-security.ts'
import { openProgress, type Progress } from '../../process/progress.ts'
import { backupError, makeBackupFolder, writeEntries, writeManifest } from './backup-folder.ts'
import { copyOut, EMBEDDED_PARTS } from './embedded-copy.ts'

export function backupCommand(): Command {
  return new Command('backup')
    .description('copy what the log cannot give back into a folder, while everything runs')
    .requiredOption('--to <folder>', 'a new or empty folder')
    .addHelpText(
      'after',
      `
Of Redis: users, items, profiles, positions, contract. Of embedded storage: store and log. Of both: API_KEYS_FILE and the
file of scenarios. Kafka's records are Kafka's to keep. The folder holds what is known of users: guard it as you do Redis.

Example:
  halflife backup --to /backup/$(date +%F)`,
    )
    .action(async ({ to }: { to: string }) => {
      const settings = readSettings(process.env)
      const path = resolve(to)
      await makeBackupFolder(path)
      const madeAt = new Date().toISOString()
      const progress = openProgress()
      const keptIn = settings.REDIS_URL === undefined ? 'embedded' : 'redis'
      const back = keptIn === 'redis' ? backUpRedis : backUpEmbedded
      const entries = await back(settings, path, progress)
      progress.finish()
      await copyIfUsed(settings.API_KEYS_FILE, join(path, 'api-keys.json'))
      await copyIfUsed(configFile(settings.CONFIG_FILE), join(path, 'halflife.config.json'))
      await writeManifest(path, { keptIn, entries, madeAt })
      process.stdout.write(`backed up ${entries} ${keptIn === 'redis' ? 'keys' : 'databases'} to ${path}\n`)
    })
}

export async function withRedis<T>(settings: Settings, work: (redis: StoreRedis) => Promise<T>): Promise<T> {
  const ca = await pemOf('REDIS_CA_FILE', settings)
  const redis = await connectRedis(settings.REDIS_URL!, { ...(ca !== undefined && { ca }) })
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

async function backUpRedis(settings: Settings, path: string, progress: Progress): Promise<number> {
  const { KEY_PREFIX: prefix } = settings
  return withRedis(settings, async (redis) => {
    const total = await countKeys(redis, prefix)
    if (total === 0) throw backupError(`there is nothing in Redis under ${prefix}:`)
    return writeEntries(path, readSnapshot(redis, prefix), (done) =>
      progress.report({ step: 'Backing up', done, total: Math.max(total, done) }),
    )
  })
}

async function backUpEmbedded({ DATA_DIR }: Settings, path: string, progress: Progress): Promise<number> {
  for (const [done, part] of EMBEDDED_PARTS.entries()) {
    progress.report({ step: 'Backing up', done, total: EMBEDDED_PARTS.length })
    await copyOut(DATA_DIR, part, path)
  }
  return EMBEDDED_PARTS.length
}

async function copyIfUsed(from: string | undefined, to: string): Promise<void> {
  if (from !== undefined) await copyFile(from, to)
}
