import type { Encoded } from './decode-record.ts'

/** A dead letter that was put back into its topic says in a header where it lay first, as `topic/partition/offset`, and
 *  keeps its log time. By the one it is known again however often it is put back, by the other it stays as old as it is. */
const HEADER = 'halflife-source'

export function sourceHeaders(source: string): Record<string, string> {
  return { [HEADER]: source }
}

/** undefined for a record that lies where it was first appended. */
export function sourceOf({ headers }: Pick<Encoded, 'headers'>): string | undefined {
  return headers[HEADER]?.toString()
}
