import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';

/** A pipe of the kernel between a child and us. */
export interface Fifo {
  /** Descriptor for the child's standard output; ours is to be closed with `release` when the child has it. */
  readonly writeEnd: number;
  release(): void;
  /** Reads into what `room` gives and tells how much; may be called once. Ends when no writer is left. */
  read(room: () => Uint8Array, onBytes: (length: number) => void, onEnd: () => void): void;
}

/** While so much comes at once, the reader does not rest. */
const MUCH_BYTES = 40 * 1024;
/** Rest after little has come: packets are taken in larger pieces. A pipe of 64 KiB and the kernel's ring hold them. */
const REST_MS = 2;

/**
 * What Node gives a child as its output is a Unix socket, where each of tcpdump's writes takes a buffer of its own, and
 * what Node reads from it is a new 64 KiB buffer each time. A named pipe read into the parser's memory costs half of both.
 * Throws where the pipe cannot be made.
 */
export function createFifo(): Fifo {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-'));
  const path = join(folder, 'packets');
  try {
    const { status, error, stderr } = spawnSync('mkfifo', ['-m', '600', path], { encoding: 'utf8' });
    if (status !== 0) {
      throw new KubeSecureError('unavailable', `while making a pipe: ${error?.message ?? stderr.trim()}`, {
        cause: error,
      });
    }
    // The reading end first: to open the writing end waits for a reader.
    const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeEnd = openSync(path, constants.O_WRONLY);
    return {
      writeEnd,
      release: () => closeSync(writeEnd),
      read(room, onBytes, onEnd) {
        const socket: Socket = new Socket({
          fd: readEnd,
          readable: true,
          writable: false,
          onread: {
            buffer: room,
            callback(length) {
              onBytes(length);
              if (length >= MUCH_BYTES) return true;
              setTimeout(() => socket.resume(), REST_MS);
              return false;
            },
          },
        });
        socket.once('close', onEnd);
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
