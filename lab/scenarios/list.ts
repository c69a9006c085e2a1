import type { Scenario } from '../scenario.ts';
import { busyDay } from './busy-day.ts';
import { flashCrowd } from './flash-crowd.ts';
import { httpFloodScenario } from './http-flood.ts';
import { nightlyDump } from './nightly-dump.ts';
import { icmpFlood, synFlood, udpFlood } from './packet-flood.ts';
import { portScanScenario } from './port-scan.ts';
import { retryStorm } from './retry-storm.ts';
import { connectionPools } from './connection-pools.ts';
import { failedLogins } from './failed-logins.ts';
import { imagePull } from './image-pull.ts';
import { pingSweep } from './ping-sweep.ts';
import { quietCluster } from './quiet-cluster.ts';
import { rollingUpdate } from './rolling-update.ts';
import { scrapes } from './scrapes.ts';
import { beaconScenario } from './beacon.ts';
import { bulkExfiltration } from './bulk-exfiltration.ts';
import { dnsTunnelScenario } from './dns-tunnel.ts';
import { databaseGuess, sshGuess } from './guessing.ts';
import { hostSweepScenario } from './host-sweep.ts';
import { reverseShellScenario } from './reverse-shell.ts';
import { slowBody, slowHeaders, slowRead } from './slow-dos.ts';
import { txtExfiltrationScenario } from './txt-exfiltration.ts';
import { webFuzzScenario } from './web-fuzz.ts';
import { slowClients } from './slow-clients.ts';
import { nameBursts } from './name-bursts.ts';

/** Every scenario, benign ones first. */
export const SCENARIOS: readonly Scenario[] = [
  busyDay,
  flashCrowd,
  retryStorm,
  nightlyDump,
  scrapes,
  rollingUpdate,
  failedLogins,
  pingSweep,
  imagePull,
  connectionPools,
  slowClients,
  nameBursts,
  httpFloodScenario,
  synFlood,
  portScanScenario,
  udpFlood,
  icmpFlood,
  slowHeaders,
  slowBody,
  slowRead,
  sshGuess,
  databaseGuess,
  hostSweepScenario,
  dnsTunnelScenario,
  txtExfiltrationScenario,
  beaconScenario,
  bulkExfiltration,
  reverseShellScenario,
  webFuzzScenario,
];

/** Scenarios that take tens of minutes and so run only when they are named. */
export const LONG_SCENARIOS: readonly Scenario[] = [quietCluster];
