import Table from 'cli-table3'
import { type Figure, isMet, spreadOf } from './figure.ts'

const HEAD = ['name', 'figure', 'unit', 'reference', 'limit', 'ratio', 'spread', 'goal', 'met']
const LEFT = ['name', 'unit', 'goal', 'met']

/** For people: one line a figure. */
export function tableOf(figures: readonly Figure[]): string {
  const colAligns = HEAD.map((name) => (LEFT.includes(name) ? 'left' : 'right'))
  // No rules between rows: they would double the length.
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }
  const table = new Table({ head: HEAD, colAligns, chars, style: { head: [], border: [] } })
  for (const figure of figures) table.push(rowOf(figure))
  return table.toString()
}

export function rowOf(figure: Figure): string[] {
  const { name, unit, ratio, goal, runs } = figure
  const met = isMet(figure)
  // Of one run there is no spread.
  const spread = runs.length === 1 ? '' : `±${Math.round(spreadOf(figure) * 100)} %`
  const numbers = [shown(figure.figure), unit, shown(figure.reference), shown(figure.limit)]
  return [name, ...numbers, shown(ratio, 3), spread, goal, met === undefined ? '' : met ? 'yes' : 'no']
}

function shown(value: number, digits = 4): string {
  return value.toLocaleString('en', { maximumSignificantDigits: digits })
}
