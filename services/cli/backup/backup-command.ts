import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import type { StoreRedis } from '../../../libs/store/redis/redis-connection.ts'
import { pemOf } from '../../process/kafka-security.ts'
import { type Progress, withProgress } from '../../process/progress.ts'
import {
  backupError,
  type Content,
  contentInWords,
  makeBackupFolder,
  writeEntries,
  writeManifest,
} from './backup-folder.ts'
import { copyOut } from './embedded-copy.ts'

export function backupCommand(): Command {
  return new Command('backup')
    .description('copy what the log cannot give back into a folder, while everything runs')
    .requiredOption('--to <folder>', 'a new or empty folder')
    .addHelpText(
      'after',
      `
Of Redis, one server or a cluster: users, items, profiles, positions and contract of the generation that is live, and
learned models. Of embedded storage: the same, and the log. Of both: API_KEYS_FILE and the file of scenarios. Kafka's
records are Kafka's to keep. The folder holds what is known of users: guard it as you do Redis.

Example:
  halflife backup --to /backup/$(date +%F)`,
    )
    .action(async ({ to }: { to: string }) => {
      const settings = readSettings(process.env)
      const path = resolve(to)
      await makeBackupFolder(path)
      const madeAt = new Date().toISOString()
      const keptIn = settings.REDIS_URL === undefined ? 'embedded' : 'redis'
      const back = keptIn === 'redis' ? backUpRedis : backUpEmbedded
      const content = await withProgress((progress) => back(settings, path, progress))
      await copyIfUsed(settings.API_KEYS_FILE, join(path, 'api-keys.json'))
      await copyIfUsed(configFile(settings.CONFIG_FILE), join(path, 'halflife.config.json'))
      await writeManifest(path, { keptIn, madeAt, ...content })
      process.stdout.write(`backed up to ${path}: ${contentInWords(content)}\n`)
    })
}

/** ioredis is loaded here: a process that starts without Redis does without it. */
export async function withRedis<T>(settings: Settings, work: (redis: StoreRedis) => Promise<T>): Promise<T> {
  const ca = await pemOf('REDIS_CA_FILE', settings)
  const { connectRedis } = await import('../../../libs/store/redis/redis-connection.ts')
  const redis = await connectRedis(settings.REDIS_URL!, { ...(ca !== undefined && { ca }) })
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

async function backUpRedis(settings: Settings, path: string, progress: Progress): Promise<Content> {
  const { KEY_PREFIX: prefix } = settings
  const { snapshotOf } = await import('../../../libs/store/redis/redis-snapshot.ts')
  return withRedis(settings, async (redis) => {
    const { generation, keys, entries } = await snapshotOf(redis, prefix)
    if (keys === 0) throw backupError(`there is nothing in Redis under ${prefix}:`)
    const holds = await writeEntries(path, entries(), (done) =>
      progress.report({ step: 'Backing up', done, total: Math.max(keys, done) }),
    )
    return { generation, holds }
  })
}

async function backUpEmbedded({ DATA_DIR }: Settings, path: string, progress: Progress): Promise<Content> {
  return copyOut(DATA_DIR, path, (done, total) => progress.report({ step: 'Backing up', done, total }))
}

async function copyIfUsed(from: string | undefined, to: string): Promise<void> {
  if (from !== undefined) await copyFile(from, to)
}
