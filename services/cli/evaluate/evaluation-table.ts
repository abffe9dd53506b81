import Table from 'cli-table3'
import { defaultLearning, type LearningSettings } from '../../../libs/learning/learning-settings.ts'
import { percent, whole } from '../figures.ts'
import { printable } from '../printable.ts'
import type { EvaluationDocument } from './evaluation-json.ts'

/** Broken rows named before only their number is said. */
const MOST_NAMED = 5

/** Everything that a person wants to see first: what was cleaned, how it was asked, what came out. */
export function evaluationText(document: EvaluationDocument): string {
  return [cleaningText(document), protocolText(document), methodTable(document), gapTable(document)].join(
    '\n',
  )
}

export function cleaningText({ data }: Pick<EvaluationDocument, 'data'>): string {
  const { broken } = data
  const lines = [
    `${data.name}: ${whole(data.read + data.brokenRows)} rows, ${whole(data.brokenRows)} broken, ` +
      `${whole(data.duplicates)} duplicates, ${whole(data.notPositive)} without positive weight, ` +
      `${whole(data.belowCore)} below the core of ${data.minCore}`,
    ...broken.slice(0, MOST_NAMED).map(({ file, line, problem }) => `  ${file} line ${line}: ${problem}`),
    ...(data.brokenRows > MOST_NAMED
      ? [`  and ${whole(data.brokenRows - MOST_NAMED)} more broken rows`]
      : []),
    `left: ${whole(data.events)} events of ${whole(data.users)} users with ${whole(data.items)} items ` +
      `(${whole(data.itemsWithText)} with text), ${percent(data.repeatShare)} repeats, ` +
      `${percent(data.tiedShare)} at the time of the event before`,
  ]
  return `${lines.map(printable).join('\n')}\n`
}

export function protocolText({ protocol }: EvaluationDocument): string {
  const sampled =
    protocol.testCases < protocol.testCasesBeforeSampling
      ? `, a sample of ${whole(protocol.testCasesBeforeSampling)} (--users all asks everybody)`
      : ''
  const seen = protocol.maskSeen ? 'seen items left out' : 'seen items stay, for they are wanted again'
  const without = protocol.without.length > 0 ? `, without ${protocol.without.join(', ')}` : ''
  const tuned = changesOf(protocol.learning)
  return (
    `${protocol.split}: ${whole(protocol.testCases)} users asked${sampled}, whole catalog ranked, ${seen}; ` +
    `tuned on ${whole(protocol.validationCases)} earlier cases${without}; seed ${protocol.seed}${tuned}\n`
  )
}

/** Which of the settings of learning are another than the default. */
function changesOf(learning: LearningSettings): string {
  const changes = Object.entries(learning).flatMap(([name, value]) => {
    const same = String(value) === String(defaultLearning[name as keyof LearningSettings])
    return same ? [] : [`${name} ${[value].flat().join(' ')}`]
  })
  return changes.length > 0 ? `; learned with ${changes.join(', ')}` : ''
}

function methodTable({ methods, protocol }: EvaluationDocument): string {
  const head = [
    '',
    'HR@10',
    'NDCG@10',
    'untied HR',
    'untied NDCG',
    `Δ NDCG to ${protocol.baseline}`,
    'coverage',
    'novelty',
    'Gini',
  ]
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: head.map((_, c) => (c === 0 ? 'left' : 'right')),
  })
  for (const { name, subsets, intervals, differences } of methods) {
    const { all, untied } = subsets
    const [low, high] = intervals.all['ndcg@10']!
    const change = differences.subsets.all['ndcg@10']!
    table.push([
      name,
      all['hr@10']!.toFixed(4),
      `${all['ndcg@10']!.toFixed(4)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
      untied['hr@10']!.toFixed(4),
      untied['ndcg@10']!.toFixed(4),
      name === differences.baseline
        ? ''
        : `${signed(change.mean)} [${signed(change.low)}, ${signed(change.high)}]`,
      percent(all['coverage@10']!),
      all['novelty@10']!.toFixed(1),
      all['gini@10']!.toFixed(2),
    ])
  }
  return (
    `${table.toString()}\nall: ${whole(methods[0]!.subsets.all.users!)} users; untied: the ${whole(
      methods[0]!.subsets.untied.users!,
    )} whose last two times differ; ` +
    `by lot: HR@10 ${protocol.chance['hr@10']!.toFixed(4)}, NDCG@10 ${protocol.chance['ndcg@10']!.toFixed(4)}\n`
  )
}

function gapTable({ methods }: EvaluationDocument): string {
  const names = Object.keys(methods[0]!.gaps).filter(
    (name) => methods[0]!.gaps[name]!['ndcg@10'] !== undefined,
  )
  if (names.length === 0) return ''
  const lines = names.map((name) => {
    const gaps = methods.map((method) => `${method.name} ${method.gaps[name]!['ndcg@10']!.toFixed(3)}`)
    return `gap of NDCG@10 between groups by ${printable(name)}: ${gaps.join(', ')}\n`
  })
  return lines.join('')
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(3)}`
}
