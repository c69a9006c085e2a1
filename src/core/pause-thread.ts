const never = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the calling thread, for who reads or writes a descriptor that is not ready yet. A fraction of a millisecond will do. */
export function pauseThread(milliseconds: number): void {
  Atomics.wait(never, 0, 0, milliseconds);
}
