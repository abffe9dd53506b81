/* The hashing trick (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009): a feature's
 * hash says which component it moves and in which direction. The sign makes collisions cancel on average, so dot
 * products stay unbiased.
 */
import { normalized } from '../interest/vector.ts'

/** Unit vector float32[dimension] of counted features. A feature that comes n times weighs 1 + ln n. */
export function hashedVector(counts: ReadonlyMap<string, number>, dimension: number): Float32Array {
  const vector = new Float32Array(dimension)
  for (const [feature, count] of counts) {
    const hash = fnv1a(feature)
    // The sign comes from the top bit, the place from the rest: they must not depend on one another.
    vector[(hash & 0x7fffffff) % dimension]! += (hash >>> 31 === 0 ? 1 : -1) * (1 + Math.log(count))
  }
  // No features, or ones that cancel: any direction does, as long as it is always the same.
  if (vector.every((component) => component === 0)) vector[0] = 1
  return normalized(vector)
}

/** FNV-1a of the UTF-16 code units, mixed once more (the finaliser of MurmurHash3) because short features leave its
 *  upper bits too regular. Unsigned 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
