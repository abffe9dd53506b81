import Table from 'cli-table3'
import type { KnobValue, KnobWorth, Search } from '../../../libs/evaluation/search-knobs.ts'
import type { Tuned } from '../../../libs/evaluation/tune.ts'
import { type PairedGain, pairedGain } from '../../../libs/learning/paired-gain.ts'
import type { Settings } from '../../../libs/settings/settings.ts'
import { whole } from '../figures.ts'
import { isChanged } from './tuned-file.ts'

/** What each knob was worth, what all were worth together, and what is left to be set by hand. */
export function tunedText({ cases, learned, page }: Tuned, settings: Settings): string {
  const head = ['knob', 'before', 'tuned', 'worth']
  const table = new Table({ head, style: { head: [], border: [] } })
  for (const worth of [...learned.worths, ...page.worths]) table.push(row(worth))
  return [
    table.toString(),
    `how models are learned: ${progressOf(learned)} on ${whole(cases)} validation cases`,
    `how pages are made: ${progressOf(page)}`,
    ...settingLines([...learned.worths, ...page.worths], settings),
    '',
  ].join('\n')
}

export function writtenText(path: string): string {
  return `written to ${path}; halflife evaluate and halflife train read it, and a running scorer within a second\n`
}

function row(worth: KnobWorth): string[] {
  const { name, before, after, tried, gain } = worth
  const unchanged = tried === undefined ? 'not tried' : `none: ${shown(tried)} would bring ${gainText(gain)}`
  return [name, shown(before), shown(after), isChanged(worth) ? gainText(gain) : unchanged]
}

function progressOf({ gains, gainsBefore }: Search): string {
  const [before, after] = [meanOf(gainsBefore).toFixed(4), meanOf(gains).toFixed(4)]
  return `NDCG ${before} → ${after} (${gainText(pairedGain(gains, gainsBefore))})`
}

/** What belongs to the store, and so is no matter of a scenario. */
function settingLines(worths: readonly KnobWorth[], settings: Settings): string[] {
  const changed = worths.filter((worth) => isChanged(worth) && /^[A-Z]/.test(worth.name))
  if (changed.length === 0) return []
  const timescales = { ...settings.TIMESCALES }
  const lines = new Map<string, string>()
  for (const { name, after } of changed) {
    const [setting, own] = name.split('.') as [string, string | undefined]
    if (own === undefined) lines.set(setting, shown(after))
    else {
      timescales[own] = Number(after)
      const written = Object.entries(timescales).map(([scale, seconds]) => `${scale}=${seconds}`)
      lines.set(setting, written.join(','))
    }
  }
  return [
    'of the store, to be set for every process, then halflife rebuild:',
    ...[...lines].map(([setting, value]) => `  ${setting}=${value}`),
  ]
}

function shown(value: KnobValue): string {
  return [value].flat().join(' ')
}

function gainText({ mean, standardError }: PairedGain): string {
  return `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(4)} ± ${standardError.toFixed(4)}`
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
