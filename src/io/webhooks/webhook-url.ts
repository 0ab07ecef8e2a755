/** Where webhooks can be posted to: an http(s) address without a user, which would show up in logs of others. */
export function isWebhookUrl(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, username, password, hash } = new URL(given);
  const isPlain = username === '' && password === '' && hash === '';
  return /^https?:$/.test(protocol) && hostname !== '' && isPlain;
}

/** As much of it as may be shown: path and query may hold a secret. */
export const shownUrl = (url: string): string => new URL(url).origin;

/** More are no list of targets but a mistake. */
const MAX_URLS = 10;

/** `none`, or addresses with commas between them; null where one of them is wrong, or stands there twice. */
export function readWebhookUrls(given: string): readonly string[] | null {
  const urls = given === 'none' ? [] : given.split(',').map((url) => url.trim());
  const isFine = urls.every(isWebhookUrl) && new Set(urls).size === urls.length;
  return isFine && urls.length <= MAX_URLS ? urls : null;
}
