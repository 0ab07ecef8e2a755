import type { AudioFrame } from '../../src/actors/ports.ts';
import { Director } from '../../src/io/simulated/director.ts';
import { parseScript } from '../../src/io/simulated/script-parser.ts';
import type { Script } from '../../src/io/simulated/script.ts';
import { SimulatedServer } from '../../src/io/simulated/server.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { MediaMode, RoomFact } from '../../src/machines/events.ts';

export type SimulatedAgentOptions = {
  readonly seed?: number;
  readonly nastiness?: number;
  /** How every track is subscribed as soon as it is known; again after a failure. */
  readonly mode?: MediaMode;
};

/** An agent in a simulated room whose life is a script; time starts at 0 and moves by `runTo`. */
export function playWithAgent(script: string | Script, options: SimulatedAgentOptions = {}) {
  const { mode = 'media', ...serverOptions } = options;
  const clock = new VirtualClock();
  const server = new SimulatedServer({ clock, ...serverOptions });
  const room = server.room('support');
  const director = new Director(room, clock);
  const client = server.client('support', { identity: 'agent-1' });
  const facts: RoomFact[] = [];
  const frames = new Map<string, AudioFrame[]>();

  const setMedia = (trackSid: string): void =>
    client.perform({ type: 'track.setMedia', trackSid, mode });
  const record = (trackSid: string): void => {
    const heard: AudioFrame[] = [];
    frames.set(trackSid, heard);
    client.frames$(trackSid).subscribe({ next: (frame) => heard.push(frame), error: () => {} });
  };
  client.facts$.subscribe((fact) => {
    facts.push(fact);
    if (fact.type === 'track.published') setMedia(fact.track.sid);
    if (fact.type === 'track.subscriptionFailed') setMedia(fact.trackSid);
    if (fact.type === 'track.subscribed' && mode === 'media') record(fact.trackSid);
    if (fact.type === 'participant.connected') {
      for (const { sid } of fact.participant.tracks) setMedia(sid);
    }
    if (fact.type === 'room.connected') {
      for (const { tracks } of fact.participants) for (const { sid } of tracks) setMedia(sid);
    }
  });
  client.join();
  director.play(typeof script === 'string' ? scriptOf(script) : script);
  return {
    clock,
    server,
    room,
    director,
    client,
    facts,
    frames,
    runTo: (time: number): void => clock.advanceTo(time),
    /** What was told of these types, as `time type detail`. */
    told: (...types: RoomFact['type'][]): string[] =>
      facts.filter(({ type }) => types.includes(type)).map(briefOf),
  };
}

export function scriptOf(text: string): Script {
  const result = parseScript(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.script;
}

function briefOf(fact: RoomFact): string {
  const detail =
    fact.type === 'room.speakersChanged'
      ? `[${fact.identities.join(', ')}]`
      : fact.type === 'participant.qualityChanged'
        ? fact.quality
        : fact.type === 'track.published'
          ? fact.track.source
          : fact.type === 'room.disconnected'
            ? fact.reason
            : '';
  return `${fact.at} ${fact.type} ${detail}`.trimEnd();
}
