import { parseArgs } from 'node:util';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { LONG_SCENARIOS, SCENARIOS } from './scenarios/list.ts';
import type { Scenario } from './scenario.ts';

/** What `npm run lab` was asked for. */
export type LabOptions =
  | { readonly command: 'help' }
  | ({ readonly command: 'doctor' } & Setup)
  | ({ readonly command: 'samples' } & Setup)
  | ({ readonly command: 'run' } & Setup & RunRequest);

/** What happens before anything else. */
interface Setup {
  /** Whether missing tools are installed with apt. */
  readonly install: boolean;
}

/** Which runs are to be made, and into which folder. */
export interface RunRequest {
  readonly scenarios: readonly Scenario[];
  readonly seeds: readonly number[];
  readonly quick: boolean;
  /** How many labs go on side by side. */
  readonly jobs: number;
  /** Whether runs that are there are made once more. */
  readonly again: boolean;
  readonly out: string;
}

/** Quick runs are no training material, so they lie where training does not look. */
const OUT = 'lab/runs';
const QUICK_OUT = 'lab/runs/quick';

/** Parses the command line; throws `usage` with what is wrong. */
export function parseOptions(args: readonly string[]): LabOptions {
  const { values, positionals } = parse(args);
  if (values.help) return { command: 'help' };
  const { install, quick, again } = values;
  const [command] = positionals;
  if (command === 'samples' || command === 'doctor') return { command, install };
  if (command !== undefined) throw usage(`there is no command ${command}`);

  const first = wholeNumber('--from', values.from, 0);
  const count = wholeNumber('--runs', values.runs, 1);
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const jobs = wholeNumber('--jobs', values.jobs, 1);
  const out = values.out ?? (quick ? QUICK_OUT : OUT);
  return { command: 'run', install, scenarios: chosen(values.scenario), seeds, quick, jobs, again, out };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // Both names are in use: `--seed 8` for one run, `--from 8 --runs 3` for some.
      args: args.map((arg) => arg.replace(/^--seed(?==|$)/, '--from')),
      allowPositionals: true,
      options: {
        scenario: { type: 'string', multiple: true, default: [] },
        from: { type: 'string', default: '1' },
        runs: { type: 'string', default: '1' },
        jobs: { type: 'string', default: '2' },
        out: { type: 'string' },
        again: { type: 'boolean', default: false },
        install: { type: 'boolean', default: false },
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
  const all = [...SCENARIOS, ...LONG_SCENARIOS];
  return names.map((name) => {
    const scenario = all.find((candidate) => candidate.name === name);
    if (scenario) return scenario;
    throw usage(`there is no scenario ${name}, only ${all.map((one) => one.name).join(', ')}`);
  });
}

function usage(what: string): KubeSecureError {
  return new KubeSecureError('usage', `while reading the lab's command line: ${what}`);
}
