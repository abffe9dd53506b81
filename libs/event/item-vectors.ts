import { HalflifeError } from '../errors/halflife-error.ts'
import type { VectorSpace } from '../interest/interest-shape.ts'
import { normalized } from '../interest/vector.ts'

/** The space whose vectors come from an item's own words. */
export const TEXT_SPACE = 'text'

/** Supplied vectors as unit vectors, by space. @throws HL_ITEM_VECTOR naming space, length or component */
export function suppliedVectors(
  vectors: Readonly<Record<string, readonly number[]>> | undefined,
  spaces: readonly VectorSpace[],
): Map<string, Float32Array> {
  const unit = new Map<string, Float32Array>()
  for (const [name, components] of Object.entries(vectors ?? {})) {
    unit.set(name, unitVector(name, components, spaces))
  }
  return unit
}

function unitVector(
  name: string,
  components: readonly number[],
  spaces: readonly VectorSpace[],
): Float32Array {
  const space = spaces.find((candidate) => candidate.name === name && name !== TEXT_SPACE)
  if (space === undefined) {
    const known = spaces.map((candidate) => candidate.name).filter((candidate) => candidate !== TEXT_SPACE)
    const choice = known.length > 0 ? `one of ${known.join(', ')}` : 'configured: set VECTOR_SPACES'
    throw new HalflifeError('HL_ITEM_VECTOR', `vector space ${JSON.stringify(name)} is not ${choice}`)
  }
  if (components.length !== space.dimension) {
    throw new HalflifeError(
      'HL_ITEM_VECTOR',
      `vectors.${name} has ${components.length} of ${space.dimension} numbers`,
    )
  }
  const vector = Float32Array.from(components)
  const problem = directionProblem(vector)
  if (problem !== undefined) throw new HalflifeError('HL_ITEM_VECTOR', `vectors.${name} ${problem}`)
  return normalized(vector)
}

/** Why a vector that came from outside points nowhere; undefined where it does. */
export function directionProblem(vector: Float32Array): string | undefined {
  if (!vector.every(Number.isFinite)) return 'has a number that float32 cannot hold'
  return vector.every((component) => component === 0) ? 'is zero and points nowhere' : undefined
}
