import { normalized } from '../interest/vector.ts'

/** The mean of a text's token vectors, as a unit vector, for each text of a batch.
 *  `hidden`: float32[texts · tokens · dimension]; `lengths`: tokens of each text, the rest of its row is padding. */
export function meanPooled(
  hidden: Float32Array,
  lengths: readonly number[],
  dimension: number,
): Float32Array[] {
  const row = hidden.length / lengths.length
  return lengths.map((length, text) => {
    const sum = new Float32Array(dimension)
    const end = text * row + length * dimension
    for (let start = text * row; start < end; start += dimension) {
      for (let i = 0; i < dimension; i++) sum[i]! += hidden[start + i]!
    }
    // The sum points where the mean does.
    return normalized(sum)
  })
}
