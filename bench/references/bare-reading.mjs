/* The least that anybody must do to have vectors at hand: Node starts and reads them from a file. Plain JavaScript, because a
 * loader for TypeScript would take longer than the reading. Argument: the file. */
import { readFileSync } from 'node:fs'

const bytes = readFileSync(process.argv[2])
const vectors = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
process.stderr.write(`${JSON.stringify({ msg: 'Service started.', port: vectors.length })}\n`)
setInterval(() => {}, 60_000)
