import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { expect, it } from 'vitest';
import {
  Bridge,
  type InspectorWindow,
} from '../../../../visualizations/viewer/src/stately/bridge.ts';

const INSPECTOR = 'https://stately.ai/inspect';
const ORIGIN = 'https://stately.ai';
const CONNECTED = { type: '@statelyai.connected' };

const message: StatelyInspectionEvent = {
  type: '@xstate.event',
  event: { type: 'turn' },
  sessionId: 'x:1',
  rootId: 'x:0',
  sourceId: undefined,
  createdAt: '0',
  id: '',
  _version: '0.7.2',
};

function build() {
  const posted: unknown[] = [];
  const inspector: InspectorWindow = {
    postMessage: (data, targetOrigin) => posted.push([data, targetOrigin]),
  };
  let connections = 0;
  const bridge = new Bridge(
    () => inspector,
    () => (connections += 1),
  );
  return { bridge, inspector, posted, countConnections: () => connections };
}

it('[STY-26] what the relay says goes to the origin of the inspector alone, once that is connected', () => {
  const { bridge, inspector, posted } = build();
  bridge.take({ type: 'inspector', url: INSPECTOR });
  bridge.take({ type: 'message', message });
  expect(posted).toEqual([]);
  bridge.hear({ data: CONNECTED, origin: ORIGIN, source: inspector });
  bridge.take({ type: 'message', message });
  expect(posted).toEqual([[message, ORIGIN]]);
});

it.each([
  { what: 'another window', change: { source: { postMessage: () => {} } } },
  { what: 'no window', change: { source: null } },
  { what: 'another origin in its frame', change: { origin: 'https://evil.example' } },
  { what: 'an origin that begins like it', change: { origin: 'https://stately.ai.evil.example' } },
  { what: 'another word', change: { data: { type: '@statelyai.disconnected' } } },
  { what: 'a text', change: { data: '@statelyai.connected' } },
  { what: 'null', change: { data: null } },
])('[STY-27] $what is not the inspector', ({ change }) => {
  const { bridge, inspector, countConnections } = build();
  bridge.take({ type: 'inspector', url: INSPECTOR });
  bridge.hear({ data: CONNECTED, origin: ORIGIN, source: inspector, ...change });
  expect(countConnections()).toBe(0);
  expect(bridge.isConnected.value).toBe(false);
});

it('[STY-28] a relay that comes back is told that the inspector is there', () => {
  const { bridge, inspector, countConnections } = build();
  bridge.take({ type: 'inspector', url: INSPECTOR });
  bridge.hear({ data: CONNECTED, origin: ORIGIN, source: inspector });
  bridge.take({ type: 'inspector', url: INSPECTOR });
  expect(countConnections()).toBe(2);
});

it('[STY-29] counts what was shown and what was left out', () => {
  const { bridge, inspector } = build();
  bridge.take({ type: 'inspector', url: INSPECTOR });
  bridge.hear({ data: CONNECTED, origin: ORIGIN, source: inspector });
  bridge.take({ type: 'message', message });
  bridge.take({ type: 'leftOut', count: 1_234 });
  expect([bridge.sent.value, bridge.leftOut.value]).toEqual([1, 1_234]);
});
