import { decodeShownPage, encodeShownPage, newestPageFirst } from '../shown-codec.ts'
import { MOST_SHOWN_PAGES, type ShownStore } from '../shown-store.ts'
import { answer, answers, type StoreRedis } from './redis-connection.ts'
import type { RedisKeys } from './redis-keys.ts'

export function redisShownStore(redis: StoreRedis, keys: RedisKeys): ShownStore {
  return {
    async readShown(to) {
      const lists = await answers(redis, () => to.map((each) => redis.lrange(keys.shown(each), 0, -1)))
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
      // The refusal first: what comes between the two is refused, and what came before is erased.
      const erased = to.flatMap((each): Promise<unknown>[] => [
        redis.set(keys.shownForgotten(each), untilMs, 'PX', keepMs),
        redis.del(keys.shown(each)),
      ])
      await answer(Promise.all(erased))
    },
  }
}
