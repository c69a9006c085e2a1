/** Takes the README's picture: the dashboard after the sample attack, in Debian's Chromium. `node docs/picture.ts` */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { PASSWORD, startProduct, waitFor } from '../test/scenario/product.ts';

// The path is in the picture, so it is a relative one.
process.chdir(join(import.meta.dirname, '..'));
const SAMPLE = 'samples/attack.pcap';
const PICTURE = 'docs/images/dashboard.png';

const folder = mkdtempSync(join(tmpdir(), 'kubesecure-picture-'));
const product = await startProduct(['--replay', SAMPLE, '--speed', '2'], {
  KUBESECURE_STORE_PATH: join(folder, 'data.db'),
});
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(product.url);
  await page.getByLabel('User').fill('admin');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await waitFor(60_000, async () => (await product.alerts()).length === 3);
  await page.waitForTimeout(1500);
  mkdirSync(dirname(PICTURE), { recursive: true });
  await page.screenshot({ path: PICTURE });
} finally {
  await browser.close();
  await product.kill();
  rmSync(folder, { recursive: true });
}
