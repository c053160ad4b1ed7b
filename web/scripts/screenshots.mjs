// Pictures of every page against the mock, to look at: npm run build && npm run screenshots -- OUT [ROOT] [only]
// Desk and phone, light and dark. Chromium is /usr/bin/chromium or what CHROMIUM names.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startMock } from '../mock/server.mjs';

const [out = 'screenshots', root = '../src/Oddity.Server/wwwroot', only = ''] = process.argv.slice(2);
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const sizes = { desk: { width: 1360, height: 860 }, phone: { width: 360, height: 760 } };

mkdirSync(out, { recursive: true });
const busy = await startMock({ root });
const quiet = await startMock({ root, quiet: true });
const young = await startMock({ root, quiet: true, startedAgo: 40_000 });
const empty = await startMock({ root, empty: true });
const locked = await startMock({ root, auth: true });
const unset = await startMock({ root, auth: 'setup' });
const first = busy.world.anomalies[0];
const key = encodeURIComponent(first.series);

const pages = [
  ['overview', busy, '/'],
  ['overview-quiet', quiet, '/'],
  ['overview-young', young, '/'],
  ['overview-empty', empty, '/'],
  ['anomalies', busy, '/anomalies'],
  ['anomalies-table', busy, '/anomalies?view=table'],
  ['anomalies-none', busy, '/anomalies?series=nowhere'],
  ['anomaly', busy, `/anomalies/${first.id}`],
  ['series', busy, `/series?key=${key}`],
  ['series-list', busy, '/series'],
  ['upload', busy, '/upload', sendFiles],
  ['sign-in', locked, '/sign-in?next=%2Fseries&ended=1'],
  ['tokens', locked, '/tokens', signInAndMakeToken],
  ['setup', unset, '/setup#token=opensesame'],
  ['help', busy, '/help'],
  ['not-found', busy, '/nowhere'],
];

async function sendFiles(page) {
  await page.setInputFiles('input[type=file]', [
    { name: 'monday.csv', mimeType: 'text/csv', buffer: Buffer.from('metric,value,timestamp\ncpu,1,1\ncpu,2,2\n') },
    { name: 'tuesday.csv', mimeType: 'text/csv', buffer: Buffer.from('metric,value,timestamp\ncpu,1,1\ncpu,NaN,2\ncpu,abc,3\n') },
    { name: 'holiday-pictures.txt', mimeType: 'text/plain', buffer: Buffer.from('nothing\nof use\n') },
  ]);
  await page.waitForTimeout(600);
}

async function signInAndMakeToken(page) {
  if (page.url().includes('sign-in')) {
    await page.getByLabel('Name').fill('mira');
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await page.getByLabel('Name').fill('telegraf');
  await page.getByRole('button', { name: 'Make token' }).click();
  await page.waitForTimeout(400);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1 });
    for (const [name, mock, path, then] of pages) {
      if (only && !`${name}-${size}-${colorScheme}`.includes(only)) continue;
      const page = await context.newPage();
      page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`${name}: ${message.text()}`));
      page.on('pageerror', (error) => console.log(`${name}: ${error}`));
      await page.goto(mock.url + path);
      await page.waitForTimeout(900);
      await then?.(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) console.log(`${name}-${size}: ${wide} px too wide`);
      await page.screenshot({ path: join(out, `${name}-${size}-${colorScheme}.png`), fullPage: true });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
await Promise.all([busy, quiet, young, empty, locked, unset].map((mock) => mock.stop()));
