import { join } from 'node:path';
import { drawHosts } from './addresses.ts';
import { createRandom } from './random.ts';
import { runPlan } from './run.ts';
import type { Scenario } from './scenario.ts';
import type { Truth } from './truth.ts';

/** Headers and the start of a payload; the lengths in the headers stay true. */
const SNAPLEN = 128;

/** One run of a scenario, drawn from `seed`, into `out/<scenario>-<seed>/capture.pcap` and `truth.json`. */
export function runScenario(
  scenario: Scenario,
  options: { seed: number; quick: boolean; out: string; signal: AbortSignal },
): Promise<Truth> {
  const random = createRandom(options.seed).fork(scenario.name);
  const plan = scenario.plan(random.fork('plan'), options);
  const folder = join(options.out, `${scenario.name}-${options.seed}`);
  return runPlan(plan, {
    scenario: scenario.name,
    family: scenario.family,
    seed: options.seed,
    hosts: drawHosts(random.fork('hosts'), plan),
    random: random.fork('servers'),
    network: { segmentationOffload: random.fork('offload').chance(0.4), ipv6: random.fork('ipv6').chance(0.5) },
    snaplen: SNAPLEN,
    capturePath: join(folder, 'capture.pcap'),
    truthPath: join(folder, 'truth.json'),
    signal: options.signal,
  });
}
