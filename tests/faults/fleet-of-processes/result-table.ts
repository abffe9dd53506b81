import Table from 'cli-table3'
import type { RunOptions, RunReport } from './fault-run.ts'

const NO_LINES_BETWEEN_ROWS = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }

/** One table of what was done and what came of it. */
export function resultTable(options: RunOptions, report: RunReport): string {
  const { seed, trackers, partitions, counts, cluster } = options
  const { log, states } = report
  const repeated = [...log.users.values()].reduce((sum, user) => sum + user.repeated, 0)
  const table = new Table({
    chars: NO_LINES_BETWEEN_ROWS,
    style: { border: [] },
    colAligns: ['left', 'right'],
  })
  const row = (name: string, value: string | number) => table.push([name, String(value)])
  const section = (title: string) => table.push([title.toUpperCase(), ''])
  section(
    `seed ${seed}: ${trackers} trackers, ${partitions} partitions${cluster ? ', Redis Cluster' : ''}, ${report.seconds.toFixed(0)} s`,
  )
  row('records of the events topic', log.records)
  row('users', states.users)
  row('repeated ids', repeated)
  row('users forgotten, times', log.forgettings)
  row('records that are no events', log.poison.length)
  section('faults injected')
  row('kill -9 of a tracker', counts.crash)
  row('SIGSTOP longer than the session, SIGCONT', report.zombies)
  row('trackers that joined', counts.join)
  row('trackers that left', counts.leave)
  row(cluster ? 'kill -9 of a node of Redis' : 'kill -9 of Redis', counts.redisRestart)
  row('power loss of Redis (its last second cut off)', counts.powerLoss)
  row('bytes of its file so lost', report.bytesLost)
  row('kill -9 of Kafka', counts.brokerRestart)
  row('connections to Redis cut', report.cuts)
  row('requests and replies truncated', report.truncations)
  row('changes of delay to Redis', report.delays)
  section('seen')
  row('zombies whose write the store refused', report.zombiesRefused)
  row('writes refused in all', report.writesRefused)
  row('holes found and filled from the log', report.holesFound)
  section('results')
  row('accepted events that are not in the log', report.notInLog.length)
  row('events lost', states.lost)
  row('events counted twice', states.double)
  row('users whose state differs', states.problems.length)
  row('largest relative deviation of a vector', states.vectorDeviation.toExponential(1))
  row('largest relative deviation of a mass', states.massDeviation.toExponential(1))
  return table.toString()
}
