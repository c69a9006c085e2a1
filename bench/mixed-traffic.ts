import type { CaptureWriter } from './capture-writer.ts';
import { startConversation, writeNextPacket } from './conversation.ts';
import type { Schedule } from './schedule.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Conversations at once, in a capture that is long enough for them. */
const MOST_CONCURRENT = 4000;
const LEAST_PACKETS_EACH = 750;

/** Many conversations at once, each packet from any of them; 20 packets a conversation on average. */
export function writeMixedTraffic(
  writer: CaptureWriter,
  random: SeededRandom,
  options: Schedule & { readonly isIpv6: boolean },
): void {
  const concurrent = Math.ceil(Math.min(MOST_CONCURRENT, options.packets / LEAST_PACKETS_EACH));
  const open = Array.from({ length: concurrent }, () => startConversation(random, options.isIpv6));
  let sinceStartUs = 0;
  for (let written = 0; written < options.packets; written++) {
    const place = random.below(concurrent);
    const hasEnded = writeNextPacket(writer, random, open[place], options.startUs + Math.floor(sinceStartUs));
    if (hasEnded) open[place] = startConversation(random, options.isIpv6);
    sinceStartUs += random.next() * 2 * options.stepUs;
  }
}
