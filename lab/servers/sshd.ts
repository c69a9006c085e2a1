import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../addresses.ts';
import { runOnce } from '../commands.ts';
import type { Account } from '../scenario.ts';
import type { Preparation, Server } from './server.ts';

/** A user id that no Debian package takes. */
const LOGIN_UID = 64_321;
/** Its own view of the machine's accounts, and a /run that is gone with it. */
const IN_PRIVATE_MOUNTS =
  'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/shadow" /etc/shadow && ' +
  'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec /usr/sbin/sshd -D -e -f "$1/sshd_config"';

/**
 * An sshd that lets one user in by password. The account exists in this server's mount namespace alone, whose
 * /etc/passwd and /etc/shadow are files of this run; the machine's own stay as they are.
 */
export async function prepareSshd(
  { folder, random, kind }: Preparation,
  host: Host,
  account: Account,
): Promise<Server> {
  const home = join(folder, 'home');
  await mkdir(home);
  await chown(home, LOGIN_UID, LOGIN_UID);
  await runOnce(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host_key')]);
  const hash = (await runOnce(['openssl', 'passwd', '-6', '-stdin'], `${account.password}\n`)).trim();
  await writeFile(
    join(folder, 'passwd'),
    ['root:x:0:0::/root:/bin/sh', 'sshd:x:105:65534::/run/sshd:/usr/sbin/nologin']
      .concat(`${account.user}:x:${LOGIN_UID}:${LOGIN_UID}::${home}:/bin/sh`, '')
      .join('\n'),
  );
  const shadow = `root:*:19000::::::\nsshd:!:19000::::::\n${account.user}:${hash}:19000::::::\n`;
  await writeFile(join(folder, 'shadow'), shadow, { mode: 0o600 });
  const settings = {
    ListenAddress: `${host.ip}:22`,
    HostKey: join(folder, 'host_key'),
    PidFile: 'none',
    UsePAM: 'no',
    UseDNS: 'no',
    PasswordAuthentication: 'yes',
    PermitRootLogin: 'no',
    MaxStartups: random.pick(['10:30:100', '50:30:200', '100']),
    MaxAuthTries: random.pick([3, 6, 6]),
    LoginGraceTime: random.pick([30, 120]),
    ...(kind === 'b' ? { Ciphers: 'aes256-ctr', MACs: 'hmac-sha2-256', KexAlgorithms: 'ecdh-sha2-nistp256' } : {}),
    Subsystem: 'sftp internal-sftp',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(join(folder, 'sshd_config'), lines.join(''));

  return {
    host,
    argv: ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', IN_PRIVATE_MOUNTS, 'sshd', folder],
    question: sshCommand(host, account, ['true']),
  };
}

/** A command line that runs `remoteCommand` over SSH with the account's password. */
export function sshCommand(host: Host, account: Account, remoteCommand: readonly string[]): string[] {
  return [
    ['sshpass', '-p', account.password, 'ssh', '-F', 'none', '-o', 'StrictHostKeyChecking=no'],
    ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=4'],
    ['-o', 'PreferredAuthentications=password', `${account.user}@${host.ip}`, ...remoteCommand],
  ].flat();
}
