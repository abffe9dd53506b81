import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { HalflifeError, isHalflifeError, messageOf } from '../errors/halflife-error.ts'
import { defaultConfig, type ScenarioConfig, scenarioConfig } from './scenario-config.ts'

export interface FollowedConfig {
  /** As of the newest readable version of the file. */
  current(): ScenarioConfig
  close(): Promise<void>
}

export interface ConfigTelemetry {
  configLoaded(facts: { path: string | undefined; scenarios: readonly string[] }): void
  /** The file is broken or gone: what was in force stays in force. */
  configRefused(facts: { path: string; error: unknown }): void
}

/** How soon a changed file counts. It is looked at rather than listened to: a mounted ConfigMap changes by a symbolic link
 *  far away, of which no file system event tells. */
const LOOK_EVERY_MS = 500

/** The configuration in the file: the shipped one when there is no path. @throws HL_CONFIG */
export async function readConfig(path: string | undefined): Promise<ScenarioConfig> {
  if (path === undefined) return defaultConfig()
  try {
    return scenarioConfig(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (isHalflifeError(error)) throw new HalflifeError('HL_CONFIG', `${path}: ${messageOf(error)}`)
    throw new HalflifeError('HL_CONFIG', `${path} cannot be read as JSON: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** Reads the configuration, and again whenever its file changes. @throws HL_CONFIG when there is no good one to begin with */
export async function followConfig(path: string | undefined, say: ConfigTelemetry): Promise<FollowedConfig> {
  let config = await readConfig(path)
  loaded()
  if (path === undefined) return { current: () => config, close: async () => {} }

  /** One reading at a time and in order: an older version must not come in behind a newer one. */
  let reading = Promise.resolve()
  const read = () => {
    reading = reading.then(async () => {
      try {
        config = await readConfig(path)
        loaded()
      } catch (error) {
        say.configRefused({ path, error })
      }
    })
  }
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, read)
  return {
    current: () => config,
    async close() {
      unwatchFile(path, read)
      await reading
    },
  }

  function loaded(): void {
    say.configLoaded({ path, scenarios: [...config.keys()] })
  }
}
