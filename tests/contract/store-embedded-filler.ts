import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { embeddedStore } from '../../libs/store/embedded/embedded-store.ts'
import { sampleContract } from './store-sample.ts'

/* A process of its own that writes until there is no more room, twice, and prints what it was told and what is left. */

const store = await embeddedStore({ path: process.argv[2] ?? '', contract: sampleContract })
const vector = new Float32Array(5_000)
const codes: string[] = []
let written = 0

while (codes.length < 2 && written < 1_000) {
  try {
    await store.writeEmbeddings(new Map([[`k${written}`, vector]]))
    written += 1
  } catch (error) {
    codes.push(isHalflifeError(error) ? error.code : String(error))
  }
}
const [last, refused] = await store.readEmbeddings([`k${written - 1}`, `k${written}`])
await store.close()
process.stdout.write(JSON.stringify({ codes, last: last?.length, refused: refused?.length ?? null }))
