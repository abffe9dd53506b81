import Table from 'cli-table3'
import { printable } from '../printable.ts'
import type { Figures, Quantiles } from './frame-figures.ts'
import type { ServiceState } from './watched-services.ts'

export interface Frame {
  readonly services: readonly ServiceState[]
  readonly figures: Figures
  readonly interests: readonly (readonly [title: string, note: string])[]
  /** Whose interests; undefined: what is wanted most by all. */
  readonly userId: string | undefined
}

/** One picture, as lines of text. */
export function frameText({ services, figures, interests, userId }: Frame): string {
  const heading = userId === undefined ? 'wanted most now' : `interests of ${userId}`
  const tables = [
    table(
      ['service', 'at', 'state'],
      services.map(({ service, url, state }) => [service, url, state]),
    ),
    table(['', 'now'], rows(figures)),
    table([heading, ''], interests.length > 0 ? interests : [['nothing, or no scorer to ask', '']]),
  ]
  return tables.join('\n')
}

function rows(figures: Figures): [string, string][] {
  const { degradedShare } = figures
  return [
    ['events taken in', `${figures.eventsPerSecond.toFixed(1)} a second`],
    ['lag', `${count(figures.lagRecords)} records, ${seconds(figures.lagSeconds)}`],
    ['freshness', quantiles(figures.freshness)],
    ['answers', `${figures.answersPerSecond.toFixed(1)} a second`],
    ['  ranked within', quantiles(figures.answering)],
    ['  degraded', degradedShare === undefined ? '–' : `${Math.round(100 * degradedShare)} %`],
    ['items', count(figures.items)],
    ['events lost', String(figures.lost)],
    ['dead letters', String(figures.deadLetters)],
  ]
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const drawn = new Table({ head: [...head].map(printable), style: { head: [], border: [] } })
  for (const line of lines) drawn.push(line.map(printable))
  return drawn.toString()
}

function quantiles({ p50, p99 }: Quantiles): string {
  return p50 === undefined ? '–' : `half ≤ ${seconds(p50)}, 99 % ≤ ${seconds(p99)}`
}

function seconds(value: number | undefined): string {
  if (value === undefined) return '–'
  if (value === Number.POSITIVE_INFINITY) return 'beyond the last bucket'
  return value < 1 ? `${Math.round(value * 10_000) / 10} ms` : `${Math.round(value * 10) / 10} s`
}

const whole = new Intl.NumberFormat('en')
const count = (value: number | undefined): string => (value === undefined ? '–' : whole.format(value))
