import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { recallVectors } from '../../libs/interest/recall-vectors.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import type { CatalogView } from './catalog-view.ts'

/** The store, whose users come with the vectors of all timescales, also of those that are not stored. */
export function recalledUsers<Users extends Pick<InterestStore, 'readUsers'>>(
  store: Users,
  shape: InterestShape,
  catalog: Pick<CatalogView, 'vectorsOf'>,
): Users {
  if (!shape.timescales.some(({ recalled }) => recalled)) return store
  return {
    ...store,
    async readUsers(userIds) {
      const users = await store.readUsers(userIds)
      for (const user of users) if (user !== undefined) recallVectors(user.state, shape, catalog.vectorsOf)
      return users
    },
  }
}
