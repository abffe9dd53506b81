import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings, type Settings } from '../../libs/settings/settings.ts'
import { startProcess } from '../../services/process/start-process.ts'
import type { Role } from '../../services/process/start-roles.ts'
import { type HttpClient, httpClient } from './http-client.ts'

/** Where log and store are: a fresh folder, or a prefix of its own on shared servers. */
export interface Place {
  readonly environment: Readonly<Record<string, string>>
}

/** vitest's `onTestFinished`, or `afterAll` where several tests share what is opened. */
export type WhenOver = (clean: () => Promise<void>) => void

export async function embeddedPlace(whenOver: WhenOver): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-test-'))
  whenOver(() => rm(folder, { recursive: true, force: true }))
  return { environment: { DATA_DIR: folder } }
}

export function serversPlace(kafkaBrokers: string, redisUrl: string): Place {
  const prefix = `test-${randomUUID().slice(0, 8)}`
  return {
    environment: {
      KAFKA_BROKERS: kafkaBrokers,
      REDIS_URL: redisUrl,
      TOPIC_PREFIX: prefix,
      KEY_PREFIX: prefix,
      TOPIC_PARTITIONS: '3',
    },
  }
}

/** Settings for tests: any free port, and the lexical embedder, which needs no model. */
export function settingsAt(place: Place, more: Readonly<Record<string, string>> = {}): Settings {
  return readSettings({ PORT: '0', EMBEDDER: 'lexical', LOG_LEVEL: 'silent', ...place.environment, ...more })
}

/** Starts services in this process; they are closed when all is over, or by `close`. */
export async function runServices(
  roles: readonly Role[],
  settings: Settings,
  whenOver: WhenOver,
): Promise<HttpClient & { close(): Promise<void> }> {
  const running = await startProcess({ roles, service: roles.join('-'), settings, onProgress: () => {} })
  whenOver(() => running.closing.closeAll())
  return { ...httpClient(running.port), close: () => running.closing.closeAll() }
}
