import type { ClientLimits } from '../../libs/http/client-limits.ts'
import type { Settings } from '../../libs/settings/settings.ts'

export function clientLimitsOf({ MAX_CONNECTIONS, REQUEST_WITHIN }: Settings): ClientLimits {
  return { mostConnections: MAX_CONNECTIONS, requestWithinMs: REQUEST_WITHIN * 1_000 }
}
