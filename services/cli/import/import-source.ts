import type { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { EventInput } from '../../../libs/event/event.ts'
import type { ItemInput } from '../../../libs/event/item.ts'

/** Where an import comes from. Items and events are read one after the other, so that events find their items. */
export interface ImportSource {
  /** Lines to be read for each, for the progress bar. */
  readonly items: ImportPart<ItemInput>
  readonly events: ImportPart<EventInput & { readonly eventId: string }>
}

export interface ImportPart<T> {
  readonly total: number
  read(): AsyncIterable<ImportLine<T>>
}

export type ImportLine<T> =
  | { readonly value: T }
  /** A line that is neither item nor event. */
  | { readonly line: number; readonly error: HalflifeError }

/** A part that is all in memory, and all right. */
export function listedPart<T>(values: readonly T[]): ImportPart<T> {
  return {
    total: values.length,
    async *read() {
      for (const value of values) yield { value }
    },
  }
}
