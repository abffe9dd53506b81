import type { Embedder } from '../../libs/embedding/embedder.ts'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { directionProblem, TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { CatalogView } from './catalog-view.ts'
import type { About } from './question.ts'
import type { SourceRequest } from './source.ts'

export interface VectorsAboutOptions {
  readonly catalog: CatalogView
  readonly embedder: Pick<Embedder, 'embed'>
  readonly shape: InterestShape
}

/** What a page is about, as vectors: the words, the item, or the vector given; none when it is about the viewer alone.
 *  @throws HL_ITEM_UNKNOWN, HL_QUERY when space or dimension do not exist, or the vector points nowhere */
export async function vectorsAbout(
  { query, itemId, vector }: About,
  { catalog, embedder, shape }: VectorsAboutOptions,
): Promise<SourceRequest['about']> {
  if (query !== undefined) {
    const [embedded] = await embedder.embed([query])
    return { query: new Map([[TEXT_SPACE, embedded!]]) }
  }
  if (itemId !== undefined) {
    const vectors = catalog.vectorsOf(itemId)
    if (vectors === undefined) {
      throw new HalflifeError('HL_ITEM_UNKNOWN', `item ${itemId} is not in the catalog`)
    }
    // The catalog's own lie in the index, which may not be given a part of itself to search for.
    return { similar: new Map([...vectors].map(([space, own]) => [space, own.slice()])) }
  }
  if (vector === undefined) return {}
  const dimension = shape.spaces.find(({ name }) => name === vector.space)?.dimension
  if (dimension !== vector.vector.length) {
    const [space, length] = [JSON.stringify(vector.space), vector.vector.length]
    throw new HalflifeError(
      'HL_QUERY',
      `space ${space} has ${dimension ?? 'no'} dimensions, the vector ${length}`,
    )
  }
  const problem = directionProblem(vector.vector)
  if (problem !== undefined) throw new HalflifeError('HL_QUERY', `vector ${problem}`)
  return { vector: new Map([[vector.space, vector.vector]]) }
}
