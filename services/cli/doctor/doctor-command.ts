import { Command } from 'commander'
import pc from 'picocolors'
import { printable } from '../printable.ts'
import type { Finding } from './finding.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'look at Kafka, Redis, model, clocks and configuration, and say what to do; exit code 1 if any is red',
    )
    .option('--json', 'print findings as JSON')
    .addHelpText(
      'after',
      '\nIt changes nothing, and looks at what the same environment would give to a service.',
    )
    .action(async ({ json = false }: { json?: boolean }) => {
      // kafkajs and ioredis are loaded by this command, not by every process.
      const { examine } = await import('./examine.ts')
      const findings = await examine(process.env)
      process.stdout.write(json ? `${JSON.stringify(findings, undefined, 2)}\n` : report(findings))
      if (findings.some(({ level }) => level === 'red')) process.exitCode = 1
    })
}

const paint = { green: pc.green, yellow: pc.yellow, red: pc.red }

function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length))
  const lines = findings.flatMap(({ what, level, seen, remedy }) => [
    `${paint[level](level.padEnd(6))}  ${what.padEnd(width)}  ${printable(seen)}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width + 8)}  → ${printable(remedy)}`]),
  ])
  return `${lines.join('\n')}\n`
}
