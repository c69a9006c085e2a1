import { expect, test } from 'vitest';
import { DECISION_STATES } from '#core/decision.ts';
import { sampleAlert, sampleDecision } from './sample-events.ts';
import { slackMessageFor } from './slack-message.ts';

test('names from the cluster cannot page people or forge links', () => {
  const entity = { ...sampleAlert.entity, workload: 'x/<!channel>/<https://evil|click>' };
  const alert = { ...sampleAlert, message: 'against <!channel> & co', entity };
  const message = slackMessageFor({ type: 'alert.opened', alert });
  expect(JSON.stringify(message)).not.toMatch(/<!channel>|<https:\/\/evil/);
  expect(message.text).toBe('against &lt;!channel&gt; &amp; co');
});

test.each(DECISION_STATES)('a decision that is %s says where, how much, until when and by whom', (state) => {
  const decision = { ...sampleDecision, state, reason: 'the API server does not answer' };
  const message = slackMessageFor({ type: 'decision.changed', decision });
  expect(message.text).toMatch(/^Rate limit on ingress shop\/web .+: the API server does not answer$/);
  const all = JSON.stringify(message.blocks);
  for (const words of ['10 requests/s, bursts of 20 per client', '10.77.0.10:80', '<!date^1748779801^', 'rule']) {
    expect(all).toContain(words);
  }
});

test('a dry run is never told as if it had been done', () => {
  const decision = { ...sampleDecision, state: 'simulated' as const, dryRun: true, target: null };
  const { text } = slackMessageFor({ type: 'decision.changed', decision });
  expect(text).toBe('Rate limit on 10.77.0.10:80 would be applied (dry run)');
});

test('a message stays within what Slack takes', () => {
  const long = 'x'.repeat(10_000);
  const reasons = Array.from({ length: 5 }, () => ({ feature: long, value: 1, usual: 0 }));
  const entity = { ...sampleAlert.entity, workload: long };
  const message = slackMessageFor({ type: 'alert.opened', alert: { ...sampleAlert, message: long, reasons, entity } });
  const texts: string[] = [];
  JSON.stringify(message.blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') texts.push(value);
    return value;
  });
  expect(texts.length).toBeGreaterThan(5);
  expect(Math.max(...texts.map(({ length }) => length))).toBe(3000);
});
