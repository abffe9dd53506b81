import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { firstKnown, type ItemRows } from '../../../libs/ranking/item-rows.ts'
import type { Preference } from '../../../libs/ranking/preference.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import { weighedEvents } from '../../../libs/ranking/weighed-events.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { Source } from '../source.ts'
import type { Viewer } from '../viewer.ts'

/** So many of the viewer's newest events are looked at: a row that has to be counted costs some 0.05 ms. */
const NEWEST = 20

/** What goes together with the item that the page is about; else with what the viewer chose, each event with its weight in
 *  the score.
 *  @param tables the first that knows an item speaks about it */
export function itemItemSource(
  tables: readonly ItemRows[],
  catalog: CatalogView,
  shape: InterestShape,
): Source {
  const rows = firstKnown(...tables)
  return {
    name: 'item-item',
    prefer({ viewer, itemId }) {
      if (itemId === undefined) return aroundViewer(viewer)
      const row = [...(rows.rowOf(itemId) ?? [])].filter(([other]) => catalog.itemOf(other) !== undefined)
      return sparsePreference(new Map(row), catalog.size)
    },
  }

  function aroundViewer({ basis, state, taste }: Viewer): Preference | undefined {
    if (basis !== 'interests' || state === undefined || taste === undefined) return undefined
    const known: { event: RememberedEvent; row: ReadonlyMap<string, number> }[] = []
    const scores = new Map<string, number>()
    for (const event of weighedEvents(state, taste, shape, NEWEST)) {
      const row = rows.rowOf(event.itemId)
      if (row === undefined) continue
      known.push({ event, row })
      for (const [other, strength] of row) {
        if (catalog.itemOf(other) === undefined) continue
        scores.set(other, (scores.get(other) ?? 0) + event.weight * strength)
      }
    }
    return sparsePreference(scores, catalog.size, (itemId) => {
      return known.map(({ event, row }) => ({ event, share: event.weight * (row.get(itemId) ?? 0) }))
    })
  }
}
