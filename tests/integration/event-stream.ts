import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** A stream of server-sent events, as a client hears it. */
export interface EventStream {
  readonly response: Response
  readonly comments: readonly string[]
  /** The next event, once it is there; undefined when the stream has ended. */
  next(): Promise<EventSourceMessage | undefined>
  /** The client goes away. */
  close(): Promise<void>
}

export async function listen(url: string): Promise<EventStream> {
  const leaving = new AbortController()
  const response = await fetch(url, { signal: leaving.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const events: EventSourceMessage[] = []
  const comments: string[] = []
  const parser = createParser({
    onEvent: (event) => void events.push(event),
    onComment: (comment) => void comments.push(comment),
  })
  return {
    response,
    comments,
    async next() {
      while (events.length === 0) {
        const { done, value } = await reader.read()
        if (done) return undefined
        parser.feed(value)
      }
      return events.shift()
    },
    async close() {
      leaving.abort()
      await reader.cancel().catch(() => undefined)
    },
  }
}
