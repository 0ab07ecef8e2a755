import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AudioFrame, RoomClient } from '../../src/actors/ports.ts';
import type {
  DisconnectReason,
  RoomFact,
  RoomFactOf,
  StatsSample,
  TrackInfo,
} from '../../src/machines/events.ts';
import { DataSeal } from '../../src/io/data-seal.ts';
import { SEAL_BYTES } from '../../src/machines/conversation/item-message.logic.ts';
import { breachesIn } from './orderly-facts.ts';
import type { MediaSource, RoomHarness } from './room-world.ts';

const agentIdentity = 'agent-under-test';

/** The server notices a dead connection after some 20 s. */
const deadConnectionMs = 30_000;

/** The rules that the real and the simulated room both keep: the docstring of `RoomClient`, tested. */
export function describeRoomClient(name: string, setup: () => Promise<RoomHarness>): void {
  const stages: Stage[] = [];
  const stage = async (): Promise<Stage> => {
    const opened = new Stage(await setup());
    stages.push(opened);
    return opened;
  };
  /** With the agent inside and these people there before it. */
  const joined = async (people: Readonly<Record<string, readonly MediaSource[]>> = {}) => {
    const opened = await stage();
    for (const [identity, sources] of Object.entries(people)) {
      await opened.world.join(identity, sources);
    }
    const agent = opened.agent();
    await agent.enter();
    return { ...opened.parts, agent };
  };
  /** With alice inside, and her only track subscribed in this mode. */
  const hearing = async (mode: 'signal' | 'media', source: MediaSource = 'microphone') => {
    const parts = await joined({ alice: [source] });
    const track = await parts.agent.trackOf('alice');
    await parts.agent.subscribe(track.sid, mode);
    return { ...parts, track };
  };

  afterEach(async () => {
    for (const opened of stages.splice(0)) await opened.dispose();
  });

  describe(`${name} as a RoomClient`, () => {
    describe('joining', () => {
      it('[RC-1] says nothing inside a call', async () => {
        const { agent, until } = await joined({ alice: ['microphone'] });
        const track = await agent.trackOf('alice');
        const before = agent.facts.length;
        agent.client.perform({ type: 'track.setMedia', trackSid: track.sid, mode: 'media' });
        agent.client.perform({ type: 'track.setMedia', trackSid: 'TR_nowhere', mode: 'media' });
        const frames = agent.listen('TR_nowhere');
        agent.client.leave();
        agent.client.join();
        expect(agent.facts.length).toBe(before);
        expect(frames.ending()).toBe('none');
        await until(() => agent.heard('room.disconnected').length > 0, 'the leave');
      });

      it('[RC-2] connects with everybody inside, their tracks and itself', async () => {
        const { agent, world, until } = await joined({ alice: ['microphone', 'camera'], bob: [] });
        const [connected] = agent.heard('room.connected');
        expect(connected?.sid).toMatch(/^RM_/);
        expect(connected?.local.identity).toBe(agentIdentity);
        const people = new Map(connected?.participants.map((who) => [who.identity, who]));
        expect([...people.keys()].sort()).toEqual(['alice', 'bob']);
        expect(people.get('alice')).toMatchObject({ active: true, kind: 'standard' });
        const sources = people.get('alice')?.tracks.map((track) => track.source);
        expect(sources?.sort()).toEqual(['camera', 'microphone']);
        await world.setMetadata('alice', 'told after everything about the join');
        await until(() => agent.heard('participant.metadataChanged').length > 0, 'the metadata');
        expect(agent.heard('participant.connected')).toEqual([]);
      });

      it('[RC-3] names the state of the tracks that are there', async () => {
        const { world, ...opened } = (await stage()).parts;
        await world.join('alice', ['microphone', 'camera']);
        await world.mute('alice', 'camera');
        const agent = opened.stage.agent();
        await agent.enter();
        expect(await agent.trackOf('alice', 'microphone')).toMatchObject({
          kind: 'audio',
          source: 'microphone',
          muted: false,
          encrypted: false,
        });
        expect(await agent.trackOf('alice', 'camera')).toMatchObject({
          kind: 'video',
          muted: true,
        });
      });

      it.each(['token', 'url'] as const)('[RC-4] fails to join with a wrong %s', async (fault) => {
        const { stage: opened, until } = (await stage()).parts;
        const agent = opened.agent(agentIdentity, fault);
        agent.client.join();
        await until(() => agent.facts.length > 0, 'an answer to the join', 60_000);
        const [failed] = agent.heard('room.joinFailed');
        expect(failed?.error.code).toMatch(/^E_[A-Z_]+$/);
        expect(failed?.error.message).not.toBe('');
        expect(agent.facts).toHaveLength(1);
      });

      it('[RC-5] joins again after it has left, as a new connection', async () => {
        const { agent, until } = await joined({ alice: [] });
        agent.client.leave();
        await until(() => agent.heard('room.disconnected').length === 1, 'the leave');
        agent.client.join();
        await until(() => agent.heard('room.connected').length === 2, 'the second join');
        const [first, second] = agent.heard('room.connected').map(({ local }) => local.sid);
        expect(first).not.toBe(second);
      });
    });

    describe('people', () => {
      it('[RC-33] says of everybody when they came by the clock of the server', async () => {
        const { agent, world, until } = await joined({ alice: [] });
        await world.join('bob');
        await world.join('carol', ['microphone']);
        // Those who publish nothing are told of last.
        await until(() => agent.heard('participant.connected').length >= 2, 'bob and carol');
        const told = [
          ...(agent.heard('room.connected')[0]?.participants ?? []),
          ...agent.heard('participant.connected').map(({ participant }) => participant),
        ];
        for (const identity of ['alice', 'bob', 'carol']) {
          const joinedAt = told.find((who) => who.identity === identity)?.joinedAt;
          expect(joinedAt).toBeGreaterThan(0);
          expect(joinedAt).toBe((await world.entryOf(identity))?.joinedAt);
        }
      });

      it('[RC-6] tells a life in order', async () => {
        const { agent, world, until } = await joined();
        await world.join('alice', ['microphone']);
        await until(() => agent.heard('track.published').length > 0, 'the track');
        await world.mute('alice', 'microphone');
        await until(() => agent.heard('track.muted').length > 0, 'the mute');
        await world.unmute('alice', 'microphone');
        await until(() => agent.heard('track.unmuted').length > 0, 'the unmute');
        await world.unpublish('alice', 'microphone');
        await until(() => agent.heard('track.unpublished').length > 0, 'the unpublish');
        await world.leave('alice');
        await until(() => agent.heard('participant.disconnected').length > 0, 'the leave');
        expect(agent.storyOf('alice')).toEqual([
          'participant.connected',
          'track.published',
          'track.muted',
          'track.unmuted',
          'track.unpublished',
          'participant.disconnected',
        ]);
      });

      it('[RC-7] says once for each SID that somebody is active', async () => {
        const { agent, world, until } = await joined();
        await world.join('alice');
        const isActive = () =>
          agent.heard('participant.active').length > 0 ||
          agent.heard('participant.connected').some(({ participant }) => participant.active);
        await until(isActive, 'alice to be active');
      });

      it('[RC-8] ends the tracks of somebody who leaves before the participant', async () => {
        const { agent, world, until } = await hearing('media');
        await world.leave('alice');
        await until(() => agent.heard('participant.disconnected').length > 0, 'the leave');
        expect(agent.storyOf('alice').slice(-3)).toEqual([
          'track.unsubscribed',
          'track.unpublished',
          'participant.disconnected',
        ]);
      });

      it('[RC-9] gives a rejoin a new SID', async () => {
        const { agent, world, until } = await joined({ alice: [] });
        await world.leave('alice');
        await until(() => agent.heard('participant.disconnected').length > 0, 'the leave');
        await world.join('alice');
        await until(() => agent.heard('participant.connected').length > 0, 'the rejoin');
        const [back] = agent.heard('participant.connected');
        expect(back?.participant.sid).not.toBe(agent.heard('participant.disconnected')[0]?.sid);
      });

      it('[RC-10] ends the old connection of somebody who is back before it was missed', async () => {
        const { agent, world, until } = await joined({ alice: [] });
        await world.kill('alice');
        await world.join('alice');
        await until(() => agent.heard('participant.connected').length > 0, 'alice to be back');
        expect(agent.storyOf('alice').slice(0, 2)).toEqual([
          'participant.disconnected',
          'participant.connected',
        ]);
      });

      it('[RC-11] ends a connection that died', async () => {
        const { agent, world, until } = await joined({ alice: ['microphone'] });
        await world.kill('alice');
        const isGone = () => agent.heard('participant.disconnected').length > 0;
        await until(isGone, 'the server to miss alice', deadConnectionMs);
        expect(agent.heard('track.unpublished')).toHaveLength(1);
      });

      it('[RC-12] tells what changes about the room and the people', async () => {
        const { agent, world, until } = await joined({ alice: [] });
        await world.setMetadata('alice', 'vip');
        await world.setAttributes('alice', { seat: '4' });
        await world.setRoomMetadata('{"language":"en"}');
        await until(() => agent.heard('participant.metadataChanged').length > 0, 'the metadata');
        await until(() => agent.heard('participant.attributesChanged').length > 0, 'attributes');
        await until(() => agent.heard('room.metadataChanged').length > 0, 'the room metadata');
        expect(agent.heard('participant.metadataChanged')[0]?.metadata).toBe('vip');
        expect(agent.heard('participant.attributesChanged')[0]?.attributes).toEqual({ seat: '4' });
        expect(agent.heard('room.metadataChanged')[0]?.metadata).toBe('{"language":"en"}');
      });
    });

    describe('media', () => {
      it('[RC-13] delivers 100 ms frames of 16 kHz at the level of the voice', async () => {
        const { agent, world, until, track } = await hearing('media');
        const frames = agent.listen(track.sid).frames;
        await until(() => frames.length > 0, 'the first frame');
        expect(frames[0]?.sampleRateHz).toBe(16_000);
        expect(frames[0]?.samples).toHaveLength(1_600);
        await world.speak('alice');
        await until(() => frames.slice(-5).every(isVoice), 'five loud frames');
        await world.hush('alice');
        await until(() => frames.slice(-5).every(isSilent), 'five silent frames');
      });

      it('[RC-14] goes on with zeros while the track is muted', async () => {
        const { agent, world, until, track } = await hearing('media');
        const { frames, ending } = agent.listen(track.sid);
        await world.speak('alice');
        await until(() => frames.slice(-2).every(isVoice) && frames.length > 2, 'the voice');
        await world.mute('alice', 'microphone');
        await until(() => frames.slice(-5).every(isSilent), 'five silent frames');
        await world.unmute('alice', 'microphone');
        await until(() => frames.slice(-2).every(isVoice), 'the voice again');
        expect(ending()).toBe('none');
      });

      it('[RC-15] completes the frames when the track ends', async () => {
        const { agent, world, until, track } = await hearing('media');
        const { frames, ending } = agent.listen(track.sid);
        await until(() => frames.length > 0, 'the first frame');
        await world.unpublish('alice', 'microphone');
        await until(() => ending() !== 'none', 'the end of the frames');
        expect(ending()).toBe('completed');
      });

      it('[RC-16] fails the frames of a track without media', async () => {
        const { agent, until, track } = await hearing('signal');
        const signalled = agent.listen(track.sid);
        const unknown = agent.listen('TR_nowhere');
        expect([signalled.ending(), unknown.ending()]).toEqual(['none', 'none']);
        await until(() => signalled.ending() !== 'none', 'the end of the signalled track');
        await until(() => unknown.ending() !== 'none', 'the end of the unknown track');
        expect([signalled.ending(), unknown.ending()]).toEqual(['failed', 'failed']);
        expect([...signalled.frames, ...unknown.frames]).toEqual([]);
      });

      it('[RC-17] counts packets while media flows, and tells speakers and quality', async () => {
        const { agent, world, until, track } = await hearing('media');
        await world.speak('alice');
        const first = await agent.packetsOf(track.sid);
        await agent.pollUntil((sample) => packetsIn(sample, track.sid) > first + 10, 'packets');
        await until(() => agent.lastSpeakers().includes('alice'), 'alice among the speakers');
        await until(
          () => agent.heard('participant.qualityChanged').length > 0,
          'the quality',
          15_000,
        );
        await world.hush('alice');
        await until(() => !agent.lastSpeakers().includes('alice'), 'alice to be silent');
      });

      it('[RC-18] signals without media: speakers go on, packets stop where they can', async () => {
        const { agent, world, until, track, stage: opened } = await hearing('signal');
        await world.speak('alice');
        await until(() => agent.lastSpeakers().includes('alice'), 'alice among the speakers');
        if (opened.harness.signalStopsMedia) await agent.pollUntilStill(track.sid);
        const before = await agent.packetsOf(track.sid);
        await world.hush('alice');
        await until(() => !agent.lastSpeakers().includes('alice'), 'alice to be silent');
        await until(
          () => agent.heard('participant.qualityChanged').length > 0,
          'the quality',
          15_000,
        );
        const hasMoved = (await agent.packetsOf(track.sid)) !== before;
        expect(hasMoved).toBe(!opened.harness.signalStopsMedia);
      });

      it('[RC-19] never repeats an unchanged list of speakers', async () => {
        const { agent, world, until } = await hearing('signal');
        await world.speak('alice');
        await until(() => agent.lastSpeakers().includes('alice'), 'alice among the speakers');
        await world.hush('alice');
        await until(() => !agent.lastSpeakers().includes('alice'), 'alice to be silent');
        // The server says it once more after the leave.
        await world.leave('alice');
        await until(() => agent.heard('participant.disconnected').length > 0, 'the leave');
        await world.join('bob');
        await until(() => agent.heard('participant.connected').length > 0, 'bob');
        const lists = agent
          .heard('room.speakersChanged')
          .map(({ identities }) => identities.join());
        expect(lists.filter((list, index) => list === lists[index - 1])).toEqual([]);
      });

      it('[RC-20] decodes the frames of a camera and knows its size', async () => {
        const { agent, track } = await hearing('media', 'camera');
        const flowing = (sample: StatsSample) =>
          sample.tracks.some((it) => it.trackSid === track.sid && it.framesDecoded > 10);
        const sample = await agent.pollUntil(flowing, 'ten decoded frames');
        const stats = sample.tracks.find((it) => it.trackSid === track.sid);
        expect(stats?.width).toBeGreaterThan(0);
        expect(stats?.height).toBeGreaterThan(0);
      });

      it('[RC-21] lets go of a track that is asked for no more', async () => {
        const { agent, until, track } = await hearing('media');
        const { ending } = agent.listen(track.sid);
        agent.client.perform({ type: 'track.setMedia', trackSid: track.sid, mode: 'none' });
        await until(() => agent.heard('track.unsubscribed').length > 0, 'the end of it');
        await until(() => ending() !== 'none', 'the end of the frames');
        expect(agent.heard('track.unpublished')).toEqual([]);
        await agent.subscribe(track.sid, 'media');
      });

      it('[RC-22] refuses a track that is not there', async () => {
        const { agent, until } = await joined();
        agent.client.perform({ type: 'track.setMedia', trackSid: 'TR_nowhere', mode: 'media' });
        await until(() => agent.facts.length > 1, 'the refusal');
        expect(agent.heard('command.failed')[0]).toMatchObject({ command: 'track.setMedia' });
      });
    });

    describe('messages', () => {
      it('[RC-23] brings data to those it names and to nobody else', async () => {
        const { agent, world, until } = await joined({ alice: [], bob: [] });
        const send = (to: readonly string[], step: number) =>
          agent.client.perform({ type: 'data.publish', topic: 'note', payload: { step }, to });
        send([], 1);
        send(['alice'], 2);
        send(['alice', 'bob'], 3);
        await until(() => world.received('bob').length > 0, 'the last message');
        await until(() => world.received('alice').length > 1, 'both messages');
        expect(world.received('bob')).toEqual([{ topic: 'note', text: '{"step":3}' }]);
        expect(world.received('alice')).toEqual([
          { topic: 'note', text: '{"step":2}' },
          { topic: 'note', text: '{"step":3}' },
        ]);
      });

      it('[RC-24] hears data of any bytes, and keeps at most 16 KiB of it', async () => {
        const { agent, world, until } = await joined({ alice: [] });
        const sid = agent.heard('room.connected')[0]?.participants[0]?.sid;
        // Three bytes each: the cap falls inside a character, which must not show.
        const long = new TextEncoder().encode('€'.repeat(4_500) + 'a'.repeat(4_000));
        await world.sendData('alice', 'plain', new TextEncoder().encode('grüß'));
        await world.sendData('alice', 'binary', Uint8Array.of(0xff, 0xfe, 0x00));
        await world.sendData('alice', 'empty', new Uint8Array());
        await world.sendData('alice', 'long', long);
        await until(() => agent.heard('data.received').length === 4, 'four messages');
        const [plain, binary, empty, cut] = agent.heard('data.received');
        const sender = { identity: 'alice', sid };
        expect(plain).toMatchObject({ sender, topic: 'plain', sizeBytes: 6, text: 'grüß' });
        expect(plain?.truncated).toBe(false);
        expect(binary).toMatchObject({ topic: 'binary', sizeBytes: 3, text: null });
        expect(empty).toMatchObject({ topic: 'empty', sizeBytes: 0, text: '', truncated: false });
        expect(cut).toMatchObject({ topic: 'long', sizeBytes: long.length, truncated: true });
        const keptBytes = new TextEncoder().encode(cut?.text ?? '').length;
        expect(keptBytes).toBeLessThanOrEqual(16_384);
        expect(keptBytes).toBeGreaterThan(16_380);
        expect(new TextDecoder().decode(long).startsWith(cut?.text ?? 'nothing')).toBe(true);
      });

      it('[RC-31] tells no more of a flood than its sender may send, and counts all of it', async () => {
        const { agent, world, until } = await joined({ alice: [] });
        const sent = 1_000;
        const bytes = new TextEncoder().encode('{}');
        await Promise.all(
          Array.from({ length: sent }, () => world.sendData('alice', 'flood', bytes)),
        );
        const throttled = () =>
          agent.heard('data.throttled').reduce((sum, { messages }) => sum + messages, 0);
        const through = () => agent.heard('data.received').length;
        await until(() => through() + throttled() === sent, 'all that was sent');
        const times = agent.heard('data.received').map(({ at }) => at);
        const passedS = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
        expect(through()).toBeGreaterThanOrEqual(100);
        expect(through()).toBeLessThanOrEqual(101 + 50 * passedS);
        expect(agent.heard('data.throttled')[0]?.sender).toMatchObject({ identity: 'alice' });
      });

      it('[RC-32] tells no more of a flood of changes than one can mean, and ends with the latest', async () => {
        const { agent, world, until } = await joined({ alice: ['microphone'] });
        const sent = 400;
        await Promise.all(
          Array.from({ length: sent }, (_, n) => world.setMetadata('alice', `metadata ${n}`)),
        );
        await world.setMetadata('alice', 'the last');
        const changes = () => agent.heard('participant.metadataChanged');
        await until(() => changes().at(-1)?.metadata === 'the last', 'the last change');
        const [first, last] = [changes()[0]?.at ?? 0, changes().at(-1)?.at ?? 0];
        expect(changes().length).toBeLessThanOrEqual(101 + (51 * (last - first)) / 1_000);
        const throttled = agent
          .heard('participant.throttled')
          .reduce((sum, { changes: count }) => sum + count, 0);
        expect(changes().length + throttled).toBeLessThanOrEqual(sent + 1);
      });

      it('[SEAL-5] says of sealed data whether the seal holds, and nothing of other data', async () => {
        const { agent, stage: opened, world, until } = await joined({ alice: [] });
        const writer = opened.agent('second-agent');
        await writer.enter();
        const payload = { content: 'x'.repeat(14_000) };
        const message = { type: 'data.publish', topic: 'note', payload, to: 'everybody' } as const;
        writer.client.perform({ ...message, sealed: true });
        writer.client.perform(message);
        await until(() => world.received('alice').length === 2, 'both messages');
        await until(() => agent.heard('data.received').length === 2, 'both of them');
        const [sealed, plain] = world.received('alice').map(({ text }) => text);
        expect(plain).toBe(JSON.stringify(payload));
        expect(sealed?.length).toBe(JSON.stringify(payload).length + SEAL_BYTES);

        const roomSid = agent.heard('room.connected')[0]?.sid ?? '';
        const place = { roomSid, topic: 'note' };
        const send = (topic: string, text: string) =>
          world.sendData('alice', topic, new TextEncoder().encode(text));
        await send('copied', sealed ?? '');
        await send('note', new DataSeal('guessed').seal('{"a":1}', place));
        // The seal is beyond what is kept of it.
        const long = JSON.stringify({ content: 'y'.repeat(20_000) });
        await send('note', opened.harness.dataSeal.seal(long, place));
        await until(() => agent.heard('data.received').length === 5, 'all five');
        const heard = agent.heard('data.received').map(({ sender, truncated, seal }) => ({
          sender: sender?.identity ?? null,
          truncated,
          seal,
        }));
        expect(heard).toEqual([
          { sender: null, truncated: false, seal: 'valid' },
          { sender: null, truncated: false, seal: undefined },
          { sender: 'alice', truncated: false, seal: 'invalid' },
          { sender: 'alice', truncated: false, seal: 'invalid' },
          { sender: 'alice', truncated: true, seal: 'valid' },
        ]);
      });

      it('[RC-25] hears text streams', async () => {
        const { agent, world, until } = await joined({ alice: [] });
        await world.sendText('alice', 'lk.transcription', 'good morning');
        await until(() => agent.heard('text.received').length > 0, 'the text');
        expect(agent.heard('text.received')[0]).toMatchObject({
          senderIdentity: 'alice',
          topic: 'lk.transcription',
          text: 'good morning',
          truncated: false,
        });
      });

      it('[RC-26] writes its attributes into the list of the server', async () => {
        const { agent, world, until } = await joined();
        agent.client.perform({
          type: 'participant.setAttributes',
          attributes: { target: 'alice' },
        });
        let seen: Readonly<Record<string, string>> | undefined;
        await until(() => {
          void world.entryOf(agentIdentity).then((entry) => (seen = entry?.attributes));
          return seen?.['target'] === 'alice';
        }, 'the attribute in the list');
      });
    });

    describe('endings', () => {
      const endings: readonly (readonly [DisconnectReason, (stage: Stage) => Promise<void>])[] = [
        ['client_initiated', ({ agents }) => Promise.resolve(agents[0]?.client.leave())],
        ['room_deleted', ({ world }) => world.deleteRoom()],
        ['participant_removed', ({ world }) => world.removeAgent(agentIdentity)],
        ['duplicate_identity', (opened) => opened.agent().enter()],
      ];

      it.each(endings)('[RC-27] ends everybody, then itself: %s', async (reason, end) => {
        const { agent, until, stage: opened } = await hearing('media');
        const { ending } = agent.listen((await agent.trackOf('alice')).sid);
        await end(opened);
        await until(() => agent.heard('room.disconnected').length > 0, 'the end');
        await until(() => ending() !== 'none', 'the end of the frames');
        expect(agent.facts.slice(-4).map(({ type }) => type)).toEqual([
          'track.unsubscribed',
          'track.unpublished',
          'participant.disconnected',
          'room.disconnected',
        ]);
        expect(agent.heard('room.disconnected')[0]?.reason).toBe(reason);
        expect(ending()).toBe('completed');
      });

      it('[RC-28] does nothing but join after the end', async () => {
        const { agent, world, until } = await joined({ alice: [] });
        agent.client.leave();
        await until(() => agent.heard('room.disconnected').length > 0, 'the end');
        const told = agent.facts.length;
        agent.client.leave();
        agent.client.perform({
          type: 'data.publish',
          topic: 'late',
          payload: { late: true },
          to: ['alice'],
        });
        await expect(agent.settle(agent.client.stats())).rejects.toThrow();
        await world.setMetadata('alice', 'unheard');
        agent.client.join();
        await until(() => agent.facts.length > told, 'the next fact');
        expect(agent.facts[told]?.type).toBe('room.connected');
        expect(world.received('alice')).toEqual([]);
      });

      it('[RC-29] says nothing and holds nothing once it is closed', async () => {
        const { agent, world, until, stage: opened } = await hearing('media');
        const { ending, frames } = agent.listen((await agent.trackOf('alice')).sid);
        const second = opened.agent('second-agent');
        await second.enter();
        await agent.settle(agent.client.close());
        const told = agent.facts.length;
        const framesTold = frames.length;
        await world.setMetadata('alice', 'unheard');
        agent.client.join();
        agent.client.leave();
        await until(
          () => second.heard('participant.metadataChanged').length > 0,
          'the other agent',
        );
        expect(agent.facts.length).toBe(told);
        expect(frames.length).toBe(framesTold);
        expect(ending()).not.toBe('failed');
        await expect(agent.settle(agent.client.stats())).rejects.toThrow();
        await agent.settle(agent.client.close());
        await opened.untilGone(agentIdentity);
      });

      it('[RC-30] closes before and while it joins', async () => {
        const { stage: opened } = (await stage()).parts;
        const idle = opened.agent('idle-agent');
        await idle.settle(idle.client.close());
        const joining = opened.agent();
        joining.client.join();
        await joining.settle(joining.client.close());
        const other = opened.agent('other-agent');
        await other.enter();
        expect([...idle.facts, ...joining.facts]).toEqual([]);
        expect(other.heard('room.connected')[0]?.participants).toEqual([]);
        await opened.untilGone(agentIdentity);
      });
    });
  });
}

