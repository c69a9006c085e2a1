import { z } from 'zod';

const Ports = z.array(z.int().min(1).max(65_535)).max(64);

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
  immediate: z
    .boolean()
    .default(false)
    .describe(
      'Hand each packet on at once, instead of up to a second later together with others; costs tcpdump three times the processor time',
    ),
  tunnels: z
    .enum(['outer', 'inner'])
    .default('outer')
    .describe(
      'Whose flows are seen where packets travel in GRE, VXLAN, Geneve or IP tunnels: `outer`: the ends of the tunnel; `inner`: the packets inside, where there are any',
    ),
  vxlanPorts: Ports.default([4789, 8472]).describe('UDP destination ports that mean VXLAN, for `inner`'),
  genevePorts: Ports.default([6081]).describe('UDP destination ports that mean Geneve, for `inner`'),
});
export type CaptureConfig = z.infer<typeof CaptureConfig>;
