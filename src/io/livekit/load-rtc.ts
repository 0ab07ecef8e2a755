import { GreenroomError } from '../errors.ts';
import { runOutsideJobs } from '../job-scope.ts';
import type { Logger } from '../logger.ts';
import { MissingInternal } from './ffi-internals.ts';
import { openFfiRouter } from './ffi-router.ts';
import { openPublicRtc } from './public-rtc.ts';
import type { RtcRuntime } from './rtc-runtime.ts';
import { loadSdk, type LoadedSdk } from './rtc-sdk.ts';
import { checkRtc, publicRtcNotice, type RtcCheck } from './rtc-versions.ts';

/** `auto`: the router where the inside of the installed version is known; `public`: never. */
export type RtcRouter = 'auto' | 'public';

let runtime: RtcRuntime | undefined;
let disposal: Promise<void> | undefined;

/**
 * Loads the media stack of this process, which takes half a second, and warns where only its public
 * API can be used. Where it is loaded already it is given as it is.
 *
 * @throws GreenroomError `E_RTC_VERSION` where rooms cannot be joined with the installed packages, and after
 * {@link disposeRtc}.
 */
export function openRtc(router: RtcRouter, logger: Pick<Logger, 'warn'>): RtcRuntime {
  if (runtime) return rtcRuntime();
  const { rtc, fallbackReason } = open(router);
  runtime = rtc;
  if (fallbackReason !== null) logger.warn({ reason: fallbackReason }, publicRtcNotice);
  return rtc;
}

/**
 * The media stack of this process, loaded on first use.
 *
 * @throws GreenroomError `E_RTC_VERSION` as {@link openRtc}.
 */
export function rtcRuntime(): RtcRuntime {
  if (disposal) throw unusable('the media stack has been disposed of');
  runtime ??= open('auto').rtc;
  return runtime;
}

/**
 * Ends the native side, without which the process would never exit: once, last, after every room was closed.
 *
 * Afterwards no room can be joined in this process any more.
 */
export function disposeRtc(): Promise<void> {
  if (!runtime) return Promise.resolve();
  disposal ??= runtime.sdk.dispose();
  return disposal;
}

/** Like {@link checkRtc}, and tries whether what is installed can be loaded. */
export function tryRtc(): RtcCheck {
  const check = checkRtc();
  if (check.kind === 'unusable') return check;
  try {
    loadSdk();
    return check;
  } catch (cause) {
    return { kind: 'unusable', reason: loadingProblem(cause) };
  }
}

type Opened = { readonly rtc: RtcRuntime; readonly fallbackReason: string | null };

function open(router: RtcRouter): Opened {
  const check = checkRtc();
  if (check.kind === 'unusable') throw unusable(check.reason);
  const loaded = load();
  const openPublic = (fallbackReason: string): Opened => ({
    rtc: openPublicRtc(loaded.sdk),
    fallbackReason,
  });
  // Its callback lives as long as the process, and not as long as the job that joins first.
  return runOutsideJobs(() => {
    if (router === 'public') return openPublic('RTC_ROUTER is public');
    if (check.kind === 'otherVersion') return openPublic(check.reason);
    try {
      return { rtc: openFfiRouter(loaded), fallbackReason: null };
    } catch (error) {
      if (error instanceof MissingInternal) return openPublic(error.message);
      throw error;
    }
  });
}

function load(): LoadedSdk {
  try {
    return loadSdk();
  } catch (cause) {
    throw unusable(loadingProblem(cause));
  }
}

const loadingProblem = (cause: unknown): string =>
  `@livekit/rtc-node cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`;

const unusable = (reason: string): GreenroomError => new GreenroomError('E_RTC_VERSION', reason);
