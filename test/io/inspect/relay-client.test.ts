import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/io/clock.ts';
import type { GreenroomError } from '../../../src/io/errors.ts';
import type { Look, RelayMessage } from '../../../src/io/inspect/protocol.ts';
import { RelayClient } from '../../../src/io/inspect/relay-client.ts';
import { RelayLink, type LinkState } from '../../../src/io/inspect/relay-link.ts';
import { FakeRelay } from '../../support/fake-relay.ts';
import { hello } from '../../support/live-stream.ts';

const look: Look = { frameRateHz: 5, tree: true, actor: null, room: null, sessions: true };
const ready: RelayMessage = { type: 'ready', at: 7 };

async function connect(url: string, token: string | null = null) {
  const heard = new Array<RelayMessage>();
  const ends = new Array<GreenroomError>();
  const client = await RelayClient.connect({
    url,
    token,
    clock: systemClock,
    onMessage: (message) => heard.push(message),
    onEnd: (error) => ends.push(error),
  });
  onTestFinished(() => client.close());
  return { client, heard, ends };
}

/** What listens on loopback until the end of the test, and its address. */
async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

it('[TOP-1] greets, hears all that the relay says, and says what it looks at', async () => {
  const relay = await FakeRelay.start({
    onWord: (_word, say) => say(ready),
  });
  const { client, heard, ends } = await connect(relay.url);
  expect(heard).toEqual([hello]);
  client.look(look);
  await vi.waitFor(() => expect(heard).toEqual([hello, ready]), 10_000);
  expect(relay.words).toEqual([{ type: 'look', ...look }]);
  await client.close();
  await client.close();
  expect(ends).toEqual([]);
});

it('[TOP-2] brings the token, and says plainly where it is missing or wrong', async () => {
  const relay = await FakeRelay.start({ token: 'open-sesame' });
  const { heard } = await connect(relay.url, 'open-sesame');
  expect(heard).toEqual([hello]);
  await expect(connect(relay.url)).rejects.toMatchObject({
    code: 'E_RELAY_REFUSED',
    message: `${relay.url}: it asks for a token`,
    remedy: 'Give the INSPECT_TOKEN of the worker, here as --token or INSPECT_TOKEN.',
  });
  const wrong = connect(relay.url, 'a-wrong-token');
  await expect(wrong).rejects.toMatchObject({ message: `${relay.url}: it refuses the token` });
  await expect(wrong).rejects.not.toThrow('a-wrong-token');
});

it('[TOP-36] does not take a relay that refuses the way one comes for one that wants another token', async () => {
  const server = createServer();
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  });
  await expect(connect(await listen(server), 'a-token')).rejects.toMatchObject({
    code: 'E_RELAY_REFUSED',
    message: expect.stringContaining('does not let clients in from here (HTTP 403)') as unknown,
    remedy: expect.stringContaining('Give the host that INSPECT names') as unknown,
  });
});

it('[TOP-3] says that nobody listens, that it is no relay, or one of another version', async () => {
  const gone = await FakeRelay.start();
  await gone.close();
  const unheard = connect(gone.url);
  await expect(unheard).rejects.toMatchObject({ code: 'E_RELAY_UNREACHABLE' });
  await expect(unheard).rejects.toThrow('ECONNREFUSED');
  const page = await listen(createServer((_request, response) => response.writeHead(404).end()));
  await expect(connect(page)).rejects.toMatchObject({
    code: 'E_RELAY_REFUSED',
    message: `${page}: what answers there is no relay (HTTP 404)`,
  });
  const newer = await FakeRelay.start({ subprotocol: 'greenroom.inspect.9' });
  await expect(connect(newer.url)).rejects.toThrow('another version');
  const liar = await FakeRelay.start({ greeting: ['{"type":"hello","version":9}'] });
  await expect(connect(liar.url)).rejects.toThrow('another version');
  const other = await FakeRelay.start({ greeting: ['{"type":"welcome"}'] });
  await expect(connect(other.url)).rejects.toThrow('it says no hello');
});

it.each(['', 'localhost', 'ftp://127.0.0.1', 'http://user:open-sesame@127.0.0.1'])(
  '[TOP-4] says that "%s" is no address, without repeating it',
  async (url) => {
    await expect(connect(url)).rejects.toMatchObject({
      code: 'E_USAGE',
      message: 'this is no address of a relay',
    });
  },
);

it.each(['no json', '[]', '{"type":"nonsense"}'])(
  '[TOP-5] ends, and says so, where a relay says %s',
  async (text) => {
    const relay = await FakeRelay.start({ greeting: [JSON.stringify(hello), text] });
    const { ends, heard } = await connect(relay.url);
    await vi.waitFor(() => expect(ends).toHaveLength(1), 10_000);
    expect(ends[0]?.code).toBe('E_RELAY_REFUSED');
    expect(heard).toEqual([hello]);
  },
);

it('[TOP-6] comes back when the relay does, telling so, and looks at the same as before', async () => {
  const { first, port, states, link } = await openLink();
  link.look(look);
  await vi.waitFor(() => expect(first.words).toHaveLength(1), 10_000);
  await first.close();
  await vi.waitFor(
    () => expect(states.at(-1)).toMatchObject({ kind: 'lost', retryMs: 250 }),
    10_000,
  );
  const second = await FakeRelay.start({ port });
  await vi.waitFor(() => expect(second.words).toEqual([{ type: 'look', ...look }]), 10_000);
  expect(states.map(({ kind }) => kind).at(-1)).toBe('open');
});

it('[TOP-7] does not come back to a relay that refuses it', async () => {
  const { first, port, states, link } = await openLink();
  await first.close();
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('lost'), 10_000);
  await FakeRelay.start({ port, token: 'a-new-one' });
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('refused'), 10_000);
  const { length } = states;
  await link.close();
  expect(states).toHaveLength(length);
});

/** To a relay that can be closed, until the end of the test. */
async function openLink() {
  const first = await FakeRelay.start();
  const { port } = first;
  const states = new Array<LinkState>();
  const link = new RelayLink({
    url: first.url,
    token: null,
    clock: systemClock,
    random: () => 0,
    onMessage: () => {},
    onState: (state) => states.push(state),
  });
  onTestFinished(() => link.close());
  await link.open();
  return { first, port, states, link };
}
