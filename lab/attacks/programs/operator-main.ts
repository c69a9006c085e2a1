/** Waits for a reverse shell and types into it as a person does. Argument: `OperatorSettings` as JSON. */
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { pause } from '../../pause.ts';
import { createRandom } from '../../random.ts';
import { poissonPauseMs } from '../../traffic/clients/settings.ts';
import type { OperatorSettings } from '../reverse-shell.ts';

/** Looks around, changes nothing: the shell is a real one. */
const COMMANDS = [
  'id',
  'pwd',
  'uname -a',
  'hostname',
  'date',
  'ls -la /',
  'ls -la /usr/bin | head -40',
  'ls /usr/lib | head -100',
  'cat /proc/version',
  'cat /proc/meminfo',
  'head -30 /proc/cpuinfo',
  'df -h /',
  'ip addr',
  'ip route',
  'ss -tn',
  'cat /etc/os-release',
  'ls -R /usr/share/doc | head -400',
  'echo done',
];
const KEY_MS = { least: 60, most: 260 };

const settings: OperatorSettings = JSON.parse(process.argv[2]);
const { certificate } = settings;
const random = createRandom(settings.seed);
const server =
  certificate === null
    ? createServer(onShell)
    : createTlsServer({ key: readFileSync(certificate.key), cert: readFileSync(certificate.cert) }, onShell);
server.listen(settings.port, settings.address);

function onShell(socket: Socket): void {
  const gone = new AbortController();
  socket.resume();
  socket.on('error', () => gone.abort());
  socket.once('close', () => gone.abort());
  socket.setNoDelay(true);
  void typeUntil(gone.signal, socket);
}

async function typeUntil(signal: AbortSignal, socket: Socket): Promise<void> {
  await pause(300 + random.between(0, 1_000), signal);
  while (!signal.aborted) {
    await typeCommand(`${random.pick(COMMANDS)}\n`, signal, socket);
    await pause(300 + poissonPauseMs(random, settings.meanPauseMs), signal);
  }
}

async function typeCommand(command: string, signal: AbortSignal, socket: Socket): Promise<void> {
  const pieces = settings.typing === 'lines' ? [command] : [...command];
  for (const piece of pieces) {
    if (signal.aborted) return;
    socket.write(piece);
    if (settings.typing === 'keys') await pause(random.between(KEY_MS.least, KEY_MS.most), signal);
  }
}
