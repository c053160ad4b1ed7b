// A visitor of the dashboard, for AcceptanceTests: node acceptance-page.mjs URL CHROMIUM PATTERN FOLDER TIMEOUT_MS
// Opens the overview and says "open". After a line on standard input it waits, without reloading, until another anomaly of a series that
// fits PATTERN is told, says "seen ID", opens that anomaly and says "explained TEXT". Pictures go to FOLDER: overview.png, anomaly.png, and missing.png
// if the time ran out.
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [url, executablePath, pattern, folder, timeout] = process.argv.slice(2);
const { chromium } = createRequire(new URL('../../web/package.json', import.meta.url))('playwright-core');
const patience = { timeout: Number(timeout) };

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const page = await browser.newPage({ viewport: { width: 1360, height: 700 }, colorScheme: 'light' });
const picture = (name) => page.screenshot({ path: join(folder, `${name}.png`) });
try {
  await page.goto(url);
  await page.getByRole('heading').first().waitFor(patience);
  console.log('open');

  await once(process.stdin, 'data');
  const ids = (known) =>
    page.evaluate(
      ([pattern, known]) =>
        [...document.querySelectorAll('main a[href*="/anomalies/"]')]
          .filter((link) => new RegExp(pattern).test(link.textContent))
          .map((link) => link.href.split('/').pop())
          .filter((id) => !known.includes(id)),
      [pattern, known],
    );
  const before = await ids([]);
  const until = Date.now() + patience.timeout;
  let id;
  while (!(id = (await ids(before))[0])) {
    if (Date.now() > until) throw new Error('nothing new was told to be odd');
    await page.waitForTimeout(100);
  }
  await page.waitForTimeout(5_000); // What else is odd by then belongs into the picture.
  await picture('overview');
  console.log(`seen ${id}`);

  await page.goto(`${url}anomalies/${id}`);
  const explanation = page.getByText(/called it odd/).first();
  await explanation.waitFor(patience);
  console.log(`explained ${(await explanation.textContent()).replaceAll('\n', ' ')}`);
  await picture('anomaly');
} catch (error) {
  await picture('missing');
  throw error;
} finally {
  process.stdin.destroy();
  await browser.close();
}
