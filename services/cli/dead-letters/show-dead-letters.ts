import { isUtf8 } from 'node:buffer'
import { printable } from '../printable.ts'
import type { DeadLetter } from './stored-dead-letter.ts'

/** One line each, under a line of headings. */
export function deadLetterTable(letters: readonly DeadLetter[]): string {
  const rows = letters.map(({ key, code, timestampMs, reason }) => [
    key,
    code,
    new Date(timestampMs).toISOString(),
    reason,
  ])
  const lines = [['key', 'code', 'time', 'reason'], ...rows].map((cells) => cells.map(printable))
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)))
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** All headers, then the value: as text when it is text, else in hexadecimal. */
export function wholeDeadLetter({ key, headers, value, leftOutBytes }: DeadLetter): string {
  const lines = Object.entries({ key, ...headers }).map(([name, text]) => `${name}: ${printable(text)}\n`)
  const shown =
    leftOutBytes === undefined ? valueLines(value) : `value, ${leftOutBytes} bytes, left out as too large`
  return `${lines.join('')}\n${shown}\n`
}

function valueLines(value: Buffer | null): string {
  if (value === null) return 'no value'
  const text = value.toString()
  const isText = isUtf8(value) && !/[^\P{Cc}\t\r\n]/u.test(text)
  return isText
    ? `value, ${value.length} bytes of text:\n${text}`
    : `value, ${value.length} bytes in hexadecimal:\n${value.toString('hex')}`
}
