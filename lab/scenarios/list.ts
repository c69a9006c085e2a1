import type { Scenario } from '../scenario.ts';
import { busyDay } from './busy-day.ts';
import { flashCrowd } from './flash-crowd.ts';
import { httpFloodScenario } from './http-flood.ts';
import { nightlyDump } from './nightly-dump.ts';
import { icmpFlood, synFlood, udpFlood } from './packet-flood.ts';
import { portScanScenario } from './port-scan.ts';
import { retryStorm } from './retry-storm.ts';

/** Every scenario, benign ones first. */
export const SCENARIOS: readonly Scenario[] = [
  busyDay,
  flashCrowd,
  retryStorm,
  nightlyDump,
  httpFloodScenario,
  synFlood,
  portScanScenario,
  udpFlood,
  icmpFlood,
];
