import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { listen } from '#api/server.ts';
import { needs } from '../testbed/needs.ts';
import { findProgram } from '../testbed/parts/system-tools.ts';
import type { LimitOperations } from '#api/limit-operations.ts';
import { systemClock } from '#core/clock.ts';
import { PASSWORD, SENSOR, startApi } from './api/api-under-test.ts';
import type { ApiUnderTest } from './api/api-under-test.ts';
import { httpFlood, limitOnShop, portScan } from './api/records.ts';

const { test } = await needs('dashboard', 'chromium');
const CHROMIUM = findProgram('chromium', 'chromium-browser', 'google-chrome') ?? '';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const QUIET_FLAGS = ['--disable-component-update', '--disable-sync'];

let webRoot: string;
let browser: Browser;
let api: ApiUnderTest;
let address: string;
let page: Page;
let complaints: string[];
let reverted: string[];

beforeAll(async () => {
  webRoot = mkdtempSync(join(tmpdir(), 'kubesecure-page-'));
  await build({ root: 'web', logLevel: 'error', build: { outDir: webRoot, emptyOutDir: true } });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...QUIET_FLAGS] });
});
afterAll(async () => {
  await browser.close();
  rmSync(webRoot, { recursive: true });
});

beforeEach(async () => {
  complaints = [];
  reverted = [];
  const startedMs = Date.now();
  api = await startApi({
    clock: systemClock,
    webRoot,
    sensor: () => ({ ...SENSOR, packets: SENSOR.packets + (Date.now() - startedMs) * 10 }),
    mode: { responseMode: 'enforce', source: SENSOR.source },
    limits: limitsInStore(),
  });
  address = await listen(api.app, { host: '127.0.0.1', port: 0 });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
});
afterEach(async () => {
  await page.close();
  await api.close();
});

/** Keeps its decisions in the store the API reads, as `response` does. */
function limitsInStore(): LimitOperations {
  return {
    apply: () => Promise.reject(new Error('the page does not apply limits')),
    check: () => Promise.reject(new Error('the page does not check limits')),
    async revert({ ref, actor }) {
      reverted.push(`${ref.namespace}/${ref.name} by ${actor}`);
      const [applied] = await api.store.listDecisions({ states: ['applied'], limit: 1 });
      if (!applied) return { decision: null, notes: [] };
      const decision = { ...applied, state: 'reverted' as const, changedAt: new Date().toISOString() };
      await api.store.saveDecision(decision, [], []);
      return { decision, notes: [] };
    },
  };
}

async function logIn(password = PASSWORD): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

test('an alert appears by itself, with who, what and why in words', async () => {
  await logIn();
  await page.getByText('No alerts: nothing unusual so far.').waitFor();
  await api.store.saveAlert(portScan(Date.now()), []);

  const card = page.getByTestId('alert');
  await card.waitFor({ timeout: 4000 });
  const text = (await card.innerText()).replaceAll(/\s+/g, ' ');
  for (const words of [
    'Port scan',
    '10.77.2.9',
    '10.77.0.10:22',
    'and 3 more',
    '0.91',
    'over 0.62',
    '0.002',
    'T1046',
  ]) {
    expect(text).toContain(words);
  }
  expect(text).toContain('Distinct peer ports over 10 s 214 1.4 150 × usual');
  expect(await page.getByTestId('announcer').innerText()).toBe('New alert: Port scan by 10.77.2.9 against 10.77.0.10');
  expect(await page.title()).toBe('(1) KubeSecure');

  await api.store.saveAlert(httpFlood(Date.now() + 1000), []);
  await page.getByTestId('alert').nth(1).waitFor();
  expect(await page.getByTestId('alert').first().innerText()).toContain('HTTP flood');
  expect(complaints).toEqual([]);
});

test('packets per second are measured, not invented', async () => {
  await logIn();
  const tile = page.locator('.tile', { hasText: 'Packets' }).first();
  await expect.poll(() => tile.innerText(), { timeout: 8000 }).toMatch(/(9\.\d+k|10k|10\.\d+k)\/s/);
});

