/* A thread of `inThreads`: finds the best table of one kind after another, as it is told to, and posts each. */
import { serveThread } from '../learning/in-threads.ts'
import { tableFinder } from './best-table.ts'

serveThread(tableFinder)
