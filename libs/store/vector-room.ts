/** Memory for the vectors of the users of one read, used again by the next. A block for each read would lie outside of the
 *  heap, where V8 counts what was made since it last collected, and collects the sooner (docs/performance.md). */
export class VectorRoom {
  #block = new Float32Array(0)

  /** float32[floats], zeros, over whatever was taken before. */
  take(floats: number): Float32Array {
    if (this.#block.length >= floats) return this.#block.subarray(0, floats).fill(0)
    this.#block = new Float32Array(floats)
    return this.#block
  }
}
