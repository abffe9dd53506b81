import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'

export interface Certificates {
  /** Of the authority, and of a server at 127.0.0.1 that it has signed; PEM files. */
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Key, certificate and chain in one file, as Kafka reads it. */
  readonly bundle: string
  /** Another authority, which has signed nothing here. */
  readonly stranger: string
}

/** An authority of our own for a day, and what it signs. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string) => join(folder, name)
  const authority = (name: string) => [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${name}`],
    ...['-keyout', at(`${name}-key.pem`), '-out', at(`${name}.pem`)],
  ]
  await runCommand('openssl', authority('ca'), 30_000)
  await runCommand('openssl', authority('stranger'), 30_000)
  const request = ['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=server']
  await runCommand('openssl', [...request, '-keyout', at('key.pem'), '-out', at('request.pem')], 30_000)
  await writeFile(at('names.txt'), 'subjectAltName=IP:127.0.0.1')
  const sign = ['x509', '-req', '-days', '1', '-in', at('request.pem'), '-extfile', at('names.txt')]
  const by = ['-CA', at('ca.pem'), '-CAkey', at('ca-key.pem'), '-CAcreateserial', '-out', at('cert.pem')]
  await runCommand('openssl', [...sign, ...by], 30_000)
  const parts = await Promise.all(['key.pem', 'cert.pem', 'ca.pem'].map((name) => readFile(at(name))))
  await writeFile(at('bundle.pem'), Buffer.concat(parts))
  return {
    ca: at('ca.pem'),
    cert: at('cert.pem'),
    key: at('key.pem'),
    bundle: at('bundle.pem'),
    stranger: at('stranger.pem'),
  }
}
