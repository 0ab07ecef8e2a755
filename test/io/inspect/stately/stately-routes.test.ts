import { createActor, createMachine } from 'xstate';
import { expect, it, vi } from 'vitest';
import { systemClock } from '../../../../src/io/clock.ts';
import { SUBPROTOCOL, type StatelyRelayMessage } from '../../../../src/io/inspect/protocol.ts';
import type { RelayOptions } from '../../../../src/io/inspect/relay-server.ts';
import { registerStately } from '../../../../src/io/inspect/stately/stately-routes.ts';
import { askForStream, openRelay, openStream } from '../../../support/relay-stage.ts';
import { StatelyStage } from '../../../support/stately-stage.ts';

const path = '/stately/stream';
const connected = JSON.stringify({ type: 'connected' });

async function open(changes: Partial<RelayOptions> = {}) {
  // Its own door is not opened: the relay opens one for each page.
  const stage = new StatelyStage();
  stage.run(
    createActor(createMachine({ id: 'light', initial: 'red', states: { red: {} } }), {
      id: 'light',
    }),
  );
  const listen = vi.spyOn(stage.inspection, 'listen');
  const onProblem = vi.fn();
  const { relay } = await openRelay({
    viewable: stage.inspection,
    addRoutes: (server, access) =>
      registerStately(server, access, {
        source: stage.inspection,
        filter: () => true,
        mask: (text) => text,
        disguise: undefined,
        clock: systemClock,
        logger: { error: onProblem },
        url: 'http://127.0.0.1:9/inspect',
      }),
    ...changes,
  });
  return { relay, listen, onProblem };
}

const toldOf = (told: readonly string[]): StatelyRelayMessage[] =>
  told.map((text) => JSON.parse(text) as StatelyRelayMessage);

it('[STY-20] a page is told where the inspector is, and of actors when that is connected', async () => {
  const { relay, listen, onProblem } = await open();
  const { socket, told } = await openStream(relay, { path });
  await expect.poll(() => told.length).toBe(1);
  expect(toldOf(told)).toEqual([{ type: 'inspector', url: 'http://127.0.0.1:9/inspect' }]);
  expect(listen).not.toHaveBeenCalled();
  socket.send(connected);
  await expect.poll(() => told.length).toBe(2);
  expect(toldOf(told)[1]).toMatchObject({ message: { type: '@xstate.actor', name: 'light' } });
  expect(onProblem).not.toHaveBeenCalled();
});

it('[STY-21] the page may hold one origin in a frame, and is held in none', async () => {
  const { relay } = await open();
  const answer = await fetch(`${relay.url}stately`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy.split(';')).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      'frame-src http://127.0.0.1:9',
      "frame-ancestors 'none'",
    ]),
  );
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

it('[STY-22] the stream is guarded as the stream of viewers is', async () => {
  const { relay } = await open({ token: 'open-sesame' });
  const bearer = { authorization: 'Bearer open-sesame' };
  const elsewhere = { ...bearer, origin: 'https://stately.ai' };
  expect(await askForStream(relay, { path })).toBe(401);
  expect(await askForStream(relay, { path, headers: elsewhere })).toBe(403);
  expect(await askForStream(relay, { path, headers: { ...bearer, host: 'stately.ai' } })).toBe(403);
  const token = `token.${Buffer.from('open-sesame').toString('base64url')}`;
  expect(await askForStream(relay, { path, protocols: [SUBPROTOCOL, token] })).toBe(101);
});

it('[STY-23] a word that is none of the page ends the stream', async () => {
  const { relay, listen } = await open();
  const viewer = await openStream(relay, { path });
  viewer.socket.send(JSON.stringify({ type: 'connected', and: 'more' }));
  expect(await viewer.closed).toBe(1008);
  expect(listen).not.toHaveBeenCalled();
});

it('[STY-24] there are at most four such pages, and the place of one that goes is free', async () => {
  const { relay } = await open();
  const pages = await Promise.all([1, 2, 3, 4].map(() => openStream(relay, { path })));
  expect(await askForStream(relay, { path })).toBe(503);
  const [first] = pages;
  first?.socket.close();
  await first?.closed;
  await expect.poll(() => askForStream(relay, { path })).toBe(101);
});

it('[STY-25] a page that goes is told nothing more, and nobody is listened to for it', async () => {
  const { relay, listen, onProblem } = await open();
  const { socket, told, closed } = await openStream(relay, { path });
  const stop = vi.fn();
  listen.mockReturnValue(stop);
  socket.send(connected);
  await expect.poll(() => told.length).toBe(2);
  socket.close();
  await closed;
  await expect.poll(() => stop.mock.calls.length).toBe(1);
  expect(onProblem).not.toHaveBeenCalled();
});
