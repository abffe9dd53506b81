import { readKeyFile } from '../../../libs/access/key-file.ts'
import { messageOf } from '../../../libs/errors/halflife-error.ts'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readConfig } from '../../../libs/scenario/follow-config.ts'
import type { Settings } from '../../../libs/settings/settings.ts'
import { isLoopback } from '../../process/admission.ts'
import { type Finding, green, red, yellow } from './finding.ts'

/** What the settings say, and the files that they name. */
export async function judgeConfiguration(settings: Settings): Promise<Finding[]> {
  return [judgeWeights(settings), await judgeScenarios(settings), await judgeKeys(settings)]
}

function judgeWeights({ TIMESCALES, TIMESCALE_WEIGHTS }: Settings): Finding {
  const what = 'timescales'
  const names = Object.keys(TIMESCALES)
  const unweighted = names.filter((name) => TIMESCALE_WEIGHTS[name] === undefined)
  const unknown = Object.keys(TIMESCALE_WEIGHTS).filter((name) => TIMESCALES[name] === undefined)
  if (unweighted.length > 0 || unknown.length > 0) {
    const seen = `TIMESCALES names ${names.join(', ')}; TIMESCALE_WEIGHTS ${Object.keys(TIMESCALE_WEIGHTS).join(', ')}`
    return yellow(what, seen, 'Name the same timescales in both.')
  }
  return green(what, names.join(', '))
}

async function judgeScenarios({ CONFIG_FILE }: Settings): Promise<Finding> {
  const what = 'scenarios'
  const path = configFile(CONFIG_FILE)
  try {
    const config = await readConfig(path)
    return green(what, `${[...config.keys()].join(', ')} (${path ?? 'as shipped'})`)
  } catch (error) {
    return red(what, messageOf(error), 'Mend the file: no scorer starts with it.')
  }
}

async function judgeKeys({ API_KEYS_FILE, HOST, ALLOW_ANONYMOUS }: Settings): Promise<Finding> {
  const what = 'api keys'
  if (API_KEYS_FILE === undefined) {
    if (!isLoopback(HOST) && !ALLOW_ANONYMOUS) {
      return red(
        what,
        `none, and HOST is ${HOST}: no service starts`,
        'Set API_KEYS_FILE; `halflife keys create` makes one.',
      )
    }
    return ALLOW_ANONYMOUS
      ? yellow(what, `none, and ALLOW_ANONYMOUS=true on ${HOST}`, 'Set API_KEYS_FILE unless a gateway asks.')
      : green(what, `none; HOST is ${HOST}`)
  }
  try {
    const now = Date.now()
    const keys = await readKeyFile(API_KEYS_FILE)
    const good = keys.filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now)
    if (good.length > 0) return green(what, `${good.length} of ${keys.length} are good`)
    return red(what, 'no key is good', 'Make one: halflife keys create NAME --scope recommendations:read')
  } catch (error) {
    return red(what, messageOf(error), 'Mend the file: no service starts with it.')
  }
}
