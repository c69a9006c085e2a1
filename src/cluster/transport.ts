import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { HttpMethod, type KubeConfig, RequestContext } from '@kubernetes/client-node';
import { fetch, type Dispatcher, type Response } from 'undici';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { refusalOf } from './refusal.ts';

const REQUEST_TIMEOUT_MS = 5_000;
/** The server sends a bookmark about each minute, so a longer silence means a dead connection. */
const WATCH_SILENCE_MS = 150_000;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below the server, already escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly contentType: string; readonly value: unknown };
  /** What it is for, as in `limiting ingress shop/web`: opens the message of an error. */
  readonly doing: string;
  /** The right it needs, as in `patch ingresses in namespace shop`: named when the server forbids it. */
  readonly right: string;
}

export interface Transport {
  /**
   * Sends the request and resolves with the parsed answer. Waits at most 5 s. Throws `not-found`, `forbidden`,
   * `conflict`, `bad-input` (the server calls the request invalid) or `unavailable`.
   */
  request(request: ApiRequest): Promise<unknown>;
  /** Calls `onLine` for each JSON line of an open-ended answer; resolves when the server ends it, rejects as `request`. */
  follow(request: ApiRequest, onLine: (line: unknown) => void, signal: AbortSignal): Promise<void>;
}

/** A transport that authenticates as the kubeconfig's current user. */
export function createTransport(config: KubeConfig, server: string): Transport {
  // The client library makes a new dispatcher, and so a new TLS session, for each request: keep one until it fails.
  let kept: Dispatcher | undefined;

  async function send(request: ApiRequest, signal: AbortSignal): Promise<Response> {
    const url = new URL(server.replace(/\/$/, '') + request.path);
    for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
    try {
      const context = new RequestContext(url.toString(), HttpMethod.GET);
      await config.applySecurityAuthentication(context);
      kept ??= context.getDispatcher();
      const headers = { ...context.getHeaders(), accept: 'application/json' };
      return await fetch(url, {
        method: request.method,
        headers: request.body === undefined ? headers : { ...headers, 'content-type': request.body.contentType },
        body: request.body === undefined ? null : JSON.stringify(request.body.value),
        signal,
        ...(kept === undefined ? {} : { dispatcher: kept }),
      });
    } catch (error) {
      kept = undefined;
      throw unanswered(request, server, error);
    }
  }

  async function accept(request: ApiRequest, response: Response): Promise<void> {
    if (response.ok) return;
    // Fresh credentials may lie in the kubeconfig's files by now.
    if (response.status === 401) kept = undefined;
    const text = await response.text().catch(() => '');
    throw refusalOf(request, response.status, text);
  }

  return {
    async request(request) {
      const response = await send(request, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
      await accept(request, response);
      try {
        return await response.json();
      } catch (error) {
        throw unanswered(request, server, error);
      }
    },

    async follow(request, onLine, signal) {
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(new Error('the server went silent')), WATCH_SILENCE_MS);
      try {
        const response = await send(request, AbortSignal.any([signal, silence.signal]));
        await accept(request, response);
        if (response.body === null) return;
        for await (const line of createInterface(Readable.fromWeb(response.body))) {
          timer.refresh();
          onLine(JSON.parse(line));
        }
      } catch (error) {
        if (error instanceof KubeSecureError) throw error;
        throw unanswered(request, server, error);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function unanswered(request: ApiRequest, server: string, error: unknown): KubeSecureError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const why = cause instanceof Error && cause.name === 'TimeoutError' ? 'no answer within 5 s' : reasonOf(cause);
  return new KubeSecureError(
    'unavailable',
    `while ${request.doing}: the API server ${server} does not answer: ${why}`,
    {
      cause: error,
    },
  );
}
