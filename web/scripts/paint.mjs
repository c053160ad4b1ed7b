// First paint of a running server's dashboard in headless Chromium, a fresh browser profile each time, and what the page loads.
// usage: node scripts/paint.mjs URL [TIMES]
import { chromium } from 'playwright-core';

const [url, times = '15'] = process.argv.slice(2);
if (!url) {
  console.error('usage: node scripts/paint.mjs URL [TIMES]');
  process.exit(64);
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const paints = [];
let scripts = 0;
for (let i = 0; i < Number(times); i++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  const seen = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    scripts: performance
      .getEntriesByType('resource')
      .filter((entry) => entry.name.endsWith('.js'))
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0),
  }));
  paints.push(seen.paint);
  scripts = seen.scripts;
  await context.close();
}
await browser.close();
paints.sort((a, b) => a - b);
const median = paints[Math.floor(paints.length / 2)];
console.log(
  `first contentful paint: median ${median.toFixed(0)} ms, best ${paints[0].toFixed(0)}, worst ${paints.at(-1).toFixed(0)} (${paints.length} loads); JavaScript ${(scripts / 1024).toFixed(0)} KiB compressed`,
);
