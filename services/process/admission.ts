import { accessTelemetry } from '../../libs/access/access-telemetry.ts'
import { followKeys } from '../../libs/access/followed-keys.ts'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import type { Admission } from '../../libs/http/admission.ts'
import type { Settings } from '../../libs/settings/settings.ts'
import type { Closing } from '../../libs/telemetry/orderly-shutdown.ts'
import type { Telemetry } from '../../libs/telemetry/telemetry.ts'

/** Who is let in by a process that serves users' data. undefined: anybody, which has to be wanted as soon as others than
 *  this machine reach the port. @throws HL_SETTING, HL_KEY_FILE */
export async function openAdmission(
  settings: Settings,
  closing: Closing,
  telemetry: Telemetry,
): Promise<Admission | undefined> {
  const { API_KEYS_FILE: path, HOST: host, ALLOW_ANONYMOUS: anonymous } = settings
  const say = accessTelemetry(telemetry)
  if (path !== undefined) {
    const keys = await followKeys(path, say)
    closing.add(keys.close)
    return { keys: keys.current, now: Date.now }
  }
  if (isLoopback(host)) return undefined
  if (anonymous) {
    say.unguarded({ host })
    return undefined
  }
  throw new HalflifeError(
    'HL_SETTING',
    `HOST is ${JSON.stringify(host)}, which others can reach, and no key is asked for. Set API_KEYS_FILE ` +
      '(`halflife keys create` makes one), or HOST=127.0.0.1, or ALLOW_ANONYMOUS=true if a gateway in front asks.',
  )
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
