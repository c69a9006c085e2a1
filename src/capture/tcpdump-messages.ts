import { KubeSecureError, systemCodeOf } from '#core/error.ts';

/** The greatest count of packets that tcpdump says the kernel or the interface has dropped; 0 if it said none. */
export function kernelDropsOf(said: string): number {
  const last = (by: string): number => {
    const counts = [...said.matchAll(new RegExp(`(\\d+) packets? dropped by ${by}`, 'g'))];
    return Number(counts.at(-1)?.[1] ?? 0);
  };
  return last('kernel') + last('interface');
}

/** Why capture did not begin or has ended, from what tcpdump said and the failure of starting it, if any. */
export function startFailureOf(interfaceName: string, said: string, cause: Error | null): KubeSecureError {
  const doing = `while capturing on ${interfaceName}`;
  if (cause !== null) {
    const problem =
      systemCodeOf(cause) === 'ENOENT'
        ? 'tcpdump is not installed; install the package tcpdump'
        : `tcpdump could not be started: ${cause.message}`;
    return new KubeSecureError('unavailable', `${doing}: ${problem}`, { cause });
  }
  const problem = lastProblem(said);
  if (/no such device|siocgif|not exist/i.test(said)) {
    return new KubeSecureError('usage', `${doing}: there is no such interface; \`tcpdump -D\` lists them`);
  }
  if (/permission|not permitted/i.test(said)) {
    return new KubeSecureError(
      'forbidden',
      `${doing}: capturing is not permitted; run as root or grant CAP_NET_RAW (setcap cap_net_raw+ep on tcpdump)`,
    );
  }
  if (/filter expression|syntax error|illegal/i.test(said)) {
    return new KubeSecureError('usage', `${doing}: the filter is wrong: ${problem}`);
  }
  return new KubeSecureError('unavailable', `${doing}: tcpdump ended: ${problem || 'it gave no reason'}`);
}

function lastProblem(said: string): string {
  const lines = said.split('\n').filter((line) => line.startsWith('tcpdump: ') && !/listening on|packets? /.test(line));
  return lines.at(-1)?.slice('tcpdump: '.length) ?? '';
}
