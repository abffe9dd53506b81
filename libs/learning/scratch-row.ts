/** A dense row of sums that knows which of its columns were used, so that emptying it costs no more than filling it did. */
export interface ScratchRow {
  /** float64[size] */
  readonly sums: Float64Array
  add(column: number, value: number): void
  /** Columns with a positive sum. */
  taken(): Int32Array
  clear(): void
}

export function scratchRow(size: number): ScratchRow {
  const sums = new Float64Array(size)
  const used = new Int32Array(size)
  let count = 0
  return {
    sums,
    add(column, value) {
      if (value <= 0) return
      if (sums[column] === 0) used[count++] = column
      sums[column]! += value
    },
    taken: () => used.slice(0, count),
    clear() {
      for (let c = 0; c < count; c++) sums[used[c]!] = 0
      count = 0
    },
  }
}
