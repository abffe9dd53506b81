import type { HistoryFacts, Inspection } from '../../../libs/evaluation/inspect/inspect.ts'
import { percent, whole } from '../figures.ts'
import { printable } from '../printable.ts'

/** Broken rows, users and languages that are named before only their number is said. */
const MOST_NAMED = 5
const HEADING_WIDTH = 16

/** The whole inspection for a person: a heading, what was found, and what becomes of it. */
export function inspectionPage(inspection: Inspection): string {
  const { history } = inspection
  const parts = [
    ['data', dataLines(inspection)],
    ['schema', schemaLines(inspection)],
    ['duplicates', duplicateLines(inspection)],
    ['time travel', timeLines(inspection)],
    ['bot-like users', history ? botLines(history) : []],
    ['text', textLines(inspection)],
    ['languages', languageLines(inspection)],
    ['ties', history ? tieLines(history) : []],
    ['sparsity', history ? sparsityLines(history) : []],
  ] as const
  return parts
    .flatMap(([heading, lines]) => {
      return lines.map((line, l) => `${(l === 0 ? heading : '').padEnd(HEADING_WIDTH)}${printable(line)}\n`)
    })
    .join('')
}

function dataLines({ name, history, notPositive }: Inspection): string[] {
  if (history === undefined) return [`${name}: no event can be read`]
  const { events, users, items, firstMs, lastMs } = history.report
  return [
    `${name}: ${whole(events)} events of ${whole(users)} users with ${whole(items)} items, ${dayOf(firstMs)} to ${dayOf(lastMs)}`,
    ...(notPositive > 0
      ? [`${whole(notPositive)} more say nothing for their item (impressions, dislikes, returns)`]
      : []),
  ]
}

function schemaLines({ broken, brokenRows }: Inspection): string[] {
  if (brokenRows === 0) return ['every row can be read']
  const named = broken
    .slice(0, MOST_NAMED)
    .map(({ file, line, problem }) => `  ${file} line ${line}: ${problem}`)
  const rest = brokenRows - named.length
  return [
    `${whole(brokenRows)} rows cannot be read and are left out`,
    ...named,
    ...(rest > 0 ? [`  and ${whole(rest)} more`] : []),
  ]
}

function duplicateLines({ describedTwice, history }: Inspection): string[] {
  const twice = history?.report.duplicates ?? 0
  return [
    `${whole(twice)} events repeat another's user, item and time and are dropped`,
    `${whole(describedTwice)} rows describe an item or a user that had a row before; the last one holds`,
  ]
}

function timeLines({ time: { afterNow, beforeWeb, outOfOrder } }: Inspection): string[] {
  return [
    `${whole(afterNow)} events after this moment, ${whole(beforeWeb)} before 1991 (is the unit of the times right?)`,
    `${whole(outOfOrder)} rows older than the row before of the same user; order in the file does not matter`,
  ]
}

function botLines({ botLike, report }: HistoryFacts): string[] {
  if (botLike.length === 0) return ['none']
  const events = botLike.reduce((sum, found) => sum + found.events, 0)
  const named = botLike.slice(0, MOST_NAMED)
  const rest = botLike.length - named.length
  return [
    `${whole(botLike.length)} users with ${percent(events / report.events)} of the events; look at them, nothing is dropped`,
    ...named.map((found) => `  ${found.userId}: ${whole(found.events)} events, ${found.reason}`),
    ...(rest > 0 ? [`  and ${whole(rest)} more`] : []),
  ]
}

function textLines({ history, texts }: Inspection): string[] {
  if (history === undefined) return [`${whole(texts.items)} items with text`]
  const { items, itemsWithText } = history.report
  return [
    `${whole(items - itemsWithText)} of ${whole(items)} items are without text, in ${percent(history.eventsWithoutText)} of the events`,
    `${whole(texts.unused)} items with text are in no event`,
  ]
}

function languageLines({ texts: { items, languages } }: Inspection): string[] {
  if (languages.length === 0) return ['no text']
  return [languages.map(([language, count]) => `${language} ${percent(count / items)}`).join(', ')]
}

function tieLines({ report, usersTiedAtEnd }: HistoryFacts): string[] {
  return [
    `${percent(report.tiedShare)} of the events have the time of the same user's event before`,
    `${whole(usersTiedAtEnd)} users' last two events have one time: see the subset "untied" of halflife evaluate`,
  ]
}

function sparsityLines(facts: HistoryFacts): string[] {
  const { report, density, medianEvents, mostEvents, rareItems, usersOfOneEvent } = facts
  return [
    `${Number((100 * density).toPrecision(2))} % of all pairs of user and item, ${percent(report.repeatShare)} of the events repeats`,
    `a user has ${whole(medianEvents)} events in the middle, at most ${whole(mostEvents)}; ${whole(usersOfOneEvent)} users have one`,
    `${whole(rareItems)} of ${whole(report.items)} items have fewer than 5 events`,
  ]
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
