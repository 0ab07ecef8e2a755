const BYTES_PER_MIB = 2 ** 20;

const toMib = (bytes: number): string => `${Math.round(bytes / BYTES_PER_MIB)} MiB`;

/** Why a worker makes room for a new one, as its log says it. */
export const tooBigMessage = (rssBytes: number, maxRssBytes: number): string =>
  `The resident memory of the process is ${toMib(rssBytes)}, over MAX_RSS (${toMib(maxRssBytes)}).`;

export const allTakenMessage = (maxJobsTotal: number): string =>
  `The worker has taken all jobs that it may take in its life, MAX_JOBS_TOTAL (${maxJobsTotal}).`;
