import { VERSION } from '#core/version.ts';
import { ADMIN_NAME } from '#api/accounts.ts';
import type { Config } from '#config/config.ts';

/** What a person who starts `up` must know before anything happens. */
export interface Beginning {
  readonly settings: Config;
  /** In words, see `sourceWords`. */
  readonly source: string;
  readonly url: string;
  /** Address of the API server; null without a cluster. */
  readonly cluster: string | null;
  readonly passwordGiven: boolean;
  /** A password made just now, to be shown this once. */
  readonly generatedPassword: string | null;
}

export interface ReplaySource {
  readonly path: string;
  readonly speed: number | 'max';
  readonly loop: boolean;
}

export function greeting(beginning: Beginning): string {
  const { settings, source, url, cluster } = beginning;
  const acts = settings.response.mode === 'enforce' && cluster !== null;
  return [
    `KubeSecure ${VERSION}: ${source}`,
    `  dashboard  ${url}`,
    `  log in     ${loginWords(beginning)}`,
    `  cluster    ${cluster ?? 'none'}`,
    `  decisions  ${acts ? 'enforced on the cluster' : 'dry run: nothing is changed'}`,
    '',
  ].join('\n');
}

export function sourceWords(replay: ReplaySource | null, settings: Config): string {
  if (replay === null) return `interface ${interfaceOf(settings)}`;
  const pace =
    replay.speed === 'max' ? 'full speed' : replay.speed === 1 ? 'real speed' : `${replay.speed} x real speed`;
  return `replay of ${replay.path} at ${pace}${replay.loop ? ', in a loop' : ''}`;
}

/** The interface to watch where none is named: all of them. */
export function interfaceOf(settings: Config): string {
  return settings.capture.interface ?? 'any';
}

function loginWords({ generatedPassword, passwordGiven, settings }: Beginning): string {
  if (generatedPassword !== null) return `${ADMIN_NAME} / ${generatedPassword}  (made now, shown only once)`;
  if (passwordGiven) return `${ADMIN_NAME} / the value of KUBESECURE_ADMIN_PASSWORD`;
  return `${ADMIN_NAME} / the password shown at the first start with ${settings.store.path} (KUBESECURE_ADMIN_PASSWORD sets another)`;
}
