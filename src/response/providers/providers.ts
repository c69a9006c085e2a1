import type { Decision } from '#core/decision.ts';
import { ingressNginx } from './ingress-nginx.ts';
import type { Provider } from './provider.ts';

/** Every way a decision can reach a cluster. */
export const PROVIDERS: Readonly<Record<Decision['provider'], Provider>> = { 'ingress-nginx': ingressNginx };
