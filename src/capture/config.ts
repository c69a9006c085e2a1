import { z } from 'zod';

/** Settings of the packet source. */
export const CaptureConfig = z.strictObject({
  interface: z
    .string()
    .min(1)
    .max(64)
    .nullable()
    .default(null)
    .describe('Network interface to watch, e.g. eth0 or any; null: none'),
  filter: z.string().max(4096).default('').describe('BPF filter in the syntax of tcpdump; empty: every packet'),
  snaplen: z.int().min(96).max(262_144).default(192).describe('Bytes kept of each packet; headers suffice'),
  bufferKib: z.int().min(256).max(1_048_576).default(16_384).describe('Kernel ring for live capture, KiB'),
});
export type CaptureConfig = z.infer<typeof CaptureConfig>;
