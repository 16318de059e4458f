// SPDX-License-Identifier: Apache-2.0
// node draw.mjs BUNDLE_DIRECTORY < jobs.json: draws pictures and prints one line of JSON each.
// A job: {dashboard, png, prometheus, now, theme, width, height, variables}; height: so many pixels of the top only.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';

const here = path.dirname(fileURLToPath(import.meta.url));
const bundle = process.argv[2];
const jobs = JSON.parse(fs.readFileSync(0, 'utf8'));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
let dashboard;

function fileOf(url) {
  if (url === '/') return path.join(here, 'page.html');
  if (url === '/dashboard.json') return dashboard;
  const asset = /^\/public\/(?:build\/)?(.*)$/.exec(url);
  return asset ? path.join(here, 'node_modules/@grafana/ui/dist/public', asset[1]) : path.join(bundle, url);
}

const server = http.createServer((request, answer) => {
  const file = fileOf(decodeURIComponent(request.url.split('?')[0]));
  fs.readFile(file, (error, content) => {
    answer.writeHead(error ? 404 : 200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
    answer.end(error ? '' : content);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-proxy-server', '--font-render-hinting=none', '--force-color-profile=srgb'],
});

async function draw(job) {
  dashboard = job.dashboard;
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  // "5 minutes ago" counts from the moment that the picture shows.
  await page.evaluateOnNewDocument((offset) => {
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...values) { super(...(values.length ? values : [RealDate.now() + offset])); }
      static now() { return RealDate.now() + offset; }
    };
  }, job.now * 1000 - Date.now());
  await page.setViewport({ width: job.width + 32, height: 900 });
  const query = new URLSearchParams({
    prometheus: job.prometheus, now: job.now, theme: job.theme, width: job.width, variables: JSON.stringify(job.variables),
  });
  await page.goto(`http://127.0.0.1:${server.address().port}/?${query}`);
  const report = await (await page.waitForFunction('window.report', { timeout: 120000 })).jsonValue();
  await page.setViewport({ width: job.width + 32, height: report.height });
  // Plots and icons come after the first frame.
  await page.waitForFunction(
    (plots) => document.querySelectorAll('.uplot canvas').length >= plots, { timeout: 30000 },
    report.panels.filter((panel) => panel.type === 'timeseries' && panel.series > 0).length,
  );
  await page.waitForNetworkIdle({ idleTime: 300 });
  await page.evaluate(() => document.fonts.ready);
  const height = Math.min(job.height ?? Infinity, report.height);
  if (job.png) await page.screenshot({ path: job.png, clip: { x: 0, y: 0, width: job.width + 32, height } });
  await page.close();
  return { ...report, errors: [...report.errors, ...problems] };
}

let failed = false;
for (const job of jobs) {
  const report = await draw(job);
  failed ||= report.errors.length > 0 || report.panels.some((panel) => panel.errors.length > 0);
  console.log(JSON.stringify({ ...job, ...report }));
}
await browser.close();
server.close();
process.exit(failed ? 1 : 0);
