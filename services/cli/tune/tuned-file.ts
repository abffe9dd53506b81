import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import type { KnobWorth } from '../../../libs/evaluation/search-knobs.ts'
import type { Tuned } from '../../../libs/evaluation/tune.ts'
import type { LearningSettings } from '../../../libs/learning/learning-settings.ts'
import { readConfig, readLearning } from '../../../libs/scenario/follow-config.ts'
import { mergePatch } from '../../../libs/scenario/merge-patch.ts'
import { type ScenarioConfig, scenarioConfig } from '../../../libs/scenario/scenario-config.ts'

export interface ConfigContent {
  /** As the file has it: an empty one where there is none. */
  readonly written: unknown
  readonly config: ScenarioConfig
  readonly learning: LearningSettings
}

/** @throws HL_CONFIG when the file is there and broken */
export async function contentOf(path: string): Promise<ConfigContent> {
  const file = existsSync(path) ? path : undefined
  const [config, learning] = await Promise.all([readConfig(file), readLearning(file)])
  const written: unknown = file === undefined ? { scenarios: {} } : JSON.parse(await readFile(file, 'utf8'))
  return { written, config, learning }
}

/** The content with what was found: all of `learning`, and of the scenario the weights that are others than before. */
export function mergedWith(
  { written }: Pick<ConfigContent, 'written'>,
  scenario: string,
  { learning, page }: Pick<Tuned, 'learning' | 'page'>,
): unknown {
  const patches = page.worths.filter(isChanged).map(({ name, after }) => {
    const [kind, own] = name.split('.') as [string, string]
    if (kind === 'sources') return { sources: { [own]: { weight: after } } }
    // Of the timescales that a scenario names the others count nothing: all or none.
    return kind === 'timescales' ? { timescales: timescalesIn(page.worths) } : {}
  })
  const change = patches.reduce<unknown>(mergePatch, {})
  const merged = mergePatch(written, { learning, scenarios: { [scenario]: change } })
  scenarioConfig(merged)
  return merged
}

function timescalesIn(worths: readonly KnobWorth[]): Record<string, unknown> {
  return Object.fromEntries(
    worths.flatMap(({ name, after }) => {
      const [kind, own] = name.split('.') as [string, string]
      return kind === 'timescales' ? [[own, after] as const] : []
    }),
  )
}

export function isChanged({ before, after }: KnobWorth): boolean {
  return String(before) !== String(after)
}

export async function writeContent(path: string, content: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(content, undefined, 2)}\n`)
}
