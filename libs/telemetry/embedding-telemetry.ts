import { Counter } from 'prom-client'
import type { Telemetry } from './telemetry.ts'

export interface EmbeddingTelemetry {
  textsEmbedded(facts: { texts: number; hits: number }): void
}

export function embeddingTelemetry({ registry }: Telemetry): EmbeddingTelemetry {
  const texts = new Counter({
    name: 'halflife_embedding_texts_total',
    help: 'Texts wanted as vectors, by where these came from: the cache or the model.',
    labelNames: ['from'],
    registers: [registry],
  })
  return {
    textsEmbedded({ texts: wanted, hits }) {
      texts.inc({ from: 'cache' }, hits)
      texts.inc({ from: 'model' }, wanted - hits)
    },
  }
}
