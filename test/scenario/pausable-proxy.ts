import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface PausableProxy {
  readonly port: number;
  /** Bytes that arrive from now on are kept back, as on a cut line, until `resume`. */
  pause(): void;
  resume(): void;
  /** How many bytes clients have sent since the pause: more than 0 says that somebody waits. */
  heldBytes(): number;
  close(): Promise<void>;
}

/** Passes TCP through to a port of this machine, TLS untouched, and can be made to stand still. */
export async function startPausableProxy(target: { host: string; port: number }): Promise<PausableProxy> {
  const sockets = new Set<Socket>();
  const kept: { to: Socket; bytes: Buffer }[] = [];
  let paused = false;
  let held = 0;

  const pass = (to: Socket, bytes: Buffer, fromClient: boolean) => {
    if (!paused) {
      to.write(bytes);
      return;
    }
    if (fromClient) held += bytes.length;
    kept.push({ to, bytes });
  };

  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (bytes) => pass(upstream, bytes, true));
    upstream.on('data', (bytes) => pass(client, bytes, false));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    pause() {
      paused = true;
      held = 0;
    },
    resume() {
      paused = false;
      for (const { to, bytes } of kept.splice(0)) if (!to.destroyed) to.write(bytes);
    },
    heldBytes: () => held,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
