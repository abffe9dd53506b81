import type { ImportSummary } from './run-import.ts'

/** What an import came to, for people. */
export function summaryTable(summary: ImportSummary): string {
  const whole = new Intl.NumberFormat('en')
  const rows: [string, string, string][] = [
    ['items', whole.format(summary.items), ''],
    [
      'events',
      whole.format(summary.events),
      `${whole.format(Math.round(summary.eventsPerSecond))} a second, published and tracked`,
    ],
    ['users', whole.format(summary.users), ''],
    ['broken lines', whole.format(summary.broken), ''],
    ['dead letters', whole.format(summary.deadLetters), ''],
    [
      'freshness',
      `${summary.freshnessSeconds.toFixed(2)} s`,
      'from the last event in the log to its effect in the store',
    ],
  ]
  return (
    rows
      .map(([name, value, note]) => `${name.padEnd(13)}${value.padStart(10)}  ${note}`.trimEnd())
      .join('\n') + '\n'
  )
}
