import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { KubeSecureError, reasonOf, systemCodeOf } from '#core/error.ts';
import { pauseThread } from '#core/pause-thread.ts';
import { packingOfFile, unpackFile } from './unpack.ts';

/** Bytes of a capture, read when asked for. */
export interface ByteSource {
  /** For messages: the path, or `standard input`. */
  readonly name: string;
  /** Fills a part of `room` and returns its length; 0 at the end. Waits for a pipe. */
  read(room: Uint8Array): number;
  close(): void;
}

/** Opens a capture file, or standard input for `-`. Files packed by gzip or zstd are unpacked. Throws `bad-input`. */
export function openByteSource(path: string): ByteSource {
  if (path === '-') return descriptorSource(0, 'standard input', () => {});
  const descriptor = openFile(path);
  // Only a regular file can be looked into without losing what was read.
  const packing = fstatSync(descriptor).isFile() ? packingOfFile(descriptor) : null;
  if (packing === null) return descriptorSource(descriptor, path, () => closeSync(descriptor));
  closeSync(descriptor);
  return memorySource(unpackFile(path, packing), path);
}

function openFile(path: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    throw new KubeSecureError('bad-input', `while opening ${path}: ${openProblem(cause)}`, { cause });
  }
  if (fstatSync(descriptor).isDirectory()) {
    closeSync(descriptor);
    throw new KubeSecureError('bad-input', `while opening ${path}: it is a directory`);
  }
  return descriptor;
}

function openProblem(cause: unknown): string {
  const code = systemCodeOf(cause);
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'reading it is not permitted';
  return reasonOf(cause);
}

function descriptorSource(descriptor: number, name: string, close: () => void): ByteSource {
  return {
    name,
    close,
    read(room) {
      for (;;) {
        try {
          return readSync(descriptor, room, 0, room.length, null);
        } catch (cause) {
          const code = systemCodeOf(cause);
          if (code === 'EOF') return 0;
          // Another process may have made the pipe non-blocking: wait and ask again.
          if (code !== 'EAGAIN') {
            throw new KubeSecureError('bad-input', `while reading ${name}: ${reasonOf(cause)}`, { cause });
          }
          pauseThread(2);
        }
      }
    },
  };
}

function memorySource(bytes: Uint8Array, name: string): ByteSource {
  let position = 0;
  return {
    name,
    close() {},
    read(room) {
      const length = Math.min(room.length, bytes.length - position);
      room.set(bytes.subarray(position, position + length));
      position += length;
      return length;
    },
  };
}
