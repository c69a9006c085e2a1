import { z } from 'zod';
import { KubeSecureError, reasonOf, type ErrorCode } from '#core/error.ts';
import type { Log } from '#core/log.ts';
import type { ClusterConnection } from './connection.ts';

const PAGE_SIZE = 500;
const WATCH_SECONDS = 300;
/** A server that is shutting down may end a watch as soon as it began. */
const REWATCH_PAUSE_MS = 200;
const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 30_000;

const ObjectList = z.object({
  metadata: z.object({ resourceVersion: z.string().default(''), continue: z.string().default('') }),
  items: z
    .array(z.unknown())
    .nullish()
    .transform((items) => items ?? []),
});

const WatchEvent = z.object({ type: z.string(), object: z.unknown() });

/** What is needed of any object to keep it and to go on watching after it. */
const Identity = z.object({
  metadata: z.object({
    name: z.string().default(''),
    namespace: z.string().default(''),
    resourceVersion: z.string().default(''),
  }),
});

export interface Reflector<T> {
  /** By `namespace/name`. Stays as it was while the server is away. */
  readonly objects: ReadonlyMap<string, T>;
  /** Null while all is well. Before the first list it is not: there is nothing to answer from. */
  problem(): { readonly code: ErrorCode; readonly reason: string } | null;
  /** Begins; resolves when the first list came or failed. It goes on by itself after that. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ReflectorOptions<T> {
  readonly connection: ClusterConnection;
  /** Path of the collection, e.g. `/api/v1/pods`. */
  readonly path: string;
  /** What it holds, in the plural. */
  readonly resource: string;
  readonly schema: z.ZodType<T>;
  /** Told of every change: null where there was none before, or is none now. */
  readonly onChange: (before: T | null, now: T | null) => void;
  readonly log: Log;
}

/** Keeps a copy of a collection by listing it once and watching it from there. Lists again, with back-off, after errors. */
export function createReflector<T>(options: ReflectorOptions<T>): Reflector<T> {
  const { connection, path, resource, schema, onChange, log } = options;
  const objects = new Map<string, T>();
  const ending = new AbortController();
  let problem: { code: ErrorCode; reason: string } | null = {
    code: 'unavailable',
    reason: `the ${resource} of the cluster have not been listed yet`,
  };
  let isSaid = false;
  let running: Promise<void> = Promise.resolve();

  function put(key: string, now: T | null): void {
    const before = objects.get(key) ?? null;
    if (now === null) objects.delete(key);
    else objects.set(key, now);
    if (before !== null || now !== null) onChange(before, now);
  }

  /** Takes over everything there is; returns the version to watch from. */
  async function list(): Promise<string> {
    const seen = new Set<string>();
    let next = '';
    let version = '';
    do {
      const query = { limit: String(PAGE_SIZE), ...(next === '' ? {} : { continue: next }) };
      const right = `list ${resource} in all namespaces`;
      const answer = await connection.request({ method: 'GET', path, query, doing: `listing ${resource}`, right });
      const page = ObjectList.parse(answer);
      for (const item of page.items) {
        const key = keyOf(item);
        seen.add(key);
        put(key, parse(item));
      }
      next = page.metadata.continue;
      version = page.metadata.resourceVersion;
    } while (next !== '');
    for (const key of objects.keys()) if (!seen.has(key)) put(key, null);
    return version;
  }

  /** An object we cannot read is treated as if it were not there. */
  function parse(item: unknown): T | null {
    const parsed = schema.safeParse(item);
    if (parsed.success) return parsed.data;
    log.debug({ resource, key: keyOf(item) }, 'an object of the cluster could not be read');
    return null;
  }

  /** Follows changes until the server ends the watch; returns the version to go on from. */
  async function watch(from: string): Promise<string> {
    let version = from;
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
      resourceVersion: from,
    };
    const right = `watch ${resource} in all namespaces`;
    await connection.follow(
      { method: 'GET', path, query, doing: `watching ${resource}`, right },
      (line) => {
        const { type, object } = WatchEvent.parse(line);
        if (type === 'ERROR')
          throw new KubeSecureError('conflict', `while watching ${resource}: the version is too old`);
        version = Identity.parse(object).metadata.resourceVersion;
        if (type === 'BOOKMARK') return;
        put(keyOf(object), type === 'DELETED' ? null : parse(object));
      },
      ending.signal,
    );
    return version;
  }

  async function run(firstListed: () => void): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS;
    while (!ending.signal.aborted) {
      try {
        let version = await list();
        problem = null;
        isSaid = false;
        backOffMs = FIRST_BACK_OFF_MS;
        firstListed();
        while (!ending.signal.aborted) {
          version = await watch(version);
          await pause(REWATCH_PAUSE_MS, ending.signal);
        }
      } catch (error) {
        if (ending.signal.aborted) break;
        const code = error instanceof KubeSecureError ? error.code : 'internal';
        // A version that is too old is the ordinary reason to list again.
        if (code !== 'conflict') {
          if (!isSaid) log.warn({ resource, reason: reasonOf(error) }, 'lost sight of part of the cluster');
          isSaid = true;
          problem = { code, reason: reasonOf(error) };
        }
        firstListed();
        await pause(backOffMs, ending.signal);
        backOffMs = Math.min(backOffMs * 2, MAX_BACK_OFF_MS);
      }
    }
    firstListed();
  }

  return {
    objects,
    problem: () => problem,
    start: () =>
      new Promise((resolve) => {
        running = run(resolve);
      }),
    stop() {
      ending.abort();
      return running;
    },
  };
}

function keyOf(item: unknown): string {
  const { namespace, name } = Identity.parse(item).metadata;
  return `${namespace}/${name}`;
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
