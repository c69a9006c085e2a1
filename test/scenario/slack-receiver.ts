import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as it was posted, and when it arrived (milliseconds since the epoch). */
export interface Post {
  readonly atMs: number;
  readonly text: string;
  readonly raw: string;
}

export interface SlackReceiver {
  readonly url: string;
  readonly posts: readonly Post[];
  /** How many requests came in, answered or not. */
  requests(): number;
  /** `hang` takes requests and never answers, as an outage does. */
  behave(how: 'answer' | 'hang'): void;
  close(): Promise<void>;
}

/**
 * Answers as Slack's incoming webhooks do: 200 `ok` to a JSON object with `text` or `blocks`, 400 `invalid_payload` to
 * what is no JSON, 400 `no_text` to a message without words.
 */
export async function startSlackReceiver(): Promise<SlackReceiver> {
  const posts: Post[] = [];
  let requests = 0;
  let hangs = false;
  const server = createServer((request, response) => {
    void bodyOf(request).then((raw) => {
      requests++;
      if (hangs) return;
      const text = wordsOf(raw);
      if (text === null || text === '') {
        response.writeHead(400).end(text === null ? 'invalid_payload' : 'no_text');
        return;
      }
      posts.push({ atMs: Date.now(), text, raw });
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/services/T000/B000/secret-of-the-test`,
    posts,
    requests: () => requests,
    behave: (how) => (hangs = how === 'hang'),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

/** All words of a message, those in its blocks included; null for what is no JSON object. */
function wordsOf(raw: string): string | null {
  try {
    const message: unknown = JSON.parse(raw);
    if (typeof message !== 'object' || message === null) return null;
    return textsIn(message).join('\n');
  } catch {
    return null;
  }
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  );
}
