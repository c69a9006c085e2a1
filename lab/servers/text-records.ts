import { createRandom } from '../random.ts';

/** Mail domains whose texts the DNS server knows. */
export const MAIL_DOMAINS = ['tea.example', 'post.example.net', 'mail.example.org', 'letters.test'] as const;
/** DKIM keys of each domain, at `<name>._domainkey.<domain>`. */
export const DKIM_KEYS = ['k1', 'k2', 'mail2024'] as const;

/** A character string of a TXT record holds at most so many bytes (RFC 1035, section 3.3.14). */
const MOST_BYTES = 255;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What mail servers ask for: SPF, DMARC and DKIM texts, from 40 to 400 bytes, in strings that fit. */
export function listTexts(): { name: string; strings: string[] }[] {
  return MAIL_DOMAINS.flatMap((domain, index) => {
    const random = createRandom(index);
    const networks = Array.from({ length: random.integer(1, 15) }, () => `ip4:198.51.100.${random.integer(0, 255)}`);
    const keyLetters = random.pick([216, 392]);
    return [
      text(domain, `v=spf1 ${networks.join(' ')} -all`),
      text(`_dmarc.${domain}`, `v=DMARC1; p=reject; rua=mailto:reports@${domain}`),
      ...DKIM_KEYS.map((key) => {
        const letters = Array.from({ length: keyLetters }, () => random.pick([...BASE64]));
        return text(`${key}._domainkey.${domain}`, `v=DKIM1; k=rsa; p=${letters.join('')}`);
      }),
    ];
  });
}

function text(name: string, whole: string): { name: string; strings: string[] } {
  const count = Math.ceil(whole.length / MOST_BYTES);
  return {
    name,
    strings: Array.from({ length: count }, (_, index) => whole.slice(index * MOST_BYTES, (index + 1) * MOST_BYTES)),
  };
}
