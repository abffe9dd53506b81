/** By code where Node's own error is at hand; by its words where a client has wrapped it. */
const CODE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/
const WORDS = /self.signed certificate|unable to (verify|get).*certificate|altnames|certificate has expired/i

/** Whether TLS did not accept the other side's certificate: no further try cures that, only a setting or a certificate. */
export function isCertificateRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return CODE.test((error as NodeJS.ErrnoException).code ?? '') || WORDS.test(error.message)
}
