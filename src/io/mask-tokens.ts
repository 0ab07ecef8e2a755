/** A JSON Web Token, whole or cut off. */
const token = /\beyJ[\w-]{10,}\.[\w-]+(?:\.[\w-]*)?/g;

/** LiveKit's server repeats a token that it refuses: no error of its may be shown as it came. */
export const maskTokens = (text: string): string => text.replace(token, '[token]');
