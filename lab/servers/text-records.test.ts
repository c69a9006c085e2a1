import { expect, test } from 'vitest';
import { DKIM_KEYS, listTexts, MAIL_DOMAINS } from './text-records.ts';

test('every mail domain has an SPF, a DMARC and a text for each DKIM key, in strings that DNS can hold', () => {
  const texts = listTexts();
  expect(texts.map(({ name }) => name)).toEqual(
    MAIL_DOMAINS.flatMap((domain) => [
      domain,
      `_dmarc.${domain}`,
      ...DKIM_KEYS.map((key) => `${key}._domainkey.${domain}`),
    ]),
  );
  for (const string of texts.flatMap(({ strings }) => strings)) {
    expect(string.length).toBeLessThanOrEqual(255);
    // The comma parts strings on dnsmasq's command line, quotes do in unbound's configuration.
    expect(string).not.toMatch(/[,"']/);
  }
  expect(texts.some(({ strings }) => strings.length > 1)).toBe(true);
});
