import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of the receiver: a status with headers and body, or something worse. */
export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'garbage'
  | 'reset'
  | 'endless body';

export interface Receiver {
  /** Has a secret in its path, as a webhook's URL does. */
  readonly url: string;
  readonly requests: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  close(): Promise<void>;
}

/** For tests: a real HTTP server on loopback that answers from a script; the last answer goes on for ever. */
export async function openReceiver(script: readonly Answer[]): Promise<Receiver> {
  const requests: Receiver['requests'][number][] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      give(script[Math.min(requests.length, script.length) - 1], response);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/services/T000/B000/secretsecretsecret`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function give(answer: Answer | undefined, response: ServerResponse): void {
  if (answer === 'hang') return;
  if (answer === 'garbage') {
    response.socket?.end('these are not the headers you are looking for\r\n\r\n');
  } else if (answer === 'reset') {
    response.socket?.destroy();
  } else if (answer === 'endless body') {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', pour);
    pour();
  } else {
    response.writeHead(answer?.status ?? 200, answer?.headers).end(answer?.body ?? 'ok');
  }
}
