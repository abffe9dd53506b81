import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { clean } from '../../../libs/evaluation/clean.ts'
import type { SplitName } from '../../../libs/evaluation/split.ts'
import { type TuneOptions, tune } from '../../../libs/evaluation/tune.ts'
import { configFile, USUAL_PLACE } from '../../../libs/scenario/config-file.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import { memoryOf } from '../../process/contract.ts'
import { withProgress } from '../../process/progress.ts'
import { checkWritable } from '../check-writable.ts'
import { embedTexts } from '../evaluate/embed-texts.ts'
import { readData } from '../evaluate/read-data.ts'
import { sayLeftOut } from '../evaluate/say-left-out.ts'
import { type ConfigContent, contentOf, mergedWith, writeContent } from './tuned-file.ts'
import { tunedText, writtenText } from './tuned-table.ts'

export interface TuneFlags {
  readonly split: SplitName
  readonly minCore: number
  readonly scenario: string
  readonly rounds: number
  readonly minutes?: number
  readonly seed: number
  readonly out?: string
}

/** Reads, cleans, embeds, searches, prints, writes. @throws HL_CONFIG, HL_DATA, HL_IMPORT, HL_MODEL_* */
export async function runTune(what: string, flags: TuneFlags): Promise<void> {
  const settings = readSettings(process.env)
  const path = flags.out ?? configFile(settings.CONFIG_FILE) ?? USUAL_PLACE
  await checkWritable(path)
  const start = startOf(await contentOf(path), flags.scenario, settings)
  const tuned = await withProgress(async (progress) => {
    progress.report({ step: 'read', done: 0, total: 0 })
    const dataset = clean(await readData(what, settings), flags)
    sayLeftOut(dataset, progress)
    const texts = await embedTexts(dataset.texts, settings, progress)
    const untilMs =
      flags.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + flags.minutes * 60_000
    return tune(dataset, {
      ...start,
      split: flags.split,
      seed: flags.seed,
      rounds: flags.rounds,
      texts: texts.vectors,
      goesOn: () => Date.now() < untilMs,
      onProgress: progress.report,
    })
  })
  process.stdout.write(tunedText(tuned, settings))
  // Minutes may have passed: what somebody wrote into the file meanwhile stays, and one broken meanwhile costs no result.
  await writeContent(path, mergedWith(await contentOf(path), flags.scenario, tuned))
  process.stdout.write(writtenText(path))
}

/** What the file and the settings have in force. @throws HL_CONFIG when there is no such scenario */
function startOf(
  { config, learning }: ConfigContent,
  name: string,
  settings: Settings,
): Pick<TuneOptions, 'learning' | 'sources' | 'memory' | 'trendingHalfLifeS'> {
  const scenario = config.get(name)?.scenario
  if (scenario === undefined) {
    throw new HalflifeError('HL_CONFIG', `scenario ${name} is none of ${[...config.keys()].join(', ')}`)
  }
  const memory = memoryOf(settings)
  const weights = Object.entries(scenario.sources).map(([source, { weight }]) => [source, weight] as const)
  return {
    learning,
    sources: Object.fromEntries(weights),
    memory: { ...memory, timescaleWeights: scenario.timescales ?? memory.timescaleWeights },
    trendingHalfLifeS: settings.TRENDING_HALF_LIFE,
  }
}
