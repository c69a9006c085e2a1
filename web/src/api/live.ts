import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { IngressName, RateLimitResponse } from '#api/routes/rate-limits.ts';
import type { ApiStatus } from '#api/routes/status.ts';
import type { Alert } from '#core/alert.ts';
import type { Decision, IngressRef } from '#core/decision.ts';
import { withSample } from '../rates.ts';
import type { Sample } from '../rates.ts';
import { request } from './request.ts';

const POLL_MS = 1000;

/** The status with what only this page knows: when it came, on this machine's clock, and the counters before it. */
export interface LiveStatus extends ApiStatus {
  readonly receivedAtMs: number;
  readonly samples: readonly Sample[];
}

/** Alerts newest first, decisions newest first, and the status: each asked for again every second. */
export function useLive(token: string) {
  const alerts = useQuery({
    queryKey: ['alerts'],
    queryFn: () => request<Alert[]>('/get-alerts?limit=200', { token }),
    refetchInterval: POLL_MS,
  });
  const decisions = useQuery({
    queryKey: ['decisions'],
    queryFn: () => request<Decision[]>('/api/decisions?limit=100', { token }),
    refetchInterval: POLL_MS,
  });
  const status = useQuery({
    queryKey: ['status'],
    queryFn: async ({ client, queryKey }): Promise<LiveStatus> => {
      const answer = await request<ApiStatus>('/api/status', { token });
      const before = client.getQueryData<LiveStatus>(queryKey);
      return { ...answer, receivedAtMs: Date.now(), samples: samplesWith(before?.samples ?? [], answer) };
    },
    refetchInterval: POLL_MS,
  });
  return { alerts, decisions, status };
}
export type Live = ReturnType<typeof useLive>;

/** Puts back what stood before on an Ingress. */
export function useRevert(token: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ namespace, name }: IngressRef) => {
      const body: IngressName = { namespace, ingress_name: name };
      return request<RateLimitResponse>('/revert_rate_limit', { token, body });
    },
    onSettled: () => queries.invalidateQueries(),
  });
}

function samplesWith(samples: readonly Sample[], { sensor, now }: ApiStatus): readonly Sample[] {
  if (!sensor) return [];
  return withSample(samples, { atMs: Date.parse(now), packets: sensor.packets, flows: sensor.flowsReported });
}
