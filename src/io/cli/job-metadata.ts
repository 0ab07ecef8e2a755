import type { AgentDefinition } from '../../agents/define-agent.ts';
import { readMetadata } from '../../agents/read-metadata.ts';
import { GreenroomError } from '../errors.ts';

export type Metadata = Readonly<Record<string, unknown>>;

/**
 * Metadata with what `--participant` says.
 *
 * @throws GreenroomError `E_USAGE` where the two name different participants.
 */
export function withParticipant(metadata: Metadata, identity: string | undefined): Metadata {
  if (identity === undefined) return metadata;
  const stated = metadata['participant_identity'];
  if (stated !== undefined && stated !== identity) {
    throw new GreenroomError(
      'E_USAGE',
      `--participant says ${JSON.stringify(identity)}, participant_identity of --metadata ${JSON.stringify(stated)}`,
      { remedy: 'Name the participant once.' },
    );
  }
  return { participant_identity: identity, ...metadata };
}

/** @throws GreenroomError `E_METADATA` with everything that the agent would refuse, and its path. */
export function checkMetadata(metadata: Metadata, agent: AgentDefinition): void {
  const read = readMetadata(agent, {
    jobId: '',
    dispatchId: '',
    participant: null,
    metadata: JSON.stringify(metadata),
  });
  if (read.ok) return;
  throw new GreenroomError('E_METADATA', `the metadata does not fit ${agent.name}`, {
    details: read.problems.map(
      ({ path, expected }) => `${path || 'all of it'}: expected ${expected}`,
    ),
    ...('participant_identity' in metadata
      ? {}
      : { remedy: 'Name whom the agent is for with --participant.' }),
  });
}
