/**
 * Whether memory stays where it is in a long flood: 10 minutes of SYNs from 10 million sources go through `kubesecure
 * flows -`, with each way of ending flows. `node bench/memory.ts [PACKETS]`. Prints MiB after the first minute of packet
 * time, at the end, and at most.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES } from './capture-writer.ts';
import { machineLine } from './machine.ts';
import { bytesReadBy, commandLineOf, descendantsOf, memoryOf } from './process-tree.ts';
import { startTable } from './table.ts';

const SECONDS = 600;
const FIRST_MINUTE = 60 / SECONDS;
const SYN_FRAME_BYTES = 54;
const LOOK_MS = 20;

const [packets = 10_000_000] = process.argv.slice(2).map(Number);
process.stdout.write(`${machineLine()}\n\n`);
const table = startTable([
  { title: '--expiry', width: 8, isNumber: false },
  { title: 'packets', width: 10, isNumber: true },
  { title: 'after 1 min', width: 11, isNumber: true },
  { title: 'at the end', width: 10, isNumber: true },
  { title: 'at most', width: 7, isNumber: true },
]);
for (const expiry of ['cic', 'live']) {
  const { firstMinute, end, most } = await watchFlood(expiry);
  table.row([expiry, packets.toLocaleString('en-US'), firstMinute.toFixed(0), end.toFixed(0), most.toFixed(0)]);
}

/** MiB. */
interface Memory {
  readonly firstMinute: number;
  readonly end: number;
  readonly most: number;
}

async function watchFlood(expiry: string): Promise<Memory> {
  const generator = [process.execPath, join(import.meta.dirname, 'generate-capture.ts'), String(packets)];
  const program = [join(import.meta.dirname, '../bin/kubesecure'), expiry];
  // A pipe that Node makes would be a socket, and not block.
  const script = `"$1" "$2" flood - "$3" --seconds ${SECONDS} | "$4" flows - --expiry "$5" > /dev/null`;
  const shell = spawn('sh', ['-c', script, 'sh', ...generator, ...program], { stdio: 'inherit' });
  const ended = once(shell, 'close');
  const length = PCAP_HEADER_BYTES + packets * (PCAP_RECORD_BYTES + SYN_FRAME_BYTES);

  let firstMinute = NaN;
  let end = NaN;
  let most = 0;
  while (shell.exitCode === null) {
    const pid = kubesecureIn(shell.pid ?? 0);
    const memory = memoryOf(pid);
    if (memory !== null) {
      end = memory.nowMib;
      most = Math.max(most, memory.mostMib);
      if (Number.isNaN(firstMinute) && (bytesReadBy(pid) ?? 0) >= length * FIRST_MINUTE) firstMinute = end;
    }
    await pause(LOOK_MS);
  }
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`while watching a flood: the pipeline ended with ${code}`);
  return { firstMinute, end, most };
}

/** Its process in the pipeline, 0 before it has begun. */
function kubesecureIn(shell: number): number {
  return descendantsOf(shell).find(({ pid }) => commandLineOf(pid).includes('flows'))?.pid ?? 0;
}
