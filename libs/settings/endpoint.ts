import { z } from 'zod'

/** Where something answers over HTTP, and what it is asked with. */

export const webAddress = z
  .string()
  .refine(
    (text) => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol),
    'must be a URL that begins with http:// or https://',
  )

/** As `fetch` takes it, which refuses an address with credentials, and writes it into the error. */
export const fetchAddress = webAddress.refine((text) => {
  if (!URL.canParse(text)) return true
  const { username, password } = new URL(text)
  return username === '' && password === ''
}, 'must hold no user and no password; a key has a setting of its own')

/** What stands in a header behind `Bearer`. A secret that comes from a file may end with a newline. */
export const bearerKey = z
  .string()
  .trim()
  .regex(
    /^[\x21-\x7e]+$/,
    'must be letters, digits and signs of ASCII, without spaces: a header takes no others',
  )
