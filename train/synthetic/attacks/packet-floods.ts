import type { Attack } from '../attack.ts';
import type { ProbeAnswer } from '../packets.ts';
import type { Scene } from '../scene.ts';
import { playEcho, playIcmpError, playProbe, playUdp } from '../packets.ts';
import { drawAddress, drawCount, drawRtt, moments, SERVICE_PORTS } from '../scene.ts';
import { SYN } from '../wire.ts';
import { drawSourcePorts, drawSources, drawVictim } from './parties.ts';

/** Moments of a flood: some are over after a few dozen packets, none goes on for more than teaches something. */
function* floodMoments(scene: Scene): Generator<number> {
  const { random } = scene;
  const most = random.chance(0.3) ? drawCount(random, 40, 1000) : 2500;
  const endUs = scene.startUs + random.logBetween(1, 30) * 1e6;
  let flows = 0;
  for (const us of moments({ ...scene, endUs }, random.logBetween(60, 6000), random.pick([0, 1, 1]))) {
    if (++flows > most) return;
    yield us;
  }
}

/** SYNs at one port from one, a few or invented sources; answered, refused or not. */
const synFlood: Attack['play'] = (scene) => {
  const { random } = scene;
  const port = random.chance(0.8) ? random.pick(SERVICE_PORTS) : random.integer(1, 65_535);
  const server = { ip: drawVictim(scene), port };
  const sources = drawSources(scene);
  const answer = random.pick<ProbeAnswer>(['refused', 'silence', 'silence', 'open-then-nothing', 'open-then-reset']);
  const answered = random.pick([1, 1, 0.3]);
  const samePort = random.chance(0.15);
  const nextPort = drawSourcePorts(scene);
  let flows = 0;
  for (const us of floodMoments(scene)) {
    const client = { ip: sources.next(), port: samePort ? 2000 + (++flows % 60_000) : nextPort() };
    const reply = random.chance(answered) ? answer : 'silence';
    playProbe(scene.wire, random, { us, client, server, rttUs: drawRtt(scene), flags: SYN, answer: reply, retries: 0 });
  }
  return { attackers: sources.listed, victims: [server.ip], port, protocol: 6 };
};

/** Datagrams at one port, or at any port of one host, from new or invented sources. */
const udpFlood: Attack['play'] = (scene) => {
  const { random } = scene;
  const victim = drawVictim(scene);
  const port = random.chance(0.8) ? random.pick([53, 123, 443, 5060, 11_211, random.integer(1, 65_535)]) : null;
  const sources = drawSources(scene);
  const up = random.pick([0, 1, 18, 56, 512, 1200, 1400]);
  const answered = random.pick([0, 0, 0.9]);
  const unreachable = answered > 0 ? 0 : random.pick([0, 0.05, 1]);
  const nextPort = drawSourcePorts(scene);
  for (const us of floodMoments(scene)) {
    const server = { ip: victim, port: port ?? random.integer(1, 65_535) };
    const client = { ip: sources.next(), port: nextPort() };
    const rttUs = drawRtt(scene);
    playUdp(scene.wire, { us, client, server, up, down: random.chance(answered) ? 60 : null, rttUs });
    if (random.chance(unreachable)) playIcmpError(scene.wire, { us: us + rttUs, from: victim, to: client.ip });
  }
  return { attackers: sources.listed, victims: [victim], port, protocol: 17 };
};

/** Requests for an address from machines that are none, by broadcast or through a relay, until the server has none left. */
const dhcpFlood: Attack['play'] = (scene) => {
  const { random } = scene;
  const broadcast = random.chance(0.5);
  const victim = broadcast ? 0xffffffff : drawVictim(scene);
  const answered = random.pick([0, 0.5, 1]);
  let relay = drawAddress(random, 1);
  for (const us of floodMoments(scene)) {
    if (!broadcast) relay++;
    const client = { ip: broadcast ? 0 : relay >>> 0, port: broadcast ? 68 : random.pick([67, 68]) };
    const up = random.integer(240, 310);
    const server = { ip: victim, port: 67 };
    const down = !broadcast && random.chance(answered) ? 300 : null;
    playUdp(scene.wire, { us, client, server, up, down, rttUs: drawRtt(scene) });
  }
  return { attackers: broadcast ? [0] : [], victims: [victim], port: 67, protocol: 17 };
};

/** Echo requests from many invented sources: each is a flow of its own. From one source they are one flow. */
const icmpFlood: Attack['play'] = (scene) => {
  const { random } = scene;
  const server = drawVictim(scene);
  const sources = drawSources(scene, 0.7);
  const up = random.pick([0, 8, 56, 120, 1400]);
  const down = random.chance(0.6) ? up : null;
  for (const us of floodMoments(scene))
    playEcho(scene.wire, { us, client: sources.next(), server, up, down, rttUs: drawRtt(scene) });
  return { attackers: sources.listed, victims: [server], port: null, protocol: 1 };
};

export const PACKET_FLOODS: readonly Attack[] = [
  { kind: 'syn-flood', family: 'syn-flood', play: synFlood },
  { kind: 'udp-flood', family: 'udp-flood', play: udpFlood },
  { kind: 'udp-flood', family: 'udp-flood', play: udpFlood },
  { kind: 'udp-flood', family: 'udp-flood', play: dhcpFlood },
  { kind: 'icmp-flood', family: 'icmp-flood', play: icmpFlood },
];
