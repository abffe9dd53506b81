import { spanTelemetry } from './span-telemetry.ts'
import type { Telemetry } from './telemetry.ts'

/** Adds tracing where there is somebody to export spans to. Nothing of OpenTelemetry is loaded otherwise.
 *  @param url where traces are posted to; undefined: nowhere */
export async function withTracing(
  telemetry: Telemetry,
  { service, url }: { readonly service: string; readonly url: string | undefined },
): Promise<Telemetry> {
  // Its metric is there in any case: a series that appears with its first failure shows no rise.
  const say = spanTelemetry(telemetry)
  if (url === undefined) return telemetry
  const { otlpTracing } = await import('./otlp-tracing.ts')
  return { ...telemetry, tracing: otlpTracing({ service, url }, say) }
}
