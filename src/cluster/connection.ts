/**
 * The way to the Kubernetes API. In: a kubeconfig, or the service account of the pod we run in. Out: a connection that
 * sends one request at a time or follows a watch, and fails only with KubeSecureError.
 */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { Log } from '#core/log.ts';
import { createTransport, type Transport } from './transport.ts';

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export interface ClusterConnection extends Transport {
  /** Address of the API server. */
  readonly server: string;
  /** Where it was learnt: the path of a kubeconfig, or `in-cluster`. */
  readonly source: string;
}

export interface ConnectOptions {
  /** Path of a kubeconfig, or several in the form of $KUBECONFIG; null looks for ~/.kube/config. */
  readonly kubeconfig: string | null;
  /** Whether this process runs in a pod (KUBERNETES_SERVICE_HOST is set), so that its service account may be used. */
  readonly inCluster: boolean;
  /** Where `.kube/config` is looked for; the person's home unless given. */
  readonly home?: string;
}

/**
 * Opens the named kubeconfig, else ~/.kube/config, else the pod's service account; null where there is none of them.
 * The server is not asked yet. Throws `bad-input` for a kubeconfig that is missing or broken, naming it.
 */
export async function connectCluster(options: ConnectOptions, log: Log): Promise<ClusterConnection | null> {
  const found = await findConfig(options);
  if (found === null) return null;
  const cluster = found.config.getCurrentCluster();
  if (cluster === null || typeof cluster.server !== 'string') {
    throw brokenFile(found.source, 'its current-context names no cluster with a server');
  }
  await proveUsable(found.config, found.source);
  log.info({ server: cluster.server, source: found.source }, 'cluster configured');
  return { server: cluster.server, source: found.source, ...createTransport(found.config, cluster.server) };
}

interface FoundConfig {
  readonly config: KubeConfig;
  readonly source: string;
}

async function findConfig(options: ConnectOptions): Promise<FoundConfig | null> {
  if (options.kubeconfig !== null && options.kubeconfig !== '') return loadFiles(options.kubeconfig);
  const ownFile = path.join(options.home ?? homedir(), '.kube', 'config');
  if (await exists(ownFile)) return loadFiles(ownFile);
  if (options.inCluster && (await exists(SERVICE_ACCOUNT_TOKEN))) {
    const config = new KubeConfig();
    config.loadFromCluster();
    return { config, source: 'in-cluster' };
  }
  return null;
}

function loadFiles(list: string): FoundConfig {
  const files = list.split(path.delimiter).filter((file) => file !== '');
  const merged = new KubeConfig();
  for (const [index, file] of files.entries()) {
    try {
      const config = new KubeConfig();
      config.loadFromFile(file);
      merged.mergeConfig(config, index > 0);
    } catch (error) {
      // The library stumbles over a file that is valid YAML but holds something else.
      throw brokenFile(file, error instanceof TypeError ? 'it is not a kubeconfig' : reasonOf(error), error);
    }
  }
  return { config: merged, source: files.join(path.delimiter) };
}

/** Reads the certificates the kubeconfig names. A credential plugin is left for the first request: it may take long. */
async function proveUsable(config: KubeConfig, source: string): Promise<void> {
  const user = config.getCurrentUser();
  if (user?.exec !== undefined || user?.authProvider !== undefined) return;
  try {
    await config.applySecurityAuthentication(new RequestContext('https://localhost/', HttpMethod.GET));
  } catch (error) {
    throw brokenFile(source, reasonOf(error), error);
  }
}

function brokenFile(file: string, problem: string, cause?: unknown): KubeSecureError {
  return new KubeSecureError('bad-input', `while reading kubeconfig ${file}: ${problem}`, { cause });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
