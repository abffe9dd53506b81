import { setFlagsFromString } from 'node:v8'

/** By so much of itself the old generation may grow before all of it is collected. */
const PERCENT = 100

/** V8 collects the old generation as soon as it has grown by a tenth where little is made old. A scorer at work makes some
 *  megabytes old a second: it would be collected every few seconds, and answers would have to wait. See docs/performance.md. */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${PERCENT}`)
}