test('a decision counts down, and a click and a confirmation revert it', async () => {
  await api.store.saveDecision(limitOnShop(Date.now()), [], []);
  await logIn();
  const countdown = page.getByTestId('countdown');
  await countdown.waitFor();
  const first = await countdown.innerText();
  expect(first).toMatch(/^(10:00|9:5\d)$/);
  await expect.poll(() => countdown.innerText()).not.toBe(first);

  await page.getByRole('button', { name: 'Revert' }).click();
  const dialog = page.getByRole('dialog', { name: 'Lift the limit on shop/web?' });
  expect(await dialog.getByRole('row', { name: 'limit-rps' }).innerText()).toMatch(/limit-rps\s+10\s+50/);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(reverted).toEqual([]);

  await page.getByRole('button', { name: 'Revert' }).click();
  await page.getByRole('button', { name: 'Lift it now' }).click();
  await page.getByText('Nothing is limited now.').waitFor();
  expect(reverted).toEqual(['shop/web by admin']);
  await page.getByText('Earlier').click();
  await page.getByText('Reverted').waitFor();
  expect(complaints).toEqual([]);
});

test('a dry run has its badge and cannot be reverted', async () => {
  await api.store.saveDecision(limitOnShop(Date.now(), { state: 'simulated', dryRun: true, target: null }), [], []);
  await logIn();
  const card = page.getByTestId('decision');
  await card.getByText('Dry run').waitFor();
  expect(await card.getByRole('button').count()).toBe(0);
});

test('a wrong password is said, and the next try can follow at once', async () => {
  await logIn('not the password');
  await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Decisions' }).waitFor();
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
});

test('a reload keeps the session, and its end leads back to the login with the reason', async () => {
  await logIn();
  await page.getByRole('heading', { name: 'Decisions' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Decisions' }).waitFor();

  const admin = await api.store.getUser('admin');
  if (!admin) throw new Error('the administrator is missing');
  const audit = { at: admin.createdAt, actor: 'test', action: 'x', subject: 'x', decisionId: null, detail: '' };
  await api.store.saveUser({ ...admin, passwordHash: `${admin.passwordHash}x` }, audit);
  await page.getByText('Your session has ended. Log in again to go on.').waitFor();
});

test('a server that stopped is said, with what to do, and what is known stays on the page', async () => {
  await api.store.saveAlert(portScan(Date.now()), []);
  await logIn();
  await page.getByTestId('alert').waitFor();
  await page.route('**/*', (route) => route.abort());
  await page.getByRole('alert').getByText('The server does not answer.').waitFor();
  expect(await page.getByTestId('alert').count()).toBe(1);

  await page.unroute('**/*');
  await page.getByRole('alert').waitFor({ state: 'hidden' });
});

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)('in %s at %d pixels nothing is cut off and every text has enough contrast', async (colorScheme, width) => {
  await api.store.saveAlert(httpFlood(Date.now()), []);
  await api.store.saveDecision(limitOnShop(Date.now()), [], []);
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 844 });
  await logIn();
  await page.getByTestId('decision').waitFor();
  await page.getByTestId('alert').waitFor();

  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(await page.evaluate(weakContrasts)).toEqual([]);
});

/** Runs in the page: texts whose contrast to what is behind them is below WCAG's 4.5 to 1. */
function weakContrasts(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!canvas) return ['no canvas'];

  const paint = (layers: string[]) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of layers) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (channels: number[]) => {
    const [r, g, b] = channels.map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backgroundsOf = (element: Element | null): string[] =>
    element ? [...backgroundsOf(element.parentElement), getComputedStyle(element).backgroundColor] : [];

  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
  );
  return texts.flatMap((element) => {
    if (!element.checkVisibility() || element.closest('.hidden, svg, noscript')) return [];
    const behind = backgroundsOf(element);
    const [back, front] = [luminance(paint(behind)), luminance(paint([...behind, getComputedStyle(element).color]))];
    const ratio = (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
    return ratio < 4.5 ? [`${ratio.toFixed(2)} ${element.textContent?.trim()}`] : [];
  });
}
