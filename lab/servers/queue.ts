import { ask, type Preparation, type Server } from './server.ts';

/** NATS, which asks for user and password. */
export function prepareQueue({ hosts, accounts }: Preparation): Promise<Server[]> {
  const { ip } = hosts.queue;
  const { user, password } = accounts.queue;
  const argv = ['nats-server', '-a', ip, '-p', '4222', '--user', user, '--pass', password];
  // It greets whoever connects, then refuses HTTP.
  return Promise.resolve([{ host: hosts.queue, argv, question: ask(`http://${ip}:4222`, '--http0.9') }]);
}
