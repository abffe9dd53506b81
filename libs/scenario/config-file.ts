import { existsSync } from 'node:fs'

/** Where scenarios are looked for when CONFIG_FILE does not say. */
export const USUAL_PLACE = './halflife.config.json'

/** The file of scenarios: the one set, or the usual one if it is there, or none. One that is set must be there. */
export function configFile(setting: string | undefined): string | undefined {
  return setting ?? (existsSync(USUAL_PLACE) ? USUAL_PLACE : undefined)
}
