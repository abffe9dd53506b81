import type { ShownPage } from '../event/impression.ts'
import type { DurationMs, EpochMs } from '../interest/time.ts'

/** What was shown lately: to tell to which page a click is owed, and what somebody has had enough of. Whom a page was shown
 *  to is a userId, or where nobody was named the page's own recommendationId. */
export interface ShownStore {
  /** In the order asked: the pages of each, newest first. One round trip on a single server, two for many.
   *  @throws HL_STORE_UNAVAILABLE, HL_STORE_CORRUPT */
  readShown(to: readonly string[]): Promise<ShownPage[][]>
  /** Adds pages, of which each one's newest `MOST_SHOWN_PAGES` are kept, for `keepMs` after the last one. A page that is
   *  added again changes nothing. */
  addShown(additions: readonly ShownAddition[], keepMs: DurationMs): Promise<void>
  /** Erases what was shown to them, and for `keepMs` refuses any page that was shown up to `untilMs`; unless all that is done
   *  already, also for a later time. */
  forgetShown(to: readonly string[], untilMs: EpochMs, keepMs: DurationMs): Promise<void>
}

export interface ShownAddition {
  readonly to: string
  readonly page: ShownPage
}

export const MOST_SHOWN_PAGES = 20
