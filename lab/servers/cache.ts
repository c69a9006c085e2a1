import type { Preparation, Server } from './server.ts';

/** Redis with a password; keeps nothing on disk. */
export function prepareCache({ hosts, accounts, folder, random }: Preparation): Promise<Server[]> {
  const { ip } = hosts.cache;
  const { password } = accounts.cache;
  const settings = {
    bind: ip,
    port: '6379',
    requirepass: password,
    dir: folder,
    save: '',
    'tcp-keepalive': String(random.pick([60, 300])),
    timeout: String(random.pick([0, 0, 30])),
    maxmemory: '64mb',
  };
  const argv = ['redis-server', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])];
  const question = ['redis-cli', '-h', ip, '-a', password, '--no-auth-warning', '-e', 'PING'];
  return Promise.resolve([{ host: hosts.cache, argv, question }]);
}
