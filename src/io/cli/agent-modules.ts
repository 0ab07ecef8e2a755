import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { AgentDefinition } from '../../agents/define-agent.ts';
import { GreenroomError } from '../errors.ts';
import { findNearMiss } from '../near-miss.ts';

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
    const agent = isFile(name) ? await loadModule(name) : findBuiltIn(name, builtIn);
    if (agents.some((other) => other.name === agent.name)) {
      throw new GreenroomError('E_AGENT_MODULE', `there are two agents named ${agent.name}`, {
        remedy: 'Name each agent once, and give agents different names in defineAgent.',
      });
    }
    agents.push(agent);
  }
  return agents;
}

const isFile = (name: string): boolean => /[/\\]|^\.|\.[cm]?[jt]sx?$/.test(name);

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
  const path = resolve(file);
  if (/^\.[cm]?tsx?$/.test(extname(path))) throw typescriptError(file);
  if (!existsSync(path)) {
    throw new GreenroomError('E_AGENT_MODULE', `there is no file ${path}`, {
      remedy: 'Correct the path; it is read from the working directory.',
    });
  }
  const exported = await importModule(path);
  if (!('default' in exported)) {
    throw new GreenroomError('E_AGENT_MODULE', `${path} has no default export`, {
      remedy: 'Write: export default defineAgent({ name: ..., machine: ... });',
    });
  }
  if (isAgent(exported.default)) return exported.default;
  throw new GreenroomError('E_AGENT_MODULE', `the default export of ${path} is not an agent`, {
    details: agentShape.safeParse(exported.default).error?.issues.map(describeIssue) ?? [],
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

async function importModule(path: string): Promise<object> {
  try {
    const exported: unknown = await import(pathToFileURL(path).href);
    return typeof exported === 'object' && exported !== null ? exported : {};
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new GreenroomError('E_AGENT_MODULE', `${path} cannot be loaded: ${reason}`, {
      cause,
      remedy: 'Run it with node alone to see where it breaks; --log-level debug shows the stack.',
    });
  }
}

/** Node 20 cannot load TypeScript, and its own error for it names neither the reason nor a way out. */
const typescriptError = (file: string): GreenroomError =>
  new GreenroomError('E_AGENT_MODULE', `${file} is TypeScript, which Node 20 does not load`, {
    remedy:
      `Compile it (npx tsc --module nodenext ${file}) and name the .js file; ` +
      'or call runWorker({ agents }) in a program of your own and run that with tsx.',
  });
