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
  keptInBy,
  makeBackupFolder,
  writeEntries,
  writeManifest,
} from './backup-folder.ts'
import { copyLogOut, copyStoreOut } from './embedded-copy.ts'

export function backupCommand(): Command {
  return new Command('backup')
    .description('copy what the log cannot give back into a folder, while everything runs')
    .requiredOption('--to <folder>', 'a new or empty folder')
    .addHelpText(
      'after',
      `
Of the store, in Redis, one server or a cluster, or embedded: users, items, profiles, positions and contract of the
generation that is live, and learned models. Of the log, where it is embedded: all of it; Kafka's records are Kafka's to
keep. And API_KEYS_FILE and the file of scenarios. Set REDIS_URL, KAFKA_BROKERS and DATA_DIR as services have them. The
folder holds what is known of users: guard it as you do Redis.

Example:
  halflife backup --to /backup/$(date +%F)`,
    )
    .action(async ({ to }: { to: string }) => {
      const settings = readSettings(process.env)
      const path = resolve(to)
      await makeBackupFolder(path)
      const madeAt = new Date().toISOString()
      const kept = keptInBy(settings)
      const back = kept.keptIn === 'redis' ? backUpRedis : backUpEmbedded
      const content = await withProgress(async (progress) => {
        const content = await back(settings, path, progress)
        if (kept.logKeptIn === 'embedded') await copyLogOut(settings.DATA_DIR, path)
        return content
      })
      await copyIfUsed(settings.API_KEYS_FILE, join(path, 'api-keys.json'))
      await copyIfUsed(configFile(settings.CONFIG_FILE), join(path, 'halflife.config.json'))
      await writeManifest(path, { ...kept, madeAt, ...content })
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
  return copyStoreOut(DATA_DIR, path, (done, total) => progress.report({ step: 'Backing up', done, total }))
}

async function copyIfUsed(from: string | undefined, to: string): Promise<void> {
  if (from !== undefined) await copyFile(from, to)
}
