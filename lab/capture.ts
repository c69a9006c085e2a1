import { KubeSecureError } from '#core/error.ts';
import type { Commands, Service } from './commands.ts';
import type { Network } from './network.ts';
import { pause } from './pause.ts';

/** A running tcpdump on the lab's bridge. */
interface Capture {
  /** Ends it and says how many packets the kernel dropped because tcpdump was too slow. */
  stop(): Promise<{ droppedByKernel: number }>;
}

const START_LIMIT_MS = 5_000;
/** The kernel hands packets on once a second where they are few: the last ones must reach tcpdump before it ends. */
const SETTLE_MS = 1_100;
/** KiB; enough for a second of a full-speed flood while both cores are busy. */
const BUFFER_KIB = '16384';

/** Starts to write every frame of the lab to `path`, `snaplen` bytes of each; resolves once it listens. */
export async function startCapture(
  commands: Commands,
  network: Network,
  options: { path: string; snaplen: number },
): Promise<Capture> {
  const tcpdump = commands.start(
    network.onSwitch(
      [
        ['tcpdump', '-n', '-i', network.bridge, '-s', String(options.snaplen), '-B', BUFFER_KIB],
        // tcpdump otherwise gives up root and may then not write where it is told to.
        ['-Z', 'root', '-w', options.path],
      ].flat(),
    ),
  );
  await waitUntilListening(tcpdump);

  return {
    async stop() {
      await pause(SETTLE_MS);
      await tcpdump.stop('SIGINT');
      const dropped = /(\d+) packets dropped by kernel/.exec(tcpdump.said());
      if (dropped === null) throw new KubeSecureError('internal', `while ending the capture: ${tcpdump.said()}`);
      return { droppedByKernel: Number(dropped[1]) };
    },
  };
}

async function waitUntilListening(tcpdump: Service): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_LIMIT_MS; waitedMs += 20) {
    if (tcpdump.said().includes('listening on')) return;
    if (!tcpdump.isRunning()) break;
    await pause(20);
  }
  throw new KubeSecureError('internal', `while starting the capture: tcpdump said "${tcpdump.said()}"`);
}
