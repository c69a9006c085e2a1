import type { Random } from '../random.ts';
import type { Exchange } from './conversation.ts';

/** Bytes that encryption adds to what is sent at once. */
export const TLS_RECORD = 29;

/** How one client and one server shake hands: version 1.3, 1.2, or with a ticket from last time. */
export function drawTls(random: Random): readonly Exchange[] {
  const certificate = Math.round(random.logBetween(900, 5500));
  const hello = random.pick([517, 517, random.integer(180, 700), random.integer(1500, 1900)]);
  const serverUs = random.logBetween(300, 5000);
  switch (random.pick(['1.3', '1.3', '1.2', 'resumed'])) {
    case '1.3':
      return [
        { waitUs: 200, up: hello, serverUs, down: certificate + 350 },
        { waitUs: 800, up: random.pick([64, 80, 80]), serverUs: 100, down: 0 },
      ];
    case '1.2':
      return [
        { waitUs: 200, up: hello, serverUs, down: certificate + 450 },
        { waitUs: 1500, up: random.pick([93, 126, 126, 318]), serverUs: 600, down: random.pick([51, 242]) },
      ];
    default:
      return [
        { waitUs: 200, up: hello + 190, serverUs, down: random.integer(150, 280) },
        { waitUs: 300, up: 74, serverUs: 100, down: 0 },
      ];
  }
}
