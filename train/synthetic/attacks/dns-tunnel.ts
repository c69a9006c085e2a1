import type { Attack } from '../attack.ts';
import type { End } from '../conversation.ts';
import type { Scene } from '../scene.ts';
import { playUdp } from '../packets.ts';
import { drawCount, drawEphemeral, drawRtt, talk } from '../scene.ts';
import { drawWayOut } from './parties.ts';

/** Bytes around a name: header, type and class, and the option that allows long answers. */
const AROUND_NAME = 18;
const EDNS = 11;

/** Whom it asks: a resolver that passes it on, or the tunnel's far end itself. */
function drawResolver(scene: Scene): { ip: number; server: End } {
  const { random } = scene;
  const { ip, server } = drawWayOut(scene, 53);
  // A resolver is inside as often as not.
  return random.chance(0.4)
    ? { ip, server: { ...server, ip: (0x0a000000 | random.integer(1, 0xffffff)) >>> 0 } }
    : { ip, server };
}

/** iodine, dnscat, dns2tcp and their like: phases of keep-alives, phases of data in one or both directions. */
const tunnel: Attack['play'] = (scene) => {
  const { random, startUs } = scene;
  const { ip, server } = drawResolver(scene);
  const edns = random.chance(0.7) ? EDNS : 0;
  const longestName = random.integer(60, 250);
  const longestAnswer = drawCount(random, 60, 1200);
  const [upShare, downShare] = random.pick([[0.9, 0.1], [0.1, 0.9], [0.5, 0.5], [0.05, 0.05]]); // prettier-ignore
  const perSecond = random.logBetween(0.5, 200);
  const quietEachUs = random.logBetween(0.3, 5) * 1e6;
  const lost = random.pick([0, 0, 0.03]);
  // A lazy server keeps a query until it has something to say.
  const heldUs = random.chance(0.4) ? quietEachUs * 0.8 : 0;
  const nextPort = drawSockets(scene);
  const turn = () => {
    const isUp = random.chance(upShare);
    const isDown = random.chance(downShare);
    const name = isUp ? longestName - random.integer(0, 12) : random.integer(20, Math.min(60, longestName));
    const answer = isDown ? longestAnswer - random.integer(0, Math.min(40, longestAnswer - 10)) : random.integer(4, 60);
    const up = AROUND_NAME + name + edns;
    return { busy: isUp || isDown, up, down: up + answer };
  };

  const count = drawCount(random, 20, random.pick([60, 400, 2000]));
  if (random.chance(0.08)) {
    const exchanges = Array.from({ length: count }, () => {
      const { busy, up, down } = turn();
      return { waitUs: random.exponential(busy ? 1e6 / perSecond : quietEachUs), up, serverUs: 2000, down };
    });
    talk(scene, { startUs, client: { ip, port: drawEphemeral(random) }, server, exchanges });
    return { attackers: [ip], victims: [server.ip], port: 53, protocol: 6 };
  }
  const rttUs = drawRtt(scene) + random.pick([0, 2000, 30_000]);
  let us = startUs;
  let quiet = random.chance(0.5);
  for (let i = 0; i < count; i++) {
    if (random.chance(0.03)) quiet = !quiet && upShare + downShare < 1.05;
    const { busy, up, down } = quiet ? { busy: false, up: AROUND_NAME + edns + 24, down: 90 } : turn();
    const answerUs = rttUs * random.between(0.9, 1.3) + (busy ? 0 : heldUs * random.next());
    const client = { ip, port: nextPort() };
    playUdp(scene.wire, { us, client, server, up, down: random.chance(lost) ? null : down, rttUs: answerUs });
    us += busy ? random.exponential(1e6 / perSecond) : quietEachUs * random.between(0.5, 1.2);
  }
  return { attackers: [ip], victims: [server.ip], port: 53, protocol: 17 };
};

/** A file cut into names that are asked for one after the other; the answers say nothing. */
const txtExfiltration: Attack['play'] = (scene) => {
  const { random, startUs } = scene;
  const { ip, server } = drawResolver(scene);
  const name = random.integer(40, 230);
  const answer = random.pick([0, 14, random.integer(20, 120), 75]);
  const edns = random.chance(0.6) ? EDNS : 0;
  const gapUs = 1e6 / random.logBetween(0.5, 60);
  const regularity = random.next();
  const rttUs = drawRtt(scene) + random.pick([0, 2000, 30_000]);
  const nextPort = drawSockets(scene, 0.75);
  let us = startUs;
  for (let i = drawCount(random, 20, random.pick([60, 400, 1500])); i > 0; i--) {
    const up = AROUND_NAME + edns + name - random.integer(0, 6);
    const client = { ip, port: nextPort() };
    const answerUs = rttUs * random.between(0.9, 1.4);
    playUdp(scene.wire, { us, client, server, up, down: up + answer, rttUs: answerUs });
    // One that waits for each answer is never faster than the resolver.
    us += Math.max(regularity > 0.5 ? answerUs : 0, gapUs * regularity + random.exponential(gapUs * (1 - regularity)));
  }
  return { attackers: [ip], victims: [server.ip], port: 53, protocol: 17 };
};

export const DNS_TUNNELS: readonly Attack[] = [
  { kind: 'dns-tunnel', family: 'dns-tunnel', play: tunnel },
  { kind: 'txt-exfiltration', family: 'dns-tunnel', play: txtExfiltration },
];

/** One socket for all, one of a few, or (`fresh`) a new one for each query. */
function drawSockets({ random }: Scene, fresh = 0.3): () => number {
  if (random.chance(fresh)) return () => drawEphemeral(random);
  const sockets = Array.from({ length: random.pick([1, 1, 1, 4]) }, () => drawEphemeral(random));
  return () => random.pick(sockets);
}
