import { join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';
import type { Hosts } from '../addresses.ts';
import type { Commands, Service } from '../commands.ts';
import type { Network } from '../network.ts';
import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import { dnsmasqCommand, SEARCH_DOMAINS } from './dnsmasq.ts';
import { prepareNginx, TINY_PATH } from './nginx.ts';

const APP_MAIN = join(import.meta.dirname, 'app-main.ts');
const READY_LIMIT_MS = 8_000;

/** Starts web, app and DNS servers on their machines; resolves once each has answered. */
export async function startServers(
  commands: Commands,
  network: Network,
  options: { hosts: Hosts; scratch: string; random: Random; signal: AbortSignal },
): Promise<void> {
  const { hosts, random } = options;
  const nginx = await prepareNginx(options.scratch, hosts, random);
  const app = [process.execPath, APP_MAIN, hosts.app.ip, '8000', String(random.integer(1, 1_000_000))];

  const services = {
    web: commands.start(network.on(hosts.web, nginx)),
    app: commands.start(network.on(hosts.app, app)),
    dns: commands.start(network.on(hosts.dns, dnsmasqCommand(hosts))),
  };
  const get = (url: string) => ['curl', '-s', '--max-time', '1', url];
  const questions = {
    web: get(`http://${hosts.web.ip}${TINY_PATH}`),
    app: get(`http://${hosts.app.ip}:8000/healthz`),
    dns: ['dig', '+tries=1', '+time=1', `@${hosts.dns.ip}`, `web.${SEARCH_DOMAINS[0]}`],
  };
  await Promise.all(
    (['web', 'app', 'dns'] as const).map((role) =>
      waitForAnswer(role, services[role], () =>
        commands.run(network.on(hosts.gateway, questions[role]), options.signal),
      ),
    ),
  );
}

async function waitForAnswer(role: string, service: Service, ask: () => Promise<number | null>): Promise<void> {
  const limit = Date.now() + READY_LIMIT_MS;
  while (Date.now() < limit && service.isRunning()) {
    const code = await ask();
    // Null: somebody interrupts the lab, which the caller sees for itself.
    if (code === 0 || code === null) return;
    await pause(50);
  }
  throw new KubeSecureError(
    'internal',
    `while starting the lab's ${role} server: it does not answer: ${service.said()}`,
  );
}
