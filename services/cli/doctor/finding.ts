/** What a look at one thing has shown. Yellow: it works, and will be a trouble some day. Red: it does not work, or loses
 *  something. */
export interface Finding {
  readonly what: string
  readonly level: 'green' | 'yellow' | 'red'
  readonly seen: string
  /** What to do about it; there for all that is not green. */
  readonly remedy?: string
}

export const green = (what: string, seen: string): Finding => ({ what, level: 'green', seen })
export const yellow = (what: string, seen: string, remedy: string): Finding => ({
  what,
  level: 'yellow',
  seen,
  remedy,
})
export const red = (what: string, seen: string, remedy: string): Finding => ({
  what,
  level: 'red',
  seen,
  remedy,
})
