import { expect, it } from 'vitest'
import { against, figureOf } from '../../bench/figure.ts'
import { rowOf } from '../../bench/table.ts'

it('shows a figure, its limit, the ratio with its spread, and whether the goal is met', () => {
  const runs = [
    against('bare', 10_000, 20_000),
    against('bare', 8_000, 20_000),
    against('bare', 12_000, 20_000),
  ]
  const figure = figureOf('pipeline', 'events/s', { sense: 'at least', ratio: 0.8 }, runs)
  expect(rowOf(figure)).toEqual([
    'pipeline',
    '10,000',
    'events/s',
    '20,000',
    '20,000',
    '0.5',
    '±20 %',
    'at least 0.8',
    'no',
  ])
})

it('shows no spread of one run, and no verdict without a goal', () => {
  expect(rowOf(figureOf('memory tracker', 'MB', undefined, [against('vectors', 90, 30)]))).toEqual([
    'memory tracker',
    '90',
    'MB',
    '30',
    '30',
    '3',
    '',
    'none',
    '',
  ])
})
