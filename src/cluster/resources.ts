import { z } from 'zod';

/**
 * What is used of each kind that is watched. A field that is missing gets the value that means "none"; an object that
 * does not even have a name is skipped by the watch.
 */
const Metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  labels: z.record(z.string(), z.string()).default({}),
});

export const Pod = z.object({
  metadata: Metadata.extend({
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().default(false) }))
      .default([]),
  }),
  spec: z.object({ hostNetwork: z.boolean().default(false) }).default({ hostNetwork: false }),
  status: z
    .object({ phase: z.string().default(''), podIPs: z.array(z.object({ ip: z.string() })).default([]) })
    .default({ phase: '', podIPs: [] }),
});
export type Pod = z.infer<typeof Pod>;

export const Node = z.object({
  metadata: Metadata,
  status: z
    .object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]) })
    .default({ addresses: [] }),
});
export type Node = z.infer<typeof Node>;

const LoadBalancer = z
  .object({
    loadBalancer: z
      .object({ ingress: z.array(z.object({ ip: z.string().optional() })).default([]) })
      .default({ ingress: [] }),
  })
  .default({ loadBalancer: { ingress: [] } });

export const Service = z.object({
  metadata: Metadata,
  spec: z.object({
    clusterIPs: z.array(z.string()).default([]),
    externalIPs: z.array(z.string()).default([]),
    ports: z.array(z.object({ name: z.string().default(''), port: z.int() })).default([]),
  }),
  status: LoadBalancer,
});
export type Service = z.infer<typeof Service>;

export const EndpointSlice = z.object({
  metadata: Metadata,
  endpoints: z
    .array(z.object({ addresses: z.array(z.string()).default([]) }))
    .nullish()
    .transform((endpoints) => endpoints ?? []),
  ports: z
    .array(z.object({ name: z.string().nullish(), port: z.int().nullish() }))
    .nullish()
    .transform((ports) => ports ?? []),
});
export type EndpointSlice = z.infer<typeof EndpointSlice>;

const IngressBackend = z.object({
  service: z
    .object({
      name: z.string(),
      port: z.object({ name: z.string().optional(), number: z.int().optional() }).default({}),
    })
    .optional(),
});

export const Ingress = z.object({
  metadata: Metadata,
  spec: z.object({
    defaultBackend: IngressBackend.optional(),
    rules: z
      .array(z.object({ http: z.object({ paths: z.array(z.object({ backend: IngressBackend })) }).optional() }))
      .default([]),
  }),
  status: LoadBalancer,
});
export type Ingress = z.infer<typeof Ingress>;
