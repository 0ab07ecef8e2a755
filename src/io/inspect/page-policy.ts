/**
 * What a page of a relay may load (Content Security Policy Level 3): nothing comes from elsewhere, goes
 * elsewhere, or is shown within something else.
 *
 * @param frameSrc origins that it may show within itself.
 */
export const pagePolicy = (frameSrc: readonly string[] = []) => ({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    workerSrc: ["'self'"],
    ...(frameSrc.length > 0 && { frameSrc: [...frameSrc] }),
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});
