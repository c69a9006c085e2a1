import type { Behaviour } from './behaviour.ts';
import { playEcho, playIcmpError, playProbe, playUdp, TIME_EXCEEDED } from '../packets.ts';
import {
  drawAddress,
  drawClient,
  drawCount,
  drawEphemeral,
  drawRtt,
  drawServerAddress,
  moments,
  SERVICE_PORTS,
  talk,
} from '../scene.ts';
import { SYN } from '../wire.ts';

/** A monitor pings its hosts, over and over; nearly all answer. */
export const monitoringPings: Behaviour = (scene) => {
  const { random } = scene;
  const client = drawClient(scene);
  const hosts = Array.from({ length: random.integer(3, 20) }, () => drawServerAddress(scene, 0.8));
  const away = new Set(hosts.filter(() => random.chance(0.04)));
  for (const us of moments(scene, random.pick([0.1, 0.2, 0.5, 1]), 1))
    for (const server of hosts) {
      const at = us + random.exponential(50_000);
      playEcho(scene.wire, {
        us: at,
        client,
        server,
        up: 56,
        down: away.has(server) ? null : 56,
        rttUs: drawRtt(scene),
      });
    }
};

/** The way to a host, hop by hop: datagrams at rising ports, or echoes; each router tells of itself. */
export const traceroute: Behaviour = (scene) => {
  const { random, startUs } = scene;
  const client = drawClient(scene);
  const server = drawServerAddress(scene, 0.2);
  const hops = random.integer(2, 20);
  const port = drawEphemeral(random);
  const echo = random.chance(0.4);
  const together = random.chance(0.5);
  let us = startUs;
  for (let hop = 1; hop <= hops; hop++) {
    const router = hop === hops ? server : drawAddress(random, 0.3);
    for (let probe = 0; probe < 3; probe++) {
      const rttUs = (drawRtt(scene) * hop) / 4;
      const answered = random.chance(0.85);
      if (echo) playEcho(scene.wire, { us, client, server, up: 32, down: answered && hop === hops ? 32 : null, rttUs });
      else
        playUdp(scene.wire, {
          us,
          client: { ip: client, port },
          server: { ip: server, port: 33_434 + hop * 3 + probe },
          up: 32,
          down: null,
          rttUs,
        });
      if (answered && !(echo && hop === hops))
        playIcmpError(scene.wire, {
          us: us + rttUs,
          from: router,
          to: client,
          ...(hop < hops && { why: TIME_EXCEEDED }),
        });
      us += together ? random.exponential(2000) : rttUs + (answered ? 0 : 3e6);
    }
  }
};

/** Somebody looks whether two to four services of a host are up, or an app tries its few ports. */
export const portCheck: Behaviour = (scene) => {
  const { random, startUs, endUs } = scene;
  const ip = drawClient(scene);
  const host = drawServerAddress(scene);
  const ports = Array.from({ length: random.integer(2, 4) }, () => random.pick(SERVICE_PORTS));
  const up = new Set(ports.filter(() => random.chance(0.7)));
  const rounds = random.pick([1, 1, 2]);
  for (let round = 0; round < rounds; round++) {
    let us = round === 0 ? startUs : random.between(startUs, endUs);
    for (const port of ports) {
      us += random.exponential(random.pick([2000, 2e6]));
      const ends = { client: { ip, port: drawEphemeral(random) }, server: { ip: host, port } };
      if (up.has(port)) talk(scene, { startUs: us, ...ends, exchanges: [], ending: 'client-fin' });
      else {
        const answer = random.pick(['refused', 'refused', 'silence'] as const);
        playProbe(scene.wire, random, {
          us,
          ...ends,
          rttUs: drawRtt(scene),
          flags: SYN,
          answer,
          retries: drawCount(random, 1, 4),
        });
      }
    }
  }
};
