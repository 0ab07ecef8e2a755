import type { z } from 'zod';
import type { JobMetadata, MetadataProblem } from '../machines/worker/events.ts';
import type { ParticipantRef } from '../machines/events.ts';
import type { AgentDefinition } from './define-agent.ts';
import { schemaProblems } from './schema-problems.ts';

/** What an offer says that decides whom its job serves. */
export type OfferedMetadata = {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly participant: ParticipantRef | null;
  /** As it came: any text. Empty is `{}`. */
  readonly metadata: string;
};

/** Reads a job's metadata against its agent's schema, and tells every mistake with its place. */
export function readMetadata(agent: AgentDefinition, offer: OfferedMetadata): JobMetadata {
  const json = parseJson(offer.metadata);
  if (!json.ok) return json;
  const parsed = agent.metadata.safeParse(json.value);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap(problemsOf) };
  const { dispatchId, participant, jobId } = offer;
  const served = { dispatchId, participant, metadata: parsed.data };
  return {
    ok: true,
    value: parsed.data,
    key: agent.serves?.(served) ?? jobId,
    target: agent.target?.(served) ?? null,
  };
}

type Json =
  { readonly ok: true; readonly value: unknown } | Extract<JobMetadata, { readonly ok: false }>;

function parseJson(text: string): Json {
  if (text.trim() === '') return { ok: true, value: {} };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    // The parser's message may quote the text, which may name people; its position is enough.
    const position = /position (\d+)/.exec(String(error))?.[1];
    const where = position === undefined ? '' : ` (wrong at character ${position})`;
    return { ok: false, problems: [{ path: '', expected: `a JSON object${where}` }] };
  }
}

const problemsOf = (issue: z.core.$ZodIssue): MetadataProblem[] =>
  schemaProblems(issue).map(({ path, expected }) => ({
    path: path.map(String).join('.'),
    expected,
  }));
