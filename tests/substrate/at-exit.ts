const tasks = new Set<() => void>()

/** Has the task done when this process exits, by itself or on Ctrl-C under a test runner; the last one first. Tasks must
 *  be synchronous. Returns what takes the task back. */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) process.on('exit', runTasks)
  tasks.add(task)
  return () => {
    tasks.delete(task)
    if (tasks.size === 0) process.off('exit', runTasks)
  }
}

function runTasks(): void {
  for (const task of [...tasks].reverse()) task()
}
