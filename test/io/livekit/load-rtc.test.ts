import { beforeEach, expect, it, vi } from 'vitest';
import type { RtcCheck } from '../../../src/io/livekit/rtc-versions.ts';

const installed = vi.hoisted((): { check: RtcCheck; lacks: string | null } => ({
  check: { kind: 'known' },
  lacks: null,
}));

// Native code is left out: it can be loaded once in a process, and every case starts anew.
vi.mock('../../../src/io/livekit/rtc-versions.ts', async (original) => ({
  ...(await original()),
  checkRtc: () => installed.check,
}));
vi.mock('../../../src/io/livekit/rtc-sdk.ts', () => ({ loadSdk: () => ({}) }));
// One class for all cases: the mock below is made once, and throws it.
vi.mock('../../../src/io/livekit/ffi-internals.ts', (original) => original());
vi.mock('../../../src/io/livekit/ffi-router.ts', async () => {
  const { MissingInternal } = await import('../../../src/io/livekit/ffi-internals.ts');
  return {
    openFfiRouter: () => {
      if (installed.lacks !== null) throw new MissingInternal(installed.lacks);
      return 'router';
    },
  };
});
vi.mock('../../../src/io/livekit/public-rtc.ts', () => ({ openPublicRtc: () => 'public API' }));

const warn = vi.fn();
const loadAnew = () => import('../../../src/io/livekit/load-rtc.ts');

beforeEach(() => {
  vi.resetModules();
  warn.mockReset();
  installed.check = { kind: 'known' };
  installed.lacks = null;
});

it('[ROUTER-1] routes events itself where the inside of the installed version is known', async () => {
  const { openRtc, rtcRuntime } = await loadAnew();
  openRtc('auto', { warn });
  expect(rtcRuntime()).toBe('router');
  expect(warn).not.toHaveBeenCalled();
});

it('[ROUTER-2] uses the public API of another version, with one warning for the process', async () => {
  installed.check = { kind: 'otherVersion', reason: '@livekit/rtc-node 1.2.0 is installed' };
  const { openRtc, rtcRuntime } = await loadAnew();
  openRtc('auto', { warn });
  openRtc('auto', { warn });
  expect(rtcRuntime()).toBe('public API');
  expect(warn.mock.calls).toEqual([
    [
      { reason: '@livekit/rtc-node 1.2.0 is installed' },
      expect.stringContaining('memory for every room that the server ends'),
    ],
  ]);
});

it('[ROUTER-2] uses the public API where the inside is not as it is known', async () => {
  installed.lacks = 'Room.onFfiEvent';
  const { openRtc, rtcRuntime } = await loadAnew();
  openRtc('auto', { warn });
  expect(rtcRuntime()).toBe('public API');
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    {
      reason:
        '@livekit/rtc-node is expected to have Room.onFfiEvent, and the installed one has not',
    },
    expect.any(String),
  );
});

it('[ROUTER-3] uses the public API where it is asked to', async () => {
  const { openRtc, rtcRuntime } = await loadAnew();
  openRtc('public', { warn });
  expect(rtcRuntime()).toBe('public API');
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    { reason: 'RTC_ROUTER is public' },
    expect.any(String),
  );
});

it('[ROUTER-5] refuses where rooms cannot be joined at all', async () => {
  installed.check = { kind: 'unusable', reason: 'not on the main thread' };
  const { openRtc } = await loadAnew();
  expect(() => openRtc('auto', { warn })).toThrow(
    expect.objectContaining({ code: 'E_RTC_VERSION', message: 'not on the main thread' }),
  );
});
