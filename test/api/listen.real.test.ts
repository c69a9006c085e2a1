import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listen } from '#api/server.ts';
import { startApi } from './api-under-test.ts';
import type { ApiUnderTest } from './api-under-test.ts';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

test('a taken port is a conflict that names the port and what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  const { port } = other.address() as AddressInfo;

  await expect(listen(api.app, { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'conflict',
    message: `while starting the HTTP server on 127.0.0.1:${port}: port ${port} is taken by another program; stop it or choose another with --port`,
  });
  other.close();
});

test('an address this machine does not have is wrong usage', async () => {
  await expect(listen(api.app, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'usage' });
});

test('a free port is listened on, and the address is for a browser', async () => {
  const address = await listen(api.app, { host: '127.0.0.1', port: 0 });
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(`${address}/healthz`)).json()).toEqual({ status: 'ok' });
});
