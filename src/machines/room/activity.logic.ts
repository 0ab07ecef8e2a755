/** What those in a room say of themselves, and what the server says of them. */
import type { ConnectionQuality, ParticipantInfo, ParticipantRef } from '../events.ts';
import { changePerson, closeTurn, findPerson, putPerson, type Census } from './census.logic.ts';
import { beginTurn, changeAttributes, changeMetadata, endTurn } from './person.logic.ts';

type At = { readonly at: number };
type About = At & ParticipantRef;

const MAX_SPEAKERS = 100;

export const markActive = (census: Census, ref: ParticipantRef): Census =>
  changePerson(census, ref, (person) => ({ ...person, active: true }));

export const noteMetadata = (
  census: Census,
  { at, metadata, ...ref }: About & { readonly metadata: string },
): Census => changePerson(census, ref, (person) => changeMetadata(person, metadata, at));

export const noteAttributes = (
  census: Census,
  { at, attributes, ...ref }: About & Pick<ParticipantInfo, 'attributes'>,
): Census => changePerson(census, ref, (person) => changeAttributes(person, attributes, at));

export const noteQuality = (
  census: Census,
  { at, quality, ...ref }: About & { readonly quality: ConnectionQuality },
): Census => changePerson(census, ref, (person) => ({ ...person, quality, qualityAt: at }));

/** Takes LiveKit's list of who speaks, loudest first. */
export function noteSpeakers(
  census: Census,
  { identities, at }: At & { readonly identities: readonly string[] },
): Census {
  const speakers = identities.slice(0, MAX_SPEAKERS);
  const silent = census.speakers.filter((identity) => !speakers.includes(identity));
  const speaking = speakers.filter((identity) => !census.speakers.includes(identity));
  const closed = silent.reduce((now, identity) => {
    const person = findPerson(now, identity);
    if (!person || person.speakingSince === null) return now;
    return putPerson(closeTurn(now, person, at), endTurn(person, at));
  }, census);
  const opened = speaking.reduce((now, identity) => {
    const person = findPerson(now, identity);
    if (!person) return now;
    return { ...putPerson(now, beginTurn(person, at)), turns: now.turns + 1 };
  }, closed);
  return {
    ...opened,
    speakers,
    peakSpeakers: Math.max(census.peakSpeakers, speakers.length),
  };
}
