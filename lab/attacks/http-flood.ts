import { IPPROTO } from '../protocol.ts';
import type { Attack, TimeWindow } from '../scenario.ts';
import { type Load, load } from '../traffic/wrk.ts';

/** One attacker's wrk against the web server. */
export function httpFlood(attacker: number, window: TimeWindow, settings: Load): Attack {
  return {
    ...window,
    family: 'http-flood',
    play: load((hosts) => hosts.attackers[attacker], settings),
    footprint(hosts) {
      const src = hosts.attackers[attacker].ip;
      const dst = hosts.web.ip;
      return {
        attackers: [src],
        victims: [{ ip: dst, port: settings.port }],
        fiveTuples: [{ src, srcPort: null, dst, dstPort: settings.port, protocol: IPPROTO.tcp }],
      };
    },
  };
}
