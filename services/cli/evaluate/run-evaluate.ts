import { writeFile } from 'node:fs/promises'
import { clean } from '../../../libs/evaluation/clean.ts'
import { type Evaluation, evaluate } from '../../../libs/evaluation/evaluate.ts'
import type { Dataset } from '../../../libs/evaluation/history-data.ts'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readConfig, readLearning } from '../../../libs/scenario/follow-config.ts'
import { readSettings } from '../../../libs/settings/settings.ts'
import { memoryOf } from '../../process/contract.ts'
import { withProgress } from '../../process/progress.ts'
import { checkWritable } from '../check-writable.ts'
import { type EmbeddedTexts, embedTexts } from './embed-texts.ts'
import type { EvaluateFlags } from './evaluate-flags.ts'
import { csvOf, documentOf, jsonOf } from './evaluation-json.ts'
import { evaluationText } from './evaluation-table.ts'
import { readData } from './read-data.ts'
import { reportPage } from './report-page.ts'

/** Reads, cleans, embeds, evaluates, prints, writes. @throws HL_CONFIG, HL_DATA, HL_IMPORT, HL_MODEL_* */
export async function runEvaluate(what: string, flags: EvaluateFlags): Promise<void> {
  const settings = readSettings(process.env)
  const file = configFile(flags.config ?? settings.CONFIG_FILE)
  const { timescales } = (await readConfig(file)).get('home')!.scenario
  const memory = memoryOf(settings)
  const learning = await readLearning(file)
  await Promise.all([flags.json, flags.csv, flags.report].map(checkWritable))
  const { dataset, evaluation, texts } = await withProgress(async (progress) => {
    progress.report({ step: 'read', done: 0, total: 0 })
    const dataset = clean(await readData(what, settings), flags)
    const texts = flags.without.includes('text')
      ? noTexts(dataset)
      : await embedTexts(dataset.texts, settings, progress)
    const evaluation = await evaluate(dataset, {
      ...flags,
      texts: texts.vectors,
      memory: { ...memory, timescaleWeights: timescales ?? memory.timescaleWeights },
      learning,
      mostCases: mostCases(flags.users, dataset),
      onProgress: progress.report,
    })
    return { dataset, evaluation, texts }
  })
  await write(dataset, evaluation, texts, flags)
}

async function write(
  dataset: Dataset,
  evaluation: Evaluation,
  { model }: EmbeddedTexts,
  { json, csv, report }: EvaluateFlags,
): Promise<void> {
  const document = documentOf(dataset, evaluation, model)
  process.stdout.write(evaluationText(document))
  if (json !== undefined) await writeFile(json, jsonOf(document))
  if (csv !== undefined) await writeFile(csv, csvOf(document))
  if (report !== undefined) await writeFile(report, await reportPage(document, evaluation))
}

function noTexts({ texts }: Dataset): EmbeddedTexts {
  return { vectors: texts.map(() => undefined), model: undefined }
}

/** Scores to be made by default: so many take some minutes. */
const MOST_SCORES = 1e8

function mostCases(users: EvaluateFlags['users'], { history }: Dataset): number {
  if (users === 'all') return Number.POSITIVE_INFINITY
  return users ?? Math.max(1_000, Math.floor(MOST_SCORES / history.catalogSize))
}
