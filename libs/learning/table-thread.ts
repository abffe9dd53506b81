/* A thread of `inThreads`: solves one table after another, as it is told to, and posts each. */
import { serveThread } from './in-threads.ts'
import { tableSolver } from './table-recipe.ts'

serveThread(tableSolver)
