/** Maps whose last writes can be lost, as those of a server that comes back from an older snapshot. */
export interface JournaledTables {
  /** @param keepsAll this table loses nothing */
  table<T>(keepsAll?: boolean): Table<T>
  /** Counts the writes of `action` as one: they are kept or lost together. */
  atomically<T>(action: () => T): T
  /** Loses the last `count` writes; returns how many there were to lose. */
  loseLast(count: number): number
  /** Rises with each write and each loss. */
  changes(): number
}

export interface Table<T> {
  get(key: string): T | undefined
  /** undefined removes the entry. */
  put(key: string, value: T | undefined): void
  entries(): [key: string, value: T][]
}

export function journaledTables(): JournaledTables {
  const journal: (() => void)[][] = []
  let open: (() => void)[] = []
  let changes = 0

  return {
    table<T>(keepsAll = false): Table<T> {
      const rows = new Map<string, T>()
      const set = (key: string, value: T | undefined): void => {
        if (value === undefined) rows.delete(key)
        else rows.set(key, value)
      }
      return {
        get: (key) => rows.get(key),
        put(key, value) {
          const before = rows.get(key)
          if (!keepsAll) open.push(() => set(key, before))
          set(key, value)
        },
        entries: () => [...rows],
      }
    },

    atomically(action) {
      open = []
      try {
        return action()
      } finally {
        if (open.length > 0) {
          journal.push(open)
          changes++
        }
      }
    },

    loseLast(count) {
      const lost = count === 0 ? [] : journal.splice(-count)
      for (const write of lost.reverse()) for (const undo of write.reverse()) undo()
      changes++
      return lost.length
    },

    changes: () => changes,
  }
}
