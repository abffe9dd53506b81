import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { HalflifeError, messageOf } from '../../../libs/errors/halflife-error.ts'
import { byteLines } from '../../../libs/event/byte-lines.ts'
import type { Settings } from '../../../libs/settings/settings.ts'
import type { SnapshotEntry } from '../../../libs/store/redis/redis-snapshot.ts'

/* A backup is a folder:
 *
 *   backup.json       what it holds; written last, so that a backup without it is none
 *   store.jsonl.gz    of Redis: one key a line, values in base64
 *   store/, log/      of what is embedded: LMDB's own copies; store/models/ holds the learned models
 *   api-keys.json, halflife.config.json      where they are used */

export const STORE_FILE = 'store.jsonl.gz'
const MANIFEST = 'backup.json'

const manifestSchema = z.object({
  version: z.literal(1),
  madeAt: z.iso.datetime(),
  /** The store. */
  keptIn: z.enum(['redis', 'embedded']),
  logKeptIn: z.enum(['kafka', 'embedded']).optional(),
  /** Hexadecimal SHA-256 by path within the folder. */
  sha256: z.record(z.string(), z.string()),
  /** The one that was live; restored it is the first. */
  generation: z.string(),
  /** How many there are of each kind. */
  holds: z.record(z.string(), z.number().int()),
})

/** Where store and log are: either may be embedded without the other. */
export interface KeptIn {
  readonly keptIn: 'redis' | 'embedded'
  readonly logKeptIn: 'kafka' | 'embedded'
}

export type Manifest = z.infer<typeof manifestSchema> & KeptIn

export function keptInBy({ REDIS_URL, KAFKA_BROKERS }: Settings): KeptIn {
  return {
    keptIn: REDIS_URL === undefined ? 'embedded' : 'redis',
    logKeptIn: KAFKA_BROKERS === undefined ? 'embedded' : 'kafka',
  }
}

export type Content = Pick<Manifest, 'generation' | 'holds'>

/** "120 users, 3 models" */
export function contentInWords({ generation, holds }: Content): string {
  const counts = Object.entries(holds).map(([kind, count]) => `${count} ${kind}`)
  return `${counts.join(', ')}${generation && `, of generation ${generation}`}`
}

const entrySchema = z.object({
  key: z.string(),
  type: z.enum(['hash', 'set', 'zset', 'list', 'string']),
  expiresAtMs: z.number().optional(),
  parts: z.array(z.string()),
})

export function backupError(detail: string, cause?: unknown): HalflifeError {
  return new HalflifeError('HL_BACKUP', detail, { cause })
}

/** Makes the folder. @throws HL_BACKUP when something is in it */
export async function makeBackupFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    if ((await readdir(path)).length === 0) return
  } catch (cause) {
    throw backupError(`${path} cannot be written: ${messageOf(cause)}`, cause)
  }
  throw backupError(`${path} is not empty; give a folder of its own to each backup`)
}

/** What kind of thing a key stands for, by its first word; what is not here is not counted. */
const KINDS = {
  user: 'users',
  profile: 'profiles',
  item: 'items',
  partition: 'positions',
  model: 'models',
} as const

/** @returns how many entries of each kind were written */
export async function writeEntries(
  path: string,
  batches: AsyncIterable<SnapshotEntry[]>,
  onWritten: (entries: number) => void,
): Promise<Record<string, number>> {
  let written = 0
  const holds: Record<string, number> = Object.fromEntries(Object.values(KINDS).map((kind) => [kind, 0]))
  async function* lines() {
    for await (const batch of batches) {
      for (const { parts, ...rest } of batch) {
        const [, word] = /^(\w+):\{/.exec(rest.key) ?? []
        if (word !== undefined && word in KINDS) holds[KINDS[word as keyof typeof KINDS]]! += 1
        yield `${JSON.stringify({ ...rest, parts: parts.map((part) => part.toString('base64')) })}\n`
      }
      written += batch.length
      onWritten(written)
    }
  }
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(join(path, STORE_FILE)))
  return holds
}

export async function* readEntries(path: string): AsyncGenerator<SnapshotEntry> {
  const input = createReadStream(join(path, STORE_FILE)).pipe(createGunzip())
  for await (const line of byteLines(input)) {
    const { parts, expiresAtMs, ...rest } = entrySchema.parse(JSON.parse(line.toString()))
    yield { ...rest, expiresAtMs, parts: parts.map((part) => Buffer.from(part, 'base64')) }
  }
}

/** Seals the backup: hashes every file of it. */
export async function writeManifest(
  path: string,
  facts: Omit<Manifest, 'version' | 'sha256'>,
): Promise<void> {
  const files = await readdir(path, { recursive: true, withFileTypes: true })
  const sha256: Record<string, string> = {}
  for (const file of files.filter((each) => each.isFile())) {
    const whole = join(file.parentPath, file.name)
    sha256[whole.slice(path.length + 1)] = await sha256Of(whole)
  }
  await writeFile(join(path, MANIFEST), JSON.stringify({ version: 1, ...facts, sha256 }, undefined, 2))
}

/** What the backup holds, after every file of it has been checked. @throws HL_BACKUP */
export async function readManifest(path: string): Promise<Manifest> {
  let manifest: z.infer<typeof manifestSchema>
  try {
    manifest = manifestSchema.parse(JSON.parse(await readFile(join(path, MANIFEST), 'utf8')))
  } catch (cause) {
    throw backupError(`${path} is no whole backup: ${MANIFEST} cannot be read (${messageOf(cause)})`, cause)
  }
  for (const [file, expected] of Object.entries(manifest.sha256)) {
    const found = await sha256Of(join(path, file)).catch(() => 'nothing')
    if (found !== expected) throw backupError(`${join(path, file)} is damaged: its SHA-256 is ${found}`)
  }
  // Older backups do not say it: they hold the log that lay beside an embedded store.
  return {
    ...manifest,
    logKeptIn: manifest.logKeptIn ?? (manifest.keptIn === 'redis' ? 'kafka' : 'embedded'),
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
