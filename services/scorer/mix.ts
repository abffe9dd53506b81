import type { SourceName } from '../../libs/ranking/source-name.ts'
import { type Scenario, type SourceSettings, sourceSettingsSchema } from '../../libs/scenario/scenario.ts'
import type { Mix } from './ask-sources.ts'
import type { About } from './question.ts'

const heard = sourceSettingsSchema.parse({})
const silent = sourceSettingsSchema.parse({ weight: 0 })

/** The sources to ask. What a request is about is heard even where the scenario does not name it; without anything to go
 *  by, what trends is heard alone; and whoever explores needs something to explore. */
export function mixOf(scenario: Scenario, about: About, cold: boolean): Mix {
  const mix = new Map(Object.entries(scenario.sources) as [SourceName, SourceSettings][])
  if (about.query !== undefined && !mix.has('query')) mix.set('query', heard)
  if (about.itemId !== undefined && !mix.has('similar')) mix.set('similar', heard)
  if (about.vector !== undefined && !mix.has('vector')) mix.set('vector', heard)
  if (scenario.exploration.share > 0 && !mix.has('fresh')) mix.set('fresh', silent)
  if (!cold) return mix
  const trending = { ...heard, limit: mix.get('trending')?.limit ?? heard.limit }
  const others = [...mix].filter(([name]) => name === 'supplied' || name === 'fresh')
  return new Map([['trending', trending], ...others])
}
