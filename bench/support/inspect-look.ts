/** What the viewers of the benches look at, and what must not be in what they are told. */
import type { Look } from '../../src/io/inspect/protocol.ts';

/** As long as real ones, which are looked for in everything that is sent. */
export const SECRETS = [
  'as long as an API secret of a server',
  'as long as a token for the inspection',
];

/** As the page at the participant of the first job: the tree, this one actor, and its room. */
export const lookAtFirst = (identity: string): Look => ({
  frameRateHz: 30,
  tree: true,
  actor: { system: 'AJ_0', path: `job/agent/participant:${identity}` },
  room: 'room-0',
  sessions: false,
});
