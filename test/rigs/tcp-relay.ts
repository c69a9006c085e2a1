import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpRelay {
  readonly port: number;
  /** Bytes that arrive from now on are kept back, as on a line that is down, until `resume`. */
  pause(): void;
  resume(): void;
  /** How many bytes clients have sent since the pause: more than 0 says that somebody waits. */
  heldBytes(): number;
  /** Connections break, and new ones are refused, until `mend`. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Passes TCP through to a port of this machine, TLS untouched, and can be made to stand still or to break. */
export async function startTcpRelay(target: { host: string; port: number }): Promise<TcpRelay> {
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
  const listen = (at: number): Promise<void> => new Promise((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    port,
    pause() {
      paused = true;
      held = 0;
    },
    resume() {
      paused = false;
      for (const { to, bytes } of kept.splice(0)) if (!to.destroyed) to.write(bytes);
    },
    heldBytes: () => held,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    mend: () => listen(port),
  };
}
