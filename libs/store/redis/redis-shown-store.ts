import { decodeShownPage, encodeShownPage, newestPageFirst } from '../shown-codec.ts'
import { MOST_SHOWN_PAGES, type ShownStore } from '../shown-store.ts'
import { answer, answers, type StoreRedis } from './redis-connection.ts'
import type { RedisKeys } from './redis-keys.ts'

/** Of so many it is asked first whether there is anything of any of them: one command, where a list for each takes as many. */
const MANY = 20

export function redisShownStore(redis: StoreRedis, keys: RedisKeys): ShownStore {
  return {
    async readShown(to) {
      const names = to.map(keys.shown)
      // In a cluster the keys lie on several servers, each of which knows of its own alone.
      const isAny = to.length < MANY || redis.isCluster || (await answer(redis.exists(...names))) > 0
      if (!isAny) return to.map(() => [])
      const lists = await answers(redis, () => names.map((name) => redis.lrange(name, 0, -1)))
      return lists.map((texts, index) =>
        texts.map((text) => decodeShownPage(to[index]!, text)).sort(newestPageFirst),
      )
    },
    async addShown(additions, keepMs) {
      const added = additions.map(({ to, page }) =>
        redis.addShown(
          2,
          keys.shown(to),
          keys.shownForgotten(to),
          ...[page.shownAtMs, encodeShownPage(page), MOST_SHOWN_PAGES, keepMs],
        ),
      )
      await answer(Promise.all(added))
    },
    async forgetShown(to, untilMs, keepMs) {
      const erased = to.map((each) =>
        redis.forgetShown(2, keys.shown(each), keys.shownForgotten(each), untilMs, keepMs),
      )
      await answer(Promise.all(erased))
    },
  }
}
