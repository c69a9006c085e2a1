/**
 * The input of the model: which columns of a flow report it reads, in which order, on which scale. Header lengths,
 * initial windows and rates of very short flows are left out on purpose: they name the tool, not the attack.
 */
import type { FeatureContract, FeatureSpec } from '#core/feature-contract.ts';
import { FLOW_FACTS, sealContract, WINDOW_FACTS } from '#core/feature-contract.ts';
import { CONTEXT_FEATURES } from './context/context-features.ts';

export { diffContracts } from '#core/feature-contract.ts';

const VERSION = 3;

/** Name for a person, position in the CIC vector, the largest value that still says something. */
const CIC_INPUTS: readonly (readonly [name: string, column: number, max: number])[] = [
  ['flow duration (us)', 0, 6e7],
  ['packets from client', 1, 1e4],
  ['packets from server', 2, 1e4],
  ['payload from client (bytes)', 3, 1e6],
  ['payload from server (bytes)', 4, 1e6],
  ['largest payload from client (bytes)', 5, 1500],
  ['mean payload from client (bytes)', 7, 1500],
  ['largest payload from server (bytes)', 9, 1500],
  ['mean payload from server (bytes)', 11, 1500],
  ['mean gap between packets (us)', 15, 1e7],
  ['deviation of gaps between packets (us)', 16, 1e7],
  ['largest gap between packets (us)', 17, 6e7],
  ['mean gap between packets from client (us)', 20, 1e7],
  ['mean gap between packets from server (us)', 25, 1e7],
  ['pushed packets from client', 29, 1000],
  ['pushed packets from server', 30, 1000],
  ['resets from client', 33, 10],
  ['resets from server', 34, 10],
  ['FIN packets', 44, 10],
  ['SYN packets', 45, 10],
  ['ACK packets', 48, 1e4],
  ['packets from server per packet from client', 52, 100],
  ['packets with payload from client', 68, 1000],
  ['packets with payload from server', 69, 1000],
  ['mean idle time (us)', 76, 6e7],
  ['retransmitted packets', 84, 100],
];

/** The contract this build computes; a model trained on another one is refused. */
export const FEATURE_CONTRACT: FeatureContract = sealContract(VERSION, [
  ...FLOW_FACTS.map((name, column): FeatureSpec => {
    return { name, source: 'flow', column, transform: 'identity', min: 0, max: 1, scale: 1 };
  }),
  ...CIC_INPUTS.map(([name, column, max]): FeatureSpec => {
    return { name, source: 'cic', column, transform: 'log1p', min: 0, max, scale: scaleOf(max) };
  }),
  ...WINDOW_FACTS.map(({ name, max }, column): FeatureSpec => {
    return { name, source: 'window', column, transform: 'log1p', min: 0, max, scale: scaleOf(max) };
  }),
  ...CONTEXT_FEATURES.map(({ name, unit, max }, column): FeatureSpec => {
    const transform = unit.startsWith('share') || unit.includes('/flow') ? 'identity' : 'log1p';
    const scale = transform === 'identity' ? 1 : scaleOf(max);
    return { name, source: 'context', column, transform, min: 0, max, scale };
  }),
]);

/** Brings log(1 + max) to about 2, so that all inputs have a spread of the same order. Rounded: it is part of the hash. */
function scaleOf(max: number): number {
  return Math.round(Math.log1p(max) * 50) / 100;
}