/** One harness and the agents on it; its end checks what holds for every test. */
class Stage {
  readonly agents: Agent[] = [];
  readonly #heldAtFirst: number;

  constructor(readonly harness: RoomHarness) {
    this.#heldAtFirst = harness.heldCount();
  }

  get world(): RoomHarness['world'] {
    return this.harness.world;
  }

  get parts() {
    return { stage: this, world: this.world, until: this.harness.until };
  }

  agent(identity = agentIdentity, fault?: 'token' | 'url'): Agent {
    const client = this.harness.client(fault ? { identity, fault } : { identity });
    const agent = new Agent(client, this.harness);
    this.agents.push(agent);
    return agent;
  }

  /** Until the server's list does not name it. */
  async untilGone(identity: string): Promise<void> {
    let isGone = false;
    await this.harness.until(() => {
      void this.world.entryOf(identity).then((entry) => (isGone = entry === undefined));
      return isGone;
    }, `${identity} to be out of the list`);
  }

  async dispose(): Promise<void> {
    const breaches = this.agents.flatMap(({ facts }) => breachesIn(facts));
    for (const agent of this.agents) await agent.settle(agent.client.close());
    const heldCount = this.harness.heldCount();
    await this.harness.dispose();
    expect(breaches).toEqual([]);
    expect(heldCount).toBe(this.#heldAtFirst);
  }
}

/** A client, and all that it said. */
class Agent {
  readonly facts: RoomFact[] = [];

