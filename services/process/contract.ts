import type { Embedder } from '../../libs/embedding/embedder.ts'
import { TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import { interestShape, type Timescale, type VectorSpace } from '../../libs/interest/interest-shape.ts'
import type { UserBounds } from '../../libs/interest/user-state.ts'
import type { Memory } from '../../libs/learning/model-sources.ts'
import type { Settings } from '../../libs/settings/settings.ts'
import type { StoreContract } from '../../libs/store/store.ts'

/** Users are dropped after this many of the longest half-life without an event: 2⁻¹⁰ of their interest is left. */
const HALF_LIVES_KEPT = 10

/** Spaces whose vectors come with the items. */
export function suppliedSpaces(settings: Settings): VectorSpace[] {
  return Object.entries(settings.VECTOR_SPACES).map(([name, dimension]) => ({
    name,
    dimension,
    model: 'supplied',
  }))
}

function timescales({ TIMESCALES, RECALLED_TIMESCALES }: Settings): Timescale[] {
  return Object.entries(TIMESCALES).map(([name, seconds]) => ({
    name,
    halfLifeMs: seconds * 1_000,
    ...(RECALLED_TIMESCALES.includes(name) && { recalled: true }),
  }))
}

export function contractOf(
  settings: Settings,
  embedder: Pick<Embedder, 'model' | 'dimension'>,
): StoreContract {
  const text = { name: TEXT_SPACE, dimension: embedder.dimension, model: embedder.model }
  const scales = timescales(settings)
  const longestMs = Math.max(...scales.map((timescale) => timescale.halfLifeMs))
  return {
    version: 1,
    shape: interestShape([text, ...suppliedSpaces(settings)], scales),
    userVectors: settings.USER_VECTORS,
    userTtlMs: Math.ceil(longestMs * HALF_LIVES_KEPT),
    rules: JSON.stringify([settings.EVENT_WEIGHTS, settings.TRENDING_HALF_LIFE, boundsOf(settings)]),
  }
}

export function boundsOf(settings: Settings): UserBounds {
  return {
    remembered: settings.REMEMBERED_EVENTS,
    waiting: settings.WAITING_EVENTS,
    seen: settings.SEEN_ITEMS,
  }
}

/** What a learned model may read of a user. */
export function memoryOf(settings: Settings): Memory {
  return {
    mostRemembered: settings.REMEMBERED_EVENTS,
    mostSeen: settings.SEEN_ITEMS,
    timescales: timescales(settings),
    timescaleWeights: settings.TIMESCALE_WEIGHTS,
  }
}
