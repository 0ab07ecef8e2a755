/** A JSON Web Token, whole or cut off. */
const token = /\beyJ[\w-]{10,}\.[\w-]+(?:\.[\w-]*)?/g;

/** LiveKit's server repeats a token that it refuses: no error of its may be shown as it came. */
export const maskTokens = (text: string): string => text.replace(token, '[token]');

/** A shorter secret is no secret, and to mask it would mask parts of ordinary words. */
const LEAST_SECRET_LENGTH = 6;

/** Masks tokens and these texts. */
export const maskSecrets = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length >= LEAST_SECRET_LENGTH)
    .reduce((masked, secret) => masked.replaceAll(secret, '[secret]'), maskTokens(text));

/** Masks tokens and secrets in JSON, where a text may stand with escapes. */
export function jsonMask(secrets: readonly string[]): (json: string) => string {
  const texts = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  return (json) => maskSecrets(json, texts);
}
