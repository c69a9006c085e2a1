import type { Attack } from '../attack.ts';
import type { End } from '../conversation.ts';
import type { Scene } from '../scene.ts';
import { HOST_UNREACHABLE, playEcho, playIcmpError, playProbe, playUdp } from '../packets.ts';
import { drawCount, drawExchanges, drawInside, drawOutside, drawRtt, moments, SERVICE_PORTS, talk } from '../scene.ts';
import { ACK, FIN, PSH, SYN } from '../wire.ts';
import { drawAttacker, drawClientEnd, drawVictim } from './parties.ts';

const MOST_PROBES = 2500;

type ScanKind = 'syn' | 'connect' | 'odd';

/** Many ports of one or a few hosts: half-open, full connects, or the odd flags that slip past filters; or UDP. */
const portScan: Attack['play'] = (scene) => {
  const { random } = scene;
  const attacker = drawAttacker(scene);
  const victims = Array.from({ length: random.pick([1, 1, 1, 2, 4]) }, () => drawVictim(scene));
  const udp = random.chance(0.12);
  const kind = random.pick<ScanKind>(['syn', 'syn', 'syn', 'connect', 'odd']);
  const flags = kind === 'odd' ? random.pick([0, FIN, FIN | PSH | 0x20, ACK]) : SYN;
  const filtered = random.pick([0, 0, 0.3, 0.9, 1]);
  const openShare = random.pick([0, 0.01, 0.05, 0.3]);
  const first = random.integer(1, 60_000);
  const inOrder = random.chance(0.4);
  const fixed = drawClientEnd(scene, attacker);
  const most = drawCount(random, 6, MOST_PROBES);
  const rttUs = drawRtt(scene);
  let probes = 0;
  for (const us of moments(scene, random.logBetween(0.4, 3000), random.next())) {
    if (++probes > most) break;
    const port = inOrder ? 1 + ((first + probes) % 65_535) : random.integer(1, 65_535);
    const client = kind === 'connect' ? drawClientEnd(scene, attacker) : fixed;
    const server: End = { ip: random.pick(victims), port };
    if (udp) probeUdp(scene, { us, client, server, rttUs, openShare });
    else if (kind === 'connect' && random.chance(openShare)) knock(scene, { us, client, server });
    else {
      const answer = answerOf(scene, kind, filtered, openShare);
      playProbe(scene.wire, random, { us, client, server, rttUs, flags, ...answer });
    }
  }
  return { attackers: [attacker], victims, port: null, protocol: udp ? 17 : 6 };
};

/** One or two ports, an echo, or a datagram, over many addresses: most are silent or nobody's, some answer or refuse. */
const hostSweep: Attack['play'] = (scene) => {
  const { random } = scene;
  const attacker = drawAttacker(scene);
  const method = random.pick(['syn', 'syn', 'connect', 'echo', 'udp'] as const);
  const count = drawCount(random, 5, 250);
  const first = (random.chance(0.7) ? drawInside(random) : drawOutside(random)) & 0xffffff00;
  const addresses = Uint32Array.from({ length: count }, (_, i) => first + 1 + i);
  if (random.chance(0.4)) random.shuffle(addresses);
  const victims = [...addresses];
  const ports = Array.from({ length: random.pick([1, 1, 1, 2]) }, () =>
    random.chance(0.8) ? random.pick([...SERVICE_PORTS, 445, 3389, 23, 53, 161]) : random.integer(1, 65_535),
  );
  const aliveShare = random.pick([0.02, 0.1, 0.4]);
  const alive = new Set(victims.filter(() => random.chance(aliveShare)));
  const open = random.between(0, 1);
  const router = random.pick([null, null, drawInside(random)]);
  const retries = random.pick([0, 0, 1, 2]);
  const fixed = drawClientEnd(scene, attacker);
  const rttUs = drawRtt(scene);
  const times = moments(scene, random.logBetween(1, 2000), random.next());
  for (const ip of victims)
    for (const port of ports) {
      const us = times.next().value ?? scene.startUs;
      const lives = alive.has(ip);
      const [client, server] = [method === 'connect' ? drawClientEnd(scene, attacker) : fixed, { ip, port }];
      if (method === 'echo')
        playEcho(scene.wire, { us, client: attacker, server: ip, up: 32, down: lives ? 32 : null, rttUs });
      else if (method === 'udp') probeUdp(scene, { us, client, server, rttUs, openShare: lives ? open : 0 });
      else if (method === 'connect' && lives && random.chance(open)) knock(scene, { us, client, server });
      else {
        const answer = !lives ? 'silence' : random.chance(open) ? 'open-then-reset' : 'refused';
        playProbe(scene.wire, random, { us, client, server, rttUs, flags: SYN, answer, retries });
      }
      // A router tells of an address that nobody answers for, three seconds later.
      if (!lives && router !== null)
        playIcmpError(scene.wire, { us: us + 3e6, from: router, to: attacker, why: HOST_UNREACHABLE });
    }
  const port = ports.length === 1 && method !== 'echo' ? ports[0] : null;
  return { attackers: [attacker], victims, port, protocol: { echo: 1, udp: 17, syn: 6, connect: 6 }[method] };
};

export const SCANS: readonly Attack[] = [
  { kind: 'port-scan', family: 'port-scan', play: portScan },
  { kind: 'host-sweep', family: 'host-sweep', play: hostSweep },
];

/** Connects to an open port, perhaps to hear what is there. */
function knock(scene: Scene, { us, client, server }: { us: number; client: End; server: End }): void {
  const { random } = scene;
  talk(scene, {
    startUs: us,
    client,
    server,
    exchanges: random.chance(0.3) ? drawExchanges(random, 1, { up: 20, down: 200, waitUs: 10, serverUs: 100 }) : [],
    ending: random.pick(['client-rst', 'client-fin']),
  });
}

function probeUdp(
  { random, wire }: Scene,
  probe: { us: number; client: End; server: End; rttUs: number; openShare: number },
): void {
  const { us, client, server, rttUs, openShare } = probe;
  const isOpen = random.chance(openShare);
  playUdp(wire, { us, client, server, up: random.pick([0, 0, 40]), down: isOpen ? 80 : null, rttUs });
  // Linux sends few of these a second, others one for each probe.
  if (!isOpen && random.chance(0.3)) playIcmpError(wire, { us: us + rttUs, from: server.ip, to: client.ip });
}

function answerOf({ random }: Scene, kind: ScanKind, filtered: number, openShare: number) {
  if (random.chance(filtered))
    return { answer: 'silence' as const, retries: kind === 'odd' ? 0 : random.integer(0, 1) };
  const open = kind === 'syn' && random.chance(openShare);
  const ofOpen = ['open-then-reset', 'open-then-reset', 'open-then-nothing'] as const;
  return { answer: open ? random.pick(ofOpen) : ('refused' as const), retries: 0 };
}