  constructor(
    readonly client: RoomClient,
    readonly harness: RoomHarness,
  ) {
    client.facts$.subscribe((fact) => this.facts.push(fact));
  }

  heard<TType extends RoomFact['type']>(type: TType): RoomFactOf<TType>[] {
    return this.facts.filter((fact): fact is RoomFactOf<TType> => fact.type === type);
  }

  /** The types of what was told of somebody's comings, goings and tracks, in order. */
  storyOf(identity: string): string[] {
    const quiet = ['participant.active', 'participant.qualityChanged'];
    return this.facts
      .filter((fact) => {
        const about = 'participant' in fact ? fact.participant : fact;
        return 'identity' in about && about.identity === identity && !quiet.includes(fact.type);
      })
      .map(({ type }) => type);
  }

  lastSpeakers(): readonly string[] {
    return this.heard('room.speakersChanged').at(-1)?.identities ?? [];
  }

  async enter(): Promise<void> {
    const before = this.heard('room.connected').length;
    this.client.join();
    await this.harness.until(() => this.heard('room.connected').length > before, 'the join');
  }

  /** The track of a participant, once it is there. */
  async trackOf(identity: string, source?: MediaSource): Promise<TrackInfo> {
    const find = (): TrackInfo | undefined => {
      const inside = this.heard('room.connected').flatMap(({ participants }) => participants);
      const came = this.heard('participant.connected').map(({ participant }) => participant);
      const early = [...inside, ...came].filter((who) => who.identity === identity);
      const later = this.heard('track.published').filter((fact) => fact.identity === identity);
      return [...early.flatMap(({ tracks }) => tracks), ...later.map(({ track }) => track)].find(
        (track) => source === undefined || track.source === source,
      );
    };
    await this.harness.until(() => find() !== undefined, `a track of ${identity}`);
    const track = find();
    if (!track) throw new Error(`${identity} has no track.`);
    return track;
  }

