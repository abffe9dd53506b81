import type { Attributes } from '../../libs/event/item.ts'
import type { Interest } from '../../libs/interest/split-interests.ts'
import type { Preference } from '../../libs/ranking/preference.ts'
import type { SourceName } from '../../libs/ranking/source-name.ts'
import type { Queries } from '../../libs/ranking/vector-preference.ts'
import type { Findable } from './retrieve.ts'
import type { Viewer } from './viewer.ts'

/** A source of candidates, registered in sources.ts. */
export interface Source {
  readonly name: SourceName
  /** What it thinks of the catalog for this request; undefined when it has nothing to say. A source that has to ask
   *  somewhere answers with a promise and is left out when it is late: `signal` tells it that nobody waits any more. */
  prefer(
    request: SourceRequest,
    signal: AbortSignal,
  ): Preference | undefined | Promise<Preference | undefined>
  /** What its weight in the scenario is multiplied by for this request; 1 where absent. */
  counts?(request: SourceRequest): number
}

export interface SourceRequest {
  readonly viewer: Viewer
  readonly context: Attributes
  readonly nowMs: number
  /** The viewer's interests, heaviest first; none when nothing is remembered. Computed when first asked for. */
  readonly interests: () => readonly Interest[]
  /** What the page is about, as vectors: of the query, of the item, or as supplied. */
  readonly about: {
    readonly query?: Queries
    readonly similar?: Queries
    readonly vector?: Queries
  }
  readonly itemId: string | undefined
  /** On the page. */
  readonly places: number
  readonly supplied: readonly string[] | undefined
  readonly findable: Findable
}
