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
} from './benign-connections.ts';
import { announcements, datagrams, nameService, pings } from './benign-datagrams.ts';
import { halfSeen, peerToPeer, probes, retries } from './benign-oddities.ts';

/** Every ordinary behaviour there is. */
export const BENIGN_BEHAVIOURS: readonly Behaviour[] = [
  browsing,
  serviceCalls,
  serviceCalls,
  connectionPool,
  probes,
  nameService,
  transfer,
  session,
  datagrams,
  datagrams,
  pings,
  announcements,
  retries,
  crowd,
  peerToPeer,
  manyPorts,
  halfSeen,
  failedLogins,
];
