import { readFile } from 'node:fs/promises'
import { HalflifeError, messageOf } from '../../libs/errors/halflife-error.ts'
import type { KafkaConnection } from '../../libs/log/kafka/kafka-client.ts'
import type { SettingName, Settings } from '../../libs/settings/settings.ts'

const pemSettings = ['KAFKA_CA_FILE', 'KAFKA_CERT_FILE', 'KAFKA_KEY_FILE'] as const

type Security = Pick<KafkaConnection, 'ssl' | 'sasl'>

/** @throws HL_SETTING for settings that do not go together, or a file that is not there */
async function kafkaSecurity(settings: Settings): Promise<Security> {
  return { ...(await encryption(settings)), ...credentials(settings) }
}

/** The Kafka that the settings name. @throws HL_SETTING */
export async function kafkaConnection(
  brokers: readonly string[],
  settings: Settings,
): Promise<KafkaConnection> {
  return { brokers, clientId: settings.TOPIC_PREFIX, ...(await kafkaSecurity(settings)) }
}

async function encryption(settings: Settings): Promise<Pick<Security, 'ssl'>> {
  const { KAFKA_CERT_FILE: certFile, KAFKA_KEY_FILE: keyFile } = settings
  const given = pemSettings.find((name) => settings[name])
  if (!settings.KAFKA_TLS) {
    if (given === undefined) return {}
    throw new HalflifeError('HL_SETTING', `${given} is set, but KAFKA_TLS is not; set KAFKA_TLS=true`)
  }
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new HalflifeError(
      'HL_SETTING',
      'KAFKA_CERT_FILE and KAFKA_KEY_FILE go together; set both or neither',
    )
  }
  const [ca, cert, key] = await Promise.all(pemSettings.map((name) => pemOf(name, settings)))
  return { ssl: { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) } }
}

function credentials({
  KAFKA_SASL: mechanism,
  KAFKA_USERNAME: username,
  KAFKA_PASSWORD: password,
}: Settings): Pick<Security, 'sasl'> {
  if (mechanism === undefined && username === undefined && password === undefined) return {}
  if (mechanism === undefined || username === undefined || password === undefined) {
    throw new HalflifeError(
      'HL_SETTING',
      'KAFKA_SASL, KAFKA_USERNAME and KAFKA_PASSWORD go together; set all or none',
    )
  }
  return { sasl: { mechanism, username, password } }
}

/** Content of the PEM file that a setting names. @throws HL_SETTING when it cannot be read */
export async function pemOf(
  name: SettingName & `${string}_FILE`,
  settings: Settings,
): Promise<string | undefined> {
  const path = settings[name]
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new HalflifeError('HL_SETTING', `${name} is ${path}, which cannot be read: ${messageOf(cause)}`, {
      cause,
    })
  }
}
