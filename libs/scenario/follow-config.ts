import { readFile } from 'node:fs/promises'
import { HalflifeError, isHalflifeError, messageOf } from '../errors/halflife-error.ts'
import { defaultLearning, type LearningSettings } from '../learning/learning-settings.ts'
import { type FollowedFile, followFile } from '../settings/followed-file.ts'
import { defaultConfig, learningConfig, type ScenarioConfig, scenarioConfig } from './scenario-config.ts'

export interface ConfigTelemetry {
  configLoaded(facts: { path: string | undefined; scenarios: readonly string[] }): void
  /** The file is broken or gone: what was in force stays in force. */
  configRefused(facts: { path: string; error: unknown }): void
}

/** The configuration in the file: the shipped one when there is no path. @throws HL_CONFIG */
export async function readConfig(path: string | undefined): Promise<ScenarioConfig> {
  return path === undefined ? defaultConfig() : readFileAs(path, scenarioConfig)
}

/** How models are to be learned by the file: the defaults when there is no path. @throws HL_CONFIG */
export async function readLearning(path: string | undefined): Promise<LearningSettings> {
  return path === undefined ? defaultLearning : readFileAs(path, learningConfig)
}

async function readFileAs<T>(path: string, understood: (content: unknown) => T): Promise<T> {
  try {
    return understood(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (isHalflifeError(error)) throw new HalflifeError('HL_CONFIG', `${path}: ${messageOf(error)}`)
    throw new HalflifeError('HL_CONFIG', `${path} cannot be read as JSON: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** The configuration, always that of the newest good version of its file; the shipped one when there is no path.
 *  @throws HL_CONFIG when there is no good version to begin with */
export async function followConfig(
  path: string | undefined,
  say: ConfigTelemetry,
): Promise<FollowedFile<ScenarioConfig>> {
  const loaded = (config: ScenarioConfig) => say.configLoaded({ path, scenarios: [...config.keys()] })
  if (path !== undefined) {
    return followFile(path, readConfig, { loaded, refused: (error) => say.configRefused({ path, error }) })
  }
  const config = defaultConfig()
  loaded(config)
  return { current: () => config, close: async () => {} }
}
