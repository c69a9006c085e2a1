import { KubeSecureError } from '#core/error.ts';
import { canInstallPackages, installPackages } from '../testbed/parts/debian-package.ts';
import { withoutServices } from '../testbed/parts/without-services.ts';
import { missingTools } from './tools.ts';

/** Packages that would start a service of this name with the machine. */
const SERVICES = {
  'nginx-light': 'nginx',
  lighttpd: 'lighttpd',
  'redis-server': 'redis-server',
  'nats-server': 'nats-server',
  unbound: 'unbound',
};

/** Installs what the lab lacks, without starting any of it as a service. Throws `usage` where this user cannot. */
export async function installTools(): Promise<void> {
  const packages = [...new Set(missingTools().map((tool) => tool.aptPackage))];
  if (packages.length === 0) return;
  if (!canInstallPackages()) {
    throw new KubeSecureError('usage', `while installing ${packages.join(' ')}: that takes root and apt-get`);
  }
  const services = Object.entries(SERVICES).flatMap(([name, service]) => (packages.includes(name) ? [service] : []));
  const install = () => installPackages(packages, (line) => console.error(line));
  await services.reduce((inner, service) => () => withoutServices(service, inner), install)();
}
