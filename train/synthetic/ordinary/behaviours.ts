import type { Behaviour } from './behaviour.ts';
import {
  browsing,
  connectionPool,
  crowd,
  failedLogins,
  manyPorts,
  serviceCalls,
  session,
  transfer,
} from './connections.ts';
import { oneDatagramProtocol } from './datagram-talk.ts';
import { announcements, datagrams, nameService, pings } from './datagrams.ts';
import { backOff, crawler, loadTest, manyBehindOne } from './near-floods.ts';
import { mistyped, rightLogins } from './near-logins.ts';
import { monitoringPings, portCheck, traceroute } from './near-scans.ts';
import { insideChecks, polls, slowLine, upload, waiting } from './near-secrets.ts';
import { halfSeen, peerToPeer, probes, retries } from './oddities.ts';
import { oneProtocol } from './streams.ts';

/** Conversations of one protocol, of which a short capture has one or a few. */
export const SHORT_BEHAVIOURS: readonly Behaviour[] = [oneProtocol, oneProtocol, oneProtocol, oneDatagramProtocol];

/** Every other ordinary behaviour there is; those of one line are near some attack. */
// prettier-ignore
export const BENIGN_BEHAVIOURS: readonly Behaviour[] = [
  browsing, serviceCalls, serviceCalls, connectionPool, transfer, session, halfSeen,
  nameService, nameService, datagrams, datagrams, announcements, peerToPeer, manyPorts,
  crowd, loadTest, crawler, manyBehindOne,
  pings, monitoringPings, traceroute, portCheck, probes, retries, backOff,
  failedLogins, mistyped, mistyped, rightLogins,
  polls, insideChecks, waiting, slowLine, upload,
];
