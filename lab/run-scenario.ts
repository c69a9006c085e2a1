import { join } from 'node:path';
import { drawHosts } from './addresses.ts';
import { labOf } from './lab-kind.ts';
import { createRandom, type Random } from './random.ts';
import { drawPaths } from './relay/paths.ts';
import { runPlan } from './run.ts';
import type { Plan, Scenario } from './scenario.ts';
import type { Truth } from './truth.ts';

/** Headers and the start of a payload; the lengths in the headers stay true. */
const SNAPLEN = 128;

/** One run of a scenario, drawn from `seed`, into `out/<scenario>-<seed>/capture.pcap` and `truth.json`. */
export function runScenario(
  scenario: Scenario,
  options: { seed: number; quick: boolean; out: string; signal: AbortSignal },
): Promise<Truth> {
  const random = streamOf(scenario, options.seed);
  const plan = drawPlan(scenario, options.seed, options.quick);
  const lab = labOf(options.seed);
  const hosts = drawHosts(random.fork('hosts'), plan, lab);
  const folder = join(options.out, `${scenario.name}-${options.seed}`);
  return runPlan(plan, {
    scenario: scenario.name,
    family: scenario.family,
    seed: options.seed,
    lab,
    hosts,
    random: random.fork('servers'),
    network: { segmentationOffload: random.fork('offload').chance(0.4), ipv6: random.fork('ipv6').chance(0.5) },
    outside: { paths: drawPaths(random.fork('paths'), hosts, lab), seed: options.seed },
    snaplen: SNAPLEN,
    capturePath: join(folder, 'capture.pcap'),
    truthPath: join(folder, 'truth.json'),
    signal: options.signal,
  });
}

/** What a run of that seed will be. */
export function drawPlan(scenario: Scenario, seed: number, quick: boolean): Plan {
  return scenario.plan(streamOf(scenario, seed).fork('plan'), { quick });
}

function streamOf(scenario: Scenario, seed: number): Random {
  return createRandom(seed).fork(scenario.name);
}
