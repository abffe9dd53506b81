const NEWLINE = 0x0a

/** Lines of a stream of bytes, without what ends them; the last one need not have that. Only a newline ends a line: U+2028
 *  and U+2029, at which Node's readline splits, too, may stand in JSON as they are.
 *  @param longest in bytes @throws Error when a line is longer */
export async function* byteLines(
  chunks: AsyncIterable<Buffer>,
  longest = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  let begun: Buffer[] = []
  let length = 0
  let line = 1
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const last = chunk.subarray(start, end)
      yield begun.length === 0 ? last : Buffer.concat([...begun, last])
      begun = []
      length = 0
      line++
      start = end + 1
    }
    if (start === chunk.length) continue
    begun.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > longest) throw new Error(`line ${line} is longer than ${longest} bytes`)
  }
  if (begun.length > 0) yield Buffer.concat(begun)
}
