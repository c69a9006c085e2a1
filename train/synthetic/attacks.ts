import type { Family } from '#core/family.ts';
import type { End, ProbeAnswer } from './conversation.ts';
import type { Scene } from './scene.ts';
import { playEcho, playProbe, playUdp, playUnreachable } from './conversation.ts';
import { drawAddress, drawEphemeral, drawExchanges, drawRtt, drawService, moments, talk } from './scene.ts';
import { ACK, FIN, PSH, SYN } from './wire.ts';

/** Whose packets an invented attack's are; null stands for any. */
export interface InventedAttack {
  readonly family: Family;
  /** Empty where every packet had another source. */
  readonly attackers: number[];
  readonly victims: number[];
  readonly port: number | null;
  readonly protocol: number;
}

/** Plays one attack from the start to the end of the scene, and says what it was. */
export type Attack = (scene: Scene) => InventedAttack;

/** Bounds one attack: more packets teach nothing. */
const MOST_FLOWS = 3000;

/** SYNs at one port from one, a few or invented sources; answered, refused or not. */
const synFlood: Attack = (scene) => {
  const { random } = scene;
  const server = {
    ip: drawAddress(random),
    port: random.chance(0.8) ? drawService(random) : random.integer(1, 65_535),
  };
  const sources = drawSources(scene);
  const answer = random.pick<ProbeAnswer>(['refused', 'silence', 'silence', 'open-then-nothing', 'open-then-reset']);
  const answered = random.pick([1, 1, 0.3]);
  const samePort = random.chance(0.15);
  const pace = drawFloodRate(scene);
  const nextPort = portsOf(scene);
  let flows = 0;
  for (const us of moments(scene, pace, random.pick([0, 1, 1]))) {
    if (++flows > MOST_FLOWS) break;
    const client = { ip: sources.next(), port: samePort ? 2000 + (flows % 60_000) : nextPort() };
    const reply = random.chance(answered) ? answer : 'silence';
    playProbe(scene.wire, random, { us, client, server, rttUs: drawRtt(scene), flags: SYN, answer: reply, retries: 0 });
  }
  return { family: 'syn-flood', attackers: sources.listed, victims: [server.ip], port: server.port, protocol: 6 };
};

/** Datagrams at one port, or at any port of one host, from new or invented sources. */
const udpFlood: Attack = (scene) => {
  const { random } = scene;
  const victim = drawAddress(random);
  const port = random.chance(0.8) ? random.pick([53, 123, 443, 5060, 11_211, random.integer(1, 65_535)]) : null;
  const sources = drawSources(scene);
  const up = random.pick([0, 1, 18, 56, 512, 1200, 1400]);
  const answered = random.pick([0, 0, 0.9]);
  const unreachable = answered > 0 ? 0 : random.pick([0, 0.05, 1]);
  const nextPort = portsOf(scene);
  let flows = 0;
  for (const us of moments(scene, drawFloodRate(scene), random.pick([0, 1, 1]))) {
    if (++flows > MOST_FLOWS) break;
    const server = { ip: victim, port: port ?? random.integer(1, 65_535) };
    const client = { ip: sources.next(), port: nextPort() };
    const rttUs = drawRtt(scene);
    playUdp(scene.wire, { us, client, server, up, down: random.chance(answered) ? 60 : null, rttUs });
    if (random.chance(unreachable)) playUnreachable(scene.wire, { us: us + rttUs, from: victim, to: client.ip });
  }
  return { family: 'udp-flood', attackers: sources.listed, victims: [victim], port, protocol: 17 };
};

/** Echo requests from many invented sources: each is a flow of its own. From one source they are one flow. */
const icmpFlood: Attack = (scene) => {
  const { random } = scene;
  const server = drawAddress(random);
  const sources = drawSources(scene, 0.7);
  const payload = random.pick([0, 8, 56, 120, 1400]);
  const answered = random.chance(0.6);
  let flows = 0;
  for (const us of moments(scene, drawFloodRate(scene), random.pick([0, 1, 1]))) {
    if (++flows > MOST_FLOWS) break;
    playEcho(scene.wire, { us, client: sources.next(), server, payload, answered, rttUs: drawRtt(scene) });
  }
  return { family: 'icmp-flood', attackers: sources.listed, victims: [server], port: null, protocol: 1 };
};

/** Requests as fast as they go: a connection each, or many on a few dozen connections. */
const httpFlood: Attack = (scene) => {
  const { random, startUs, endUs } = scene;
  const server = { ip: drawAddress(random), port: random.pick([80, 443, 8080, 8000, 3000]) };
  const attackers = Array.from({ length: random.pick([1, 1, 1, 2, 4, 20]) }, () => drawAttacker(scene));
  const sizes = {
    up: random.logBetween(60, 900),
    down: random.logBetween(150, 8000),
    serverUs: random.logBetween(100, 20_000),
  };
  const ending = random.pick(['client-fin', 'server-fin', 'client-rst', 'open'] as const);
  if (random.chance(0.35)) {
    const connections = random.integer(Math.max(10, attackers.length * 8), 120);
    const each = Math.min(400, 20_000 / connections);
    for (let i = 0; i < connections; i++) {
      const waitUs = random.logBetween(1, (0.5 * (endUs - startUs)) / each);
      const client = { ip: attackers[i % attackers.length], port: drawEphemeral(random) };
      talk(scene, {
        startUs: startUs + random.exponential(30_000),
        client,
        server,
        exchanges: drawExchanges(random, each, { ...sizes, waitUs }),
        ending: random.pick(['open', ending]),
      });
    }
  } else {
    let flows = 0;
    const perSecond = random.logBetween(60 * Math.min(attackers.length, 4), 1500);
    for (const us of moments(scene, perSecond, random.next())) {
      if (++flows > MOST_FLOWS / 2) break;
      const client = { ip: random.pick(attackers), port: drawEphemeral(random) };
      talk(scene, {
        startUs: us,
        client,
        server,
        exchanges: drawExchanges(random, random.pick([1, 1, 2]), { ...sizes, waitUs: 1000 }),
        ending,
      });
    }
  }
  return { family: 'http-flood', attackers, victims: [server.ip], port: server.port, protocol: 6 };
};

