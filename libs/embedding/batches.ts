export interface BatchLimits {
  /** Texts in a batch. */
  readonly texts: number
  /** Texts × bytes of the longest, which is what a padded batch costs. A longer text goes alone. */
  readonly bytes: number
}

/** Cuts texts into batches of similar length, so that little is padded, longest texts last. A batch holds places in
 *  `texts`. Bytes of UTF-8 stand for tokens: a token is 4 to 5 of them in Chinese as in English. */
export function batchesOf(texts: readonly string[], limits: BatchLimits): number[][] {
  const bytes = texts.map((text) => Buffer.byteLength(text))
  const byLength = [...texts.keys()].sort((a, b) => bytes[a]! - bytes[b]!)
  const batches: number[][] = []
  let batch: number[] = []
  for (const place of byLength) {
    const full = batch.length === limits.texts || (batch.length + 1) * bytes[place]! > limits.bytes
    if (full && batch.length > 0) {
      batches.push(batch)
      batch = []
    }
    batch.push(place)
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}
