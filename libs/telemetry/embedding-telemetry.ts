import { Counter, Gauge } from 'prom-client'
import type { Telemetry } from './telemetry.ts'

export interface EmbeddingTelemetry {
  opened(facts: { model: string; dimension: number }): void
  textsEmbedded(facts: { texts: number; hits: number }): void
}

export function embeddingTelemetry({ log, registry }: Telemetry): EmbeddingTelemetry {
  const texts = new Counter({
    name: 'halflife_embedding_texts_total',
    help: 'Texts wanted as vectors, by where these came from: the cache or the model.',
    labelNames: ['from'],
    registers: [registry],
  })
  const model = new Gauge({
    name: 'halflife_model_info',
    help: 'Always 1: the model by which texts become vectors, and the dimension of these.',
    labelNames: ['model', 'dimension'],
    registers: [registry],
  })
  return {
    opened(facts) {
      model.set({ model: facts.model, dimension: String(facts.dimension) }, 1)
      log.debug(facts, 'Embedder opened.')
    },
    textsEmbedded({ texts: wanted, hits }) {
      texts.inc({ from: 'cache' }, hits)
      texts.inc({ from: 'model' }, wanted - hits)
    },
  }
}