/** Many ports of one or a few hosts: half-open, full connects, or the odd flags that slip past filters; or UDP. */
const portScan: Attack = (scene) => {
  const { random } = scene;
  const attacker = drawAttacker(scene);
  const victims = Array.from({ length: random.pick([1, 1, 1, 2, 4]) }, () => drawAddress(random));
  const udp = random.chance(0.12);
  const kind = random.pick(['syn', 'syn', 'syn', 'connect', 'odd'] as const);
  const flags = kind === 'odd' ? random.pick([0, FIN, FIN | PSH | 0x20, ACK]) : SYN;
  const filtered = random.pick([0, 0, 0.3, 0.9, 1]);
  const openShare = random.pick([0, 0.01, 0.05, 0.3]);
  const first = random.integer(1, 60_000);
  const inOrder = random.chance(0.4);
  const fixed = drawEphemeral(random);
  const most = Math.round(random.logBetween(6, MOST_FLOWS));
  const rttUs = drawRtt(scene);
  let probes = 0;
  for (const us of moments(scene, random.logBetween(0.4, 3000), random.next())) {
    if (++probes > most) break;
    const port = inOrder ? 1 + ((first + probes) % 65_535) : random.integer(1, 65_535);
    const client: End = { ip: attacker, port: kind === 'connect' ? drawEphemeral(random) : fixed };
    const server: End = { ip: random.pick(victims), port };
    if (udp) probeUdp(scene, { us, client, server, rttUs, openShare });
    else if (random.chance(openShare) && kind === 'connect')
      talk(scene, {
        startUs: us,
        client,
        server,
        exchanges: random.chance(0.3) ? drawExchanges(random, 1, { up: 20, down: 200, waitUs: 10, serverUs: 100 }) : [],
        ending: random.pick(['client-rst', 'client-fin']),
      });
    else
      playProbe(scene.wire, random, {
        us,
        client,
        server,
        rttUs,
        flags,
        ...answerOf(scene, kind, filtered, openShare),
      });
  }
  return { family: 'port-scan', attackers: [attacker], victims, port: null, protocol: udp ? 17 : 6 };
};

function probeUdp(
  { random, wire }: Scene,
  probe: { us: number; client: End; server: End; rttUs: number; openShare: number },
): void {
  const { us, client, server, rttUs, openShare } = probe;
  const isOpen = random.chance(openShare);
  playUdp(wire, { us, client, server, up: random.pick([0, 0, 40]), down: isOpen ? 80 : null, rttUs });
  // Linux sends few of these a second, others one for each probe.
  if (!isOpen && random.chance(0.3)) playUnreachable(wire, { us: us + rttUs, from: server.ip, to: client.ip });
}

export const ATTACKS: readonly Attack[] = [
  synFlood,
  synFlood,
  udpFlood,
  icmpFlood,
  httpFlood,
  httpFlood,
  portScan,
  portScan,
  portScan,
];

function answerOf({ random }: Scene, kind: 'syn' | 'connect' | 'odd', filtered: number, openShare: number) {
  if (random.chance(filtered))
    return { answer: 'silence' as const, retries: kind === 'odd' ? 0 : random.integer(0, 1) };
  const open = kind === 'syn' && random.chance(openShare);
  return {
    answer: open
      ? random.pick(['open-then-reset', 'open-then-reset', 'open-then-nothing'] as const)
      : ('refused' as const),
    retries: 0,
  };
}

/** A machine of its own, or one that goes on with its ordinary work meanwhile: a compromised client. */
function drawAttacker({ random, wire }: Scene): number {
  if (wire.length === 0 || random.chance(0.65)) return drawAddress(random);
  const { src, dst, srcPort } = random.pick(wire);
  return srcPort >= 32_768 ? src : dst;
}

/** One to a few sources, or a new one for each packet; `listed` is empty for the latter. */
function drawSources(scene: Scene, spoofed = 0.4): { next(): number; listed: number[] } {
  const { random } = scene;
  if (random.chance(spoofed)) return { next: () => drawAddress(random), listed: [] };
  const listed = Array.from({ length: random.pick([1, 1, 1, 2, 5, 30]) }, () => drawAttacker(scene));
  return { next: () => random.pick(listed), listed };
}

function drawFloodRate({ random }: Scene): number {
  return random.logBetween(60, 6000);
}

/** Source ports counted up, as hping3 does, or drawn; now and then one for all, as from a reflector. */
function portsOf({ random }: Scene): () => number {
  if (random.chance(0.12)) {
    const fixed = random.pick([53, 123, 1900, 11_211, random.integer(1024, 65_535)]);
    return () => fixed;
  }
  let port = random.integer(1024, 60_000);
  return random.chance(0.5) ? () => (port = 1024 + ((port - 1023) % 64_000)) : () => random.integer(1024, 65_535);
}
