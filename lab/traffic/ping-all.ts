import type { Play } from '../scenario.ts';
import type { Machine } from './machine.ts';

/** One round of ICMP echo to every address of the subnet, by fping: `intervalMs` between two, `count` to each. */
export function pingAll(from: Machine, options: { intervalMs: number; count: number }): Play {
  return async (lab, signal) => {
    const host = from(lab.hosts);
    const subnet = `${lab.hosts.gateway.ip.split('.').slice(0, 3).join('.')}.0/24`;
    const shape = ['-i', String(options.intervalMs), '-c', String(options.count), '-p', '1000'];
    await lab.run(host, ['fping', '-q', ...shape, '-g', subnet], signal);
  };
}
