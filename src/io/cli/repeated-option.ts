/** For an option that may be given any number of times: all of its values, in their order. */
export const eachOf = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];
