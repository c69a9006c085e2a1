import type { Random } from '../random.ts';
import type { Play } from '../scenario.ts';
import { clientAt, type Machine } from './machine.ts';
import { every, repeat } from './repeat.ts';

const CURL = ['curl', '-s', '--connect-timeout', '1', '--max-time', '4'] as const;

/** The node's health probes of web and app, every `periodMs`, each on a fresh connection. */
export function probeHealth(periodMs: number): Play {
  return every(periodMs, (lab, signal) =>
    Promise.all([
      lab.run(lab.hosts.gateway, [...CURL, `http://${lab.hosts.web.ip}:8080/healthz`], signal),
      lab.run(lab.hosts.gateway, [...CURL, `http://${lab.hosts.app.ip}:8000/healthz`], signal),
    ]),
  );
}

/** Probes of what speaks no HTTP: a connection that is opened and closed, as a TCP probe does. */
export function probePorts(periodMs: number): Play {
  return every(periodMs, (lab, signal) => {
    const { database, cache, queue, rpc, bastion, services } = lab.hosts;
    const open = { database: [database, 5432], cache: [cache, 6379], queue: [queue, 4222], rpc: [rpc, 50051] } as const;
    const ports = [...Object.entries(open), ['bastion', [bastion, 22]] as const];
    return Promise.all(
      ports
        .filter(([name]) => services.some((service) => service === name))
        .map(([, [host, port]]) =>
          lab.run(lab.hosts.gateway, ['socat', '-u', '/dev/null', `TCP4:${host.ip}:${port}`], signal),
        ),
    );
  });
}

/** A Prometheus's scrapes of web and app, every `periodMs`: as regular as a beacon. */
export function scrapeMetrics(periodMs: number): Play {
  return every(periodMs, async (lab, signal) => {
    const urls = [`http://${lab.hosts.web.ip}:8080/metrics`, `http://${lab.hosts.app.ip}:8000/metrics`];
    for (const url of urls) await lab.run(lab.hosts.monitor, [...CURL, url], signal);
  });
}

/** ICMP echo, one a second, from one client to a server (by hping3: not every Debian has ping). */
export function ping(from: Machine, count: number): Play {
  return async (lab, signal) => {
    const argv = ['hping3', '--icmp', '-q', '-c', String(count), '-i', '1', lab.hosts.web.ip];
    await lab.run(from(lab.hosts), argv, signal);
  };
}

/** A monitor that pings some machines at a beat, all the time. */
export function watchByPing(from: Machine, machines: number, periodMs: number): Play {
  return async (lab, signal) => {
    const { web, app, dns, gateway, clients } = lab.hosts;
    const addresses = [web, app, dns, gateway, ...clients].slice(0, machines).map((host) => host.ip);
    await lab.run(from(lab.hosts), ['fping', '-q', '-l', '-p', String(Math.round(periodMs)), ...addresses], signal);
  };
}

/** A client with an old configuration: now and then it tries ports where nothing listens any more. */
export function tryClosedPorts(from: Machine, random: Random, meanPauseMs: number): Play {
  const ports = [random.pick([22, 5432, 6379, 9090]), random.pick([3306, 4222, 8443])];
  return repeat(random, meanPauseMs, (lab, signal) => {
    const url = `http://${random.pick([lab.hosts.web, lab.hosts.app]).ip}:${random.pick(ports)}/`;
    return lab.run(from(lab.hosts), [...CURL, url], signal);
  });
}

/** An administrator who tries whether a few ports of one server are open: a connection each, a second or so apart. */
export function checkPorts(from: Machine, random: Random): Play {
  const ports = random.shuffle([22, 80, 443, 5432, 6379, 8000, 8080, 9090]).slice(0, random.integer(2, 4));
  const seconds = random.between(0.2, 2).toFixed(1);
  return async (lab, signal) => {
    const host = random.pick([lab.hosts.web, lab.hosts.app]);
    for (const port of ports) {
      const argv = ['curl', '-s', '--connect-timeout', '1', '--max-time', seconds, `telnet://${host.ip}:${port}`];
      await lab.run(from(lab.hosts), argv, signal);
    }
  };
}

/** A time client: 48 bytes there and back at a beat; the gateway answers (with the same bytes, which nobody reads). */
export function askTime(clients: readonly number[], periodMs: number): { serve: Play; ask: Play } {
  // The first byte, `#`, says version 4 and client.
  const packet = ['-t', '1', 'EXEC:printf #%047d 0,pipes'] as const;
  return {
    serve: async (lab, signal) => {
      await lab.run(
        lab.hosts.gateway,
        ['socat', `UDP4-RECVFROM:123,bind=${lab.hosts.gateway.ip},fork`, 'PIPE'],
        signal,
      );
    },
    ask: every(periodMs, (lab, signal) =>
      Promise.all(
        clients.map((client) =>
          lab.run(clientAt(client)(lab.hosts), ['socat', ...packet, `UDP4:${lab.hosts.gateway.ip}:123`], signal),
        ),
      ),
    ),
  };
}
