/** The tracks of a room: which are published, of whom, and how they arrive. */
import type { ParticipantRef, StatsFact, TrackInfo, TrackSource } from '../events.ts';
import { changePerson, findSame, putPerson, sumOf, type Census } from './census.logic.ts';
import { changeTrack, MAX_TRACKS, newTrack, type Person, type RoomTrack } from './person.logic.ts';
import { watchQuality } from './track-quality.logic.ts';

type AboutTrack = ParticipantRef & { readonly trackSid: string };

/** Also of a track that is known: our own reconnect tells of it anew. */
export function publish(
  census: Census,
  { track, ...ref }: ParticipantRef & { readonly track: TrackInfo },
): Census {
  const person = findSame(census, ref);
  if (!person) return census;
  if (person.tracks.some(({ sid }) => sid === track.sid)) {
    return putPerson(census, changeTrack(person, track.sid, { muted: track.muted, isHeld: false }));
  }
  if (person.tracks.length >= MAX_TRACKS) return census;
  const { tracksPublished } = census;
  return {
    ...countTrack(
      putPerson(census, { ...person, tracks: [...person.tracks, newTrack(track)] }),
      track.source,
      1,
    ),
    tracksPublished: { ...tracksPublished, [track.source]: tracksPublished[track.source] + 1 },
  };
}

export function unpublish(census: Census, { trackSid, ...ref }: AboutTrack): Census {
  const person = findSame(census, ref);
  const track = person?.tracks.find(({ sid }) => sid === trackSid);
  return person && track ? removeTrack(census, person, track) : census;
}

export const noteTrack = (
  census: Census,
  { trackSid, ...ref }: AboutTrack,
  changed: Partial<RoomTrack>,
): Census => changePerson(census, ref, (person) => changeTrack(person, trackSid, changed));

export const noteFailure = (census: Census, about: AboutTrack): Census => ({
  ...noteTrack(census, about, { state: 'failed' }),
  subscriptionFailures: census.subscriptionFailures + 1,
});

export function removeTrack(census: Census, ref: Person, { sid, source }: RoomTrack): Census {
  const now = changePerson(census, ref, (person) => ({
    ...person,
    tracks: person.tracks.filter((track) => track.sid !== sid),
  }));
  return countTrack(now, source, -1);
}

export function countTrack(census: Census, source: TrackSource, by: number): Census {
  const tracks = { ...census.tracks, [source]: census.tracks[source] + by };
  return { ...census, tracks, peakTracks: Math.max(census.peakTracks, sumOf(tracks)) };
}

export const holdTrack = (census: Census, { trackSid, ...ref }: AboutTrack): Census =>
  changePerson(census, ref, (person) => changeTrack(person, trackSid, { isHeld: true }));

/** One poll of all tracks: the only fact whose cost grows with the room, as it does itself. */
export function noteStats(
  census: Census,
  { tracks, at }: Extract<StatsFact, { type: 'stats.sampled' }>,
): Census {
  const statsBySid = new Map(tracks.map((stats) => [stats.trackSid, stats]));
  const watched = (track: RoomTrack): RoomTrack => {
    const stats = statsBySid.get(track.sid);
    return stats ? { ...track, quality: watchQuality(track.quality, stats, at) } : track;
  };
  return {
    ...census,
    people: census.people.map((part) =>
      part.map((person) => ({ ...person, tracks: person.tracks.map(watched) })),
    ),
  };
}
