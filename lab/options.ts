import { parseArgs } from 'node:util';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { SCENARIOS } from './scenarios/list.ts';
import type { Scenario } from './scenario.ts';

/** What `npm run lab` was asked for. */
export type LabOptions =
  | { readonly command: 'help' }
  | { readonly command: 'doctor' }
  | { readonly command: 'samples' }
  | ({ readonly command: 'run' } & RunRequest);

/** Which runs are to be made, and into which folder. */
export interface RunRequest {
  readonly scenarios: readonly Scenario[];
  readonly seeds: readonly number[];
  readonly quick: boolean;
  readonly out: string;
}

/** Parses the command line; throws `usage` with what is wrong. */
export function parseOptions(args: readonly string[]): LabOptions {
  const { values, positionals } = parse(args);
  if (values.help) return { command: 'help' };
  const [command] = positionals;
  if (command === 'samples' || command === 'doctor') return { command };
  if (command !== undefined) throw usage(`there is no command ${command}`);

  const first = wholeNumber('--seed', values.seed, 0);
  const count = wholeNumber('--runs', values.runs, 1);
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  return { command: 'run', scenarios: chosen(values.scenario), seeds, quick: values.quick, out: values.out };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        scenario: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string', default: '1' },
        runs: { type: 'string', default: '1' },
        out: { type: 'string', default: 'lab/runs' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw usage(reasonOf(error));
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw usage(`${option} ${text} is not a whole number from ${least} on`);
  return value;
}

function chosen(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return SCENARIOS;
  return names.map((name) => {
    const scenario = SCENARIOS.find((candidate) => candidate.name === name);
    if (scenario) return scenario;
    throw usage(`there is no scenario ${name}, only ${SCENARIOS.map((one) => one.name).join(', ')}`);
  });
}

function usage(what: string): KubeSecureError {
  return new KubeSecureError('usage', `while reading the lab's command line: ${what}`);
}
