// Drives the page of a run in Chromium, offline: opens it, moves a wave by the keyboard, holds what
// it shows against a run of the program with the command that the page gives, and runs axe.
//   CHROMIUM=/usr/bin/chromium AFTERWAVE=target/debug/afterwave node page.test.mjs
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const program = process.env.AFTERWAVE, pictures = process.env.PICTURES;
const folder = mkdtempSync(join(tmpdir(), 'afterwave-page-'));
const run = (...words) => execFileSync(program, ['run', ...words, '--charts', 'none'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });

async function open(options = {}, hash = '') {
  const context = await browser.newContext({ offline: true, viewport: { width: 1366, height: 900 }, ...options });
  const page = await context.newPage(), problems = [], asked = [];
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) problems.push(message.text()); });
  page.on('pageerror', error => problems.push(String(error)));
  page.on('request', request => asked.push(request.url()));
  await page.goto(`file://${join(folder, 'out', 'report.html')}${hash}`);
  if (options.javaScriptEnabled !== false) await page.waitForFunction('window.afterwave && window.afterwave.ready', null, { timeout: 120000 });
  return { page, problems, asked };
}
async function picture(page, name, fullPage = false) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
}
async function accessible(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`);
  const violations = found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target + ' ' + n.failureSummary).join('; ')}`);
  assert.deepEqual(violations, [], name);
  console.log(`${name}: ${found.passes.length} rules of axe pass, none is violated`);
}
// The table of referrals above usual, as texts.
const moved = page => page.evaluate(`[...document.querySelectorAll('.of:not([hidden]) tr[data-family]')].map(row =>
  [row.cells[0].textContent, row.querySelector('[data-key=extra] .to')?.textContent ?? ''])`);

try {
  run('--out', 'out');
  const size = readFileSync(join(folder, 'out', 'report.html')).length;
  assert.ok(size < 1.5e6, `${size} bytes`);
  const { page, problems, asked } = await open();
  assert.deepEqual(problems, []);
  assert.equal(asked.length, 1, 'nothing is asked of a network');
  await picture(page, 'light');
  await picture(page, 'light-whole', true);
  await accessible(page, 'light');

  // By the keyboard alone: the second scenario, its second wave.
  await page.focus('#scenario0');
  await page.keyboard.press('ArrowRight');
  await page.focus('#height1');
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
  await page.waitForFunction(`document.querySelector('.of:not([hidden]) .to')`);
  await page.waitForTimeout(300);
  console.log('a move takes', Math.round(await page.evaluate('afterwave.milliseconds')), 'ms');
  await picture(page, 'moved');
  const said = await page.textContent('#said');
  assert.match(said, /With the waves moved/);
  await accessible(page, 'moved');

  // The same by the command that the page gives.
  await page.click('#copy-set');
  const command = await page.inputValue('#text');
  assert.match(command, /^afterwave run two-waves --set wave\.2\.height=/);
  console.log(command);
  run(...command.split(' ').slice(2), '--report', 'none', '--out', 'again');
  const rows = readFileSync(join(folder, 'again', 'families.csv'), 'utf8').trim().split('\n').map(line => line.split(','));
  const column = name => rows[0].indexOf(name);
  const shown = await page.evaluate('afterwave.moved.map(own => own && [own.family.id, own.months.map(q => q[2])])');
  let compared = 0;
  for (const own of shown.filter(Boolean)) {
    const medians = rows.filter(row => row[column('family')] === own[0] && row[column('measure')] === 'referrals').map(row => +row[column('q50')]);
    assert.equal(medians.length, own[1].length);
    medians.forEach((median, t) => { assert.ok(Math.abs(own[1][t] / median - 1) < 2e-4, `${own[0]} ${t}: ${own[1][t]} and ${median}`); compared++; });
  }
  console.log(`${compared} monthly medians are those of the program`);
  // And the waits of its lists.
  const waits = readFileSync(join(folder, 'again', 'waits.csv'), 'utf8').trim().split('\n').map(line => line.split(','));
  const at = name => waits[0].indexOf(name);
  const lists = await page.evaluate('[...afterwave.moved.lists].map(([service, own]) => [service, own.waits.map(q => q[1])])');
  assert.ok(lists.length >= 2, `${lists.length} lists move`);
  for (const [service, medians] of lists) {
    const own = waits.filter(row => row[at('service')] === service && row[at('measure')] === 'wait_median').map(row => +row[at('q50')]);
    assert.equal(own.length, medians.length);
    own.forEach((median, t) => assert.ok(Math.abs(medians[t] / median - 1) < 2e-3, `${service} waits ${medians[t]} and ${median} in month ${t}`));
  }
  assert.match(await page.textContent('.of:not([hidden]) tr[data-service] [data-key=longest] .to'), /weeks/);
  console.log(`the waits of ${lists.length} lists are those of the program`);

  // And by the scenario file, with a wave later and one added.
  await page.focus('#days1');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await page.click('#add');
  await page.waitForTimeout(500);
  await page.click('#copy-file');
  writeFileSync(join(folder, 'moved.toml'), await page.inputValue('#text'));
  run('moved.toml', '--draws', '200', '--report', 'none', '--out', 'file');
  const again = readFileSync(join(folder, 'file', 'families.csv'), 'utf8').trim().split('\n').map(line => line.split(','));
  const after = await page.evaluate('afterwave.moved.map(own => own && [own.family.id, own.months.map(q => q[4])])');
  for (const own of after.filter(Boolean)) {
    const high = again.filter(row => row[column('family')] === own[0] && row[column('measure')] === 'referrals').map(row => +row[column('q95')]);
    high.forEach((value, t) => assert.ok(Math.abs(own[1][t] / value - 1) < 2e-4, `${own[0]} ${t}: ${own[1][t]} and ${value}`));
  }
  console.log('the scenario file gives the same');

  // A link to a position.
  const hash = await page.evaluate('location.hash'), before = await moved(page);
  const linked = await open({}, hash);
  assert.deepEqual(await moved(linked.page), before);

  const dark = await open({ colorScheme: 'dark' }, hash);
  await picture(dark.page, 'dark', true);
  await accessible(dark.page, 'dark');
  const narrow = await open({ viewport: { width: 320, height: 700 } }, hash);
  assert.equal(await narrow.page.evaluate('document.documentElement.scrollWidth'), 320, 'nothing is wider than 320 px');
  await picture(narrow.page, 'narrow', true);
  await accessible(narrow.page, 'narrow');
  const plain = await open({ javaScriptEnabled: false });
  assert.ok((await plain.page.innerText('main')).includes('Scripts are off'));
  await picture(plain.page, 'plain', true);
  // Printed, the answers are one A4 page: what is before the details fits between its margins.
  const [wide, high] = [186, 277].map(mm => Math.round(mm * 96 / 25.4));
  await plain.page.close();
  const printed = await open({ viewport: { width: wide, height: high } });
  await printed.page.emulateMedia({ media: 'print' });
  const top = await printed.page.evaluate(`document.querySelector('.of:not([hidden]) section.details').getBoundingClientRect().top + scrollY`);
  assert.ok(top > 0.5 * high && top <= high, `the answers take ${top} of ${high} px`);
  if (pictures) await page.pdf({ path: join(pictures, 'print.pdf'), preferCSSPageSize: true });
  console.log('the page holds');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