  /** Asks again where the server fails to give it. */
  async subscribe(trackSid: string, mode: 'signal' | 'media'): Promise<void> {
    const before = this.heard('track.subscribed').length;
    let failures = -1;
    await this.harness.until(() => {
      const failuresNow = this.heard('track.subscriptionFailed').length;
      if (failuresNow !== failures) {
        this.client.perform({ type: 'track.setMedia', trackSid, mode });
      }
      failures = failuresNow;
      return this.heard('track.subscribed').length > before;
    }, `the subscription of ${trackSid}`);
  }

  listen(trackSid: string) {
    const frames: AudioFrame[] = [];
    let end = 'none';
    const subscription = this.client.frames$(trackSid).subscribe({
      next: (frame) => frames.push(frame),
      complete: () => (end = 'completed'),
      error: () => (end = 'failed'),
    });
    onTestFinished(() => subscription.unsubscribe());
    return { frames, ending: () => end };
  }

  /** Waits for a promise, which on virtual time needs the clock to move. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = promise.finally(() => (isSettled = true));
    settled.catch(() => undefined);
    await this.harness.until(() => isSettled, 'an answer');
    return settled;
  }

  async packetsOf(trackSid: string): Promise<number> {
    return packetsIn(await this.settle(this.client.stats()), trackSid);
  }

  /** Polls statistics until one sample is as wished, and returns it. */
  async pollUntil(isWished: (sample: StatsSample) => boolean, awaited: string) {
    let wished: StatsSample | undefined;
    let isAsking = false;
    await this.harness.until(() => {
      // Once more would be a poll that nobody waits for.
      if (!isAsking && wished === undefined) {
        isAsking = true;
        void this.client
          .stats()
          .then((sample) => (wished = isWished(sample) ? sample : wished))
          .finally(() => (isAsking = false));
      }
      return wished !== undefined;
    }, awaited);
    if (!wished) throw new Error(`Without ${awaited}.`);
    return wished;
  }

  /** Until no packet came for ten polls in a row. */
  async pollUntilStill(trackSid: string): Promise<void> {
    let last = -1;
    let stillPolls = 0;
    const isStill = (sample: StatsSample): boolean => {
      const packets = packetsIn(sample, trackSid);
      stillPolls = packets === last ? stillPolls + 1 : 0;
      last = packets;
      return stillPolls >= 10;
    };
    await this.pollUntil(isStill, 'the packets to stop');
  }
}

const packetsIn = (sample: StatsSample, trackSid: string): number =>
  sample.tracks.find((track) => track.trackSid === trackSid)?.packetsReceived ?? 0;

function rmsOf({ samples }: AudioFrame): number {
  const sumOfSquares = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return Math.sqrt(sumOfSquares / samples.length) / 32_768;
}

const isVoice = (frame: AudioFrame): boolean => rmsOf(frame) > 0.05 && rmsOf(frame) < 0.5;
const isSilent = (frame: AudioFrame): boolean => frame.samples.every((sample) => sample === 0);
