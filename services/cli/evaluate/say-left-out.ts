import type { Dataset } from '../../../libs/evaluation/history-data.ts'
import type { Progress } from '../../process/progress.ts'
import { cleaningText } from './evaluation-table.ts'

/** Before minutes of learning: that rows are not among what is learned from, and why. */
export function sayLeftOut({ name, report }: Dataset, progress: Progress): void {
  if (report.brokenRows === 0) return
  progress.finish()
  process.stderr.write(cleaningText({ data: { name, ...report } }))
}
