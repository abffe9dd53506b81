/* A thread of `inThreads`: ranks one part of the cases after another, as it is told to, and posts each. */
import { serveThread } from '../learning/in-threads.ts'
import { partRanker } from './rank-in-parts.ts'

serveThread(partRanker)
