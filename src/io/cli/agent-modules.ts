import { resolve } from 'node:path';
import { z } from 'zod';
import type { AgentDefinition } from '../../agents/define-agent.ts';
import { GreenroomError } from '../errors.ts';
import { findNearMiss } from '../near-miss.ts';
import { importDefault, isModulePath } from '../user-module.ts';

/**
 * Finds the agents that a command line names: built-in ones by name, others by file.
 *
 * A file is an ECMAScript module whose default export was made by `defineAgent`. It is run.
 *
 * @throws GreenroomError `E_AGENT_MODULE`.
 */
export async function loadAgents(
  named: readonly string[],
  builtIn: readonly AgentDefinition[],
): Promise<readonly AgentDefinition[]> {
  const agents: AgentDefinition[] = [];
  for (const name of named) {
    const agent = isModulePath(name) ? await loadModule(name) : findBuiltIn(name, builtIn);
    if (agents.some((other) => other.name === agent.name)) {
      throw new GreenroomError('E_AGENT_MODULE', `there are two agents named ${agent.name}`, {
        remedy: 'Name each agent once, and give agents different names in defineAgent.',
      });
    }
    agents.push(agent);
  }
  return agents;
}

function findBuiltIn(name: string, builtIn: readonly AgentDefinition[]): AgentDefinition {
  const found = builtIn.find((agent) => agent.name === name);
  if (found) return found;
  const names = builtIn.map((agent) => agent.name);
  const meant = findNearMiss(name, names);
  throw new GreenroomError('E_AGENT_MODULE', `there is no built-in agent "${name}"`, {
    remedy: `${meant === null ? '' : `Is ${meant} meant? `}Built in: ${names.join(', ')}. For a file write ./${name}.js.`,
  });
}

async function loadModule(file: string): Promise<AgentDefinition> {
  const exported = await importDefault(file, {
    code: 'E_AGENT_MODULE',
    example: 'export default defineAgent({ name: ..., machine: ... });',
    insteadOfCompiling: 'call runWorker({ agents }) in a program of your own and run that with tsx',
  });
  if (isAgent(exported)) return exported;
  const path = resolve(file);
  throw new GreenroomError('E_AGENT_MODULE', `the default export of ${path} is not an agent`, {
    details: agentShape.safeParse(exported).error?.issues.map(describeIssue) ?? [],
    remedy: 'Make it with defineAgent from greenroom: export default defineAgent({ ... });',
  });
}

/** By its shape and not by a mark, since a user's file may bring its own copy of greenroom. */
const agentShape = z.looseObject({
  name: z.string(),
  jobType: z.enum(['room', 'participant', 'publisher']),
  metadata: schemaShape(),
  settings: schemaShape(),
  permissions: functionShape(),
  machine: functionShape(),
  view: functionShape(),
});

const isAgent = (value: unknown): value is AgentDefinition => agentShape.safeParse(value).success;

function functionShape() {
  return z.custom((value) => typeof value === 'function', 'a function');
}

function schemaShape() {
  return z.custom(
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    'a zod schema',
  );
}

const describeIssue = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`;
