/** Texts in, unit vectors out. Adapters: the Transformer (onnx-embedder.ts) and the lexical one (lexical-embedder.ts). */
export interface Embedder {
  /** Names the vector space: vectors of two models must never be compared or added. */
  readonly model: string
  readonly dimension: number
  /** One float32[dimension] of length 1 for each text, in the order given. */
  embed(texts: readonly string[]): Promise<Float32Array[]>
  close(): Promise<void>
}
