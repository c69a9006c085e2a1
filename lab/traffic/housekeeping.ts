import type { Host, Hosts } from '../addresses.ts';
import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import type { Lab, Play } from '../scenario.ts';
import { SEARCH_DOMAINS, SERVICE_NAMES } from '../servers/dnsmasq.ts';
import { repeat } from './web-client.ts';

const CURL = ['curl', '-s', '--connect-timeout', '1', '--max-time', '4'] as const;
/** Names outside the zone, as any cluster asks for. */
const FOREIGN_NAMES = ['registry.example.com', 'api.payments.example', 'time.example.org'] as const;

/**
 * Name look-ups of one machine. A resolver with a search list asks for `web` as `web.shop.svc...` and has it; for a
 * foreign name it asks once per search domain first, and most answers are NXDOMAIN.
 */
export function lookUpNames(from: (hosts: Hosts) => Host, random: Random, meanPauseMs: number): Play {
  return repeat(random, meanPauseMs, (lab, signal) => {
    const questions = drawQuestions(random).flatMap((name) => [name, 'A', name, 'AAAA']);
    const dig = ['dig', '+tries=1', '+time=1', '+noall', `@${lab.hosts.dns.ip}`, ...questions];
    return lab.run(from(lab.hosts), dig, signal);
  });
}

/** The node's health probes of web and app, every `periodMs`, each on a fresh connection. */
export function probeHealth(periodMs: number): Play {
  return every(periodMs, (lab, signal) =>
    Promise.all([
      lab.run(lab.hosts.gateway, [...CURL, `http://${lab.hosts.web.ip}:8080/healthz`], signal),
      lab.run(lab.hosts.gateway, [...CURL, `http://${lab.hosts.app.ip}:8000/healthz`], signal),
    ]),
  );
}

/** A Prometheus's scrapes, every `periodMs`: as regular as a beacon. */
export function scrapeMetrics(periodMs: number): Play {
  return every(periodMs, async (lab, signal) => {
    const urls = [`http://${lab.hosts.web.ip}:8080/metrics`, `http://${lab.hosts.app.ip}:8000/metrics`];
    for (const url of urls) await lab.run(lab.hosts.monitor, [...CURL, url], signal);
  });
}

/** ICMP echo, one a second, from one client to a server (by hping3: not every Debian has ping). */
export function ping(client: number, count: number): Play {
  return async (lab, signal) => {
    const argv = ['hping3', '--icmp', '-q', '-c', String(count), '-i', '1', lab.hosts.web.ip];
    await lab.run(lab.hosts.clients[client], argv, signal);
  };
}

/** A client with an old configuration: now and then it tries ports where nothing listens any more. */
export function tryClosedPorts(client: number, random: Random, meanPauseMs: number): Play {
  const ports = [random.pick([22, 5432, 6379, 9090]), random.pick([3306, 4222, 8443])];
  return repeat(random, meanPauseMs, (lab, signal) => {
    const url = `http://${random.pick([lab.hosts.web, lab.hosts.app]).ip}:${random.pick(ports)}/`;
    return lab.run(lab.hosts.clients[client], [...CURL, url], signal);
  });
}

function every(periodMs: number, step: (lab: Lab, signal: AbortSignal) => Promise<unknown>): Play {
  return async (lab, signal) => {
    while (!signal.aborted) {
      const next = performance.now() + periodMs;
      await step(lab, signal);
      await pause(Math.max(0, next - performance.now()), signal);
    }
  };
}

function drawQuestions(random: Random): string[] {
  if (random.chance(0.6)) return [`${random.pick(SERVICE_NAMES)}.${SEARCH_DOMAINS[0]}`];
  const name = random.pick(FOREIGN_NAMES);
  return [...SEARCH_DOMAINS.map((domain) => `${name}.${domain}`), name];
}
