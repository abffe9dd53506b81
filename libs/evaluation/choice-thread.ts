/* A thread of `inThreads`: scores one part of the cases after another, as it is told to, and posts its choices. */
import { serveThread } from '../learning/in-threads.ts'
import { partChooser } from './choices-in-parts.ts'

serveThread(partChooser)
