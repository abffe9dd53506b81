import { z } from 'zod'
import { HalflifeError } from '../errors/halflife-error.ts'
import { innermostIssue } from '../errors/innermost-issue.ts'
import { unknownField } from '../errors/unknown-field.ts'
import { type LearningSettings, learningSchema } from '../learning/learning-settings.ts'
import { draw } from '../ranking/draw.ts'
import { defaultScenarios } from './default-scenarios.ts'
import { isRecord, mergePatch } from './merge-patch.ts'
import { type Scenario, scenarioName, scenarioSchema, variantSchema } from './scenario.ts'

/** `halflife.config.json`: scenarios by name, and how models are learned. A scenario of a shipped name is merged into the
 *  shipped one; any other begins as the one that it `extends`, or as `home`. */
const fileSchema = z.strictObject({
  scenarios: z.record(scenarioName, z.record(z.string(), z.unknown())),
  learning: z.record(z.string(), z.unknown()).default({}),
})
const variantsSchema = z
  .record(scenarioName, variantSchema)
  .refine((variants) => !('control' in variants), {
    error: 'names one control, which is what the others leave',
  })
  .refine((variants) => trafficOf(variants) <= 1 + 1e-9, { error: 'has more than 1 of the traffic in all' })

type Variants = Readonly<Record<string, z.infer<typeof variantSchema>>>

export interface ConfiguredScenario {
  readonly scenario: Scenario
  readonly variants: ReadonlyMap<string, { readonly traffic: number; readonly scenario: Scenario }>
}

export type ScenarioConfig = ReadonlyMap<string, ConfiguredScenario>

export interface ChosenScenario {
  readonly name: string
  readonly scenario: Scenario
  /** undefined where the scenario has no variants, or nobody is asking. */
  readonly variant: string | undefined
}

/** What is in force where there is no file. */
export function defaultConfig(): ScenarioConfig {
  return scenarioConfig({ scenarios: {} })
}

/** The configuration that a file's content makes of the shipped one.
 *  @throws HL_CONFIG with the path, the value there and the rule that it breaks */
export function scenarioConfig(content: unknown): ScenarioConfig {
  const { scenarios: own } = parsed(fileSchema, content, [])
  learningConfig(content)
  const scenarios = new Map<string, ConfiguredScenario>()
  for (const name of new Set([...Object.keys(defaultScenarios), ...Object.keys(own)])) {
    scenarios.set(name, configured(name, own[name] ?? {}))
  }
  return scenarios
}

/** How models are to be learned: what the content says of it, beside the defaults. @throws HL_CONFIG as above */
export function learningConfig(content: unknown): LearningSettings {
  return parsed(learningSchema, parsed(fileSchema, content, []).learning, ['learning'])
}

function configured(name: string, own: Record<string, unknown>): ConfiguredScenario {
  const path = ['scenarios', name]
  const { extends: parent = 'home', variants: ownVariants = {}, ...changes } = own
  const base = defaultScenarios[name] ?? shipped(parent, [...path, 'extends'])
  const merged = mergePatch(base, changes)
  const scenario = parsed(scenarioSchema, merged, path)
  const variants = parsed(variantsSchema, ownVariants, [...path, 'variants'])
  const changed = Object.entries(variants).map(([variant, { traffic, change }]) => {
    const at = [...path, 'variants', variant, 'change']
    return [variant, { traffic, scenario: parsed(scenarioSchema, mergePatch(merged, change), at) }] as const
  })
  return { scenario, variants: new Map(changed) }
}

function shipped(name: unknown, path: readonly string[]): Record<string, unknown> {
  if (typeof name === 'string' && Object.hasOwn(defaultScenarios, name)) return defaultScenarios[name]!
  throw broken(path, name, `is none of ${Object.keys(defaultScenarios).join(', ')}`)
}

/** The scenario of that name, and the variant of it that the user falls to: always the same one for a user, an experiment
 *  and its shares. @throws HL_SCENARIO naming the known ones */
export function chooseScenario(
  config: ScenarioConfig,
  name: string,
  userId: string | undefined,
): ChosenScenario {
  const found = config.get(name)
  if (found === undefined) {
    const known = [...config.keys()].join(', ')
    throw new HalflifeError('HL_SCENARIO', `scenario ${JSON.stringify(name)} is none of ${known}`)
  }
  const { scenario, variants } = found
  if (variants.size === 0 || userId === undefined) return { name, scenario, variant: undefined }
  let place = draw(`${scenario.experiment ?? name} ${userId}`)
  for (const [variant, { traffic, scenario: changed }] of variants) {
    if (place < traffic) return { name, scenario: changed, variant }
    place -= traffic
  }
  return { name, scenario, variant: 'control' }
}

/** As JSON that could stand in the file and would change nothing. */
export function writtenConfig(config: ScenarioConfig, learning: LearningSettings): unknown {
  const scenarios = [...config].map(([name, { scenario, variants }]) => {
    const changed = [...variants].map(([variant, { traffic, scenario: change }]) => [
      variant,
      { traffic, change },
    ])
    return [name, { ...scenario, ...(changed.length > 0 && { variants: Object.fromEntries(changed) }) }]
  })
  return { scenarios: Object.fromEntries(scenarios), learning }
}

function trafficOf(variants: Variants): number {
  return Object.values(variants).reduce((sum, { traffic }) => sum + traffic, 0)
}

function parsed<T extends z.ZodType>(schema: T, value: unknown, path: readonly string[]): z.infer<T> {
  const result = schema.safeParse(value, { error: unknownField })
  if (result.success) return result.data
  const { issues } = result.error
  // What is missing is often what is misspelt.
  const issue = innermostIssue(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!)
  const own = issue.path.map(String)
  // An unknown key is named by the rule; the value to show is the one under it.
  const at = issue.code === 'unrecognized_keys' ? [...own, issue.keys[0]!] : own
  throw broken([...path, ...at], valueAt(value, at), issue.message)
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (isRecord(at) || Array.isArray(at) ? at[key as never] : undefined),
    value,
  )
}

function broken(path: readonly string[], value: unknown, rule: string): HalflifeError {
  const where = path.length === 0 ? 'the configuration' : path.join('.')
  return new HalflifeError('HL_CONFIG', `${where} is ${JSON.stringify(value)}: ${rule}`)
}
