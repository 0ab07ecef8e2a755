import type { SourceTurn } from '../../test/support/clients/command-process.ts';
import { nameOf, startCrowd, type Member, type Received } from './crowd.ts';
import { monitored, pause, seen, type Delays } from './monitored.ts';
import { say, type Stage } from './stage.ts';

const TURNS = 6;
/** The others are told of two beginnings of speech 2 s apart at least; a turn and its end take longer. */
const TURN_MS = 1_300;
const PAUSE_MS = 1_000;

/** From the first or last packet with sound to the message that tells another participant of it. */
export async function measureSpeech(
  stage: Stage,
  rooms: number,
): Promise<{ readonly begins: Delays; readonly ends: Delays }> {
  const turns: SourceTurn[] = [];
  const messages: Received[] = [];
  const crowd = await startCrowd(stage.server, {
    onData: (message) => messages.push(message),
    onTurn: (turn) => turns.push(turn),
  });
  const change = async (talker: Member, speaking: boolean): Promise<number | undefined> => {
    const [turnsBefore, messagesBefore] = [turns.length, messages.length];
    await crowd.speak(talker, speaking);
    const as = nameOf(talker);
    const to = nameOf(listenerOf(talker));
    const sent = await seen(() => turns.slice(turnsBefore).find((turn) => turn.as === as));
    const told = await seen(() =>
      messages
        .slice(messagesBefore)
        .find((message) => message.to === to && isAboutSpeech(message, speaking)),
    );
    return sent && told && told.atMs - sent.atMs;
  };
  try {
    say(`${rooms} talkers, and a listener for each`);
    const talkers = Array.from({ length: rooms }, (_, i) => ({
      room: `speech-${i}`,
      identity: 'talker',
    }));
    for (const talker of talkers) {
      await crowd.enterWith(listenerOf(talker), []);
      await crowd.enterWith(talker, ['microphone']);
      await stage.dispatch(talker);
    }
    await monitored(stage, rooms, ({ tracks }) => tracks.some(({ state }) => state === 'silent'));
    say(`${TURNS} turns each`);
    const begins: Delays = [];
    const ends: Delays = [];
    const talk = async (talker: Member): Promise<void> => {
      for (let turn = 0; turn < TURNS; turn += 1) {
        await pause(PAUSE_MS);
        begins.push(await change(talker, true));
        await pause(TURN_MS);
        ends.push(await change(talker, false));
      }
    };
    await Promise.all(talkers.map(talk));
    return { begins, ends };
  } finally {
    await crowd.kill();
  }
}

const listenerOf = ({ room }: Member): Member => ({ room, identity: 'listener' });

function isAboutSpeech({ text }: Received, speaking: boolean): boolean {
  const message = JSON.parse(text) as { readonly type: string; readonly speaking?: boolean };
  return message.type === 'speaking_detection' && message.speaking === speaking;
}
