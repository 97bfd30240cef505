// The page: which scenario is shown, its months drawn, its waves moved. All arithmetic of the model
// is in the engine; here are controls, words and one chart.
(async () => {
'use strict';
const $ = id => document.getElementById(id);
const data = JSON.parse($('data').textContent), A = Afterwave;
document.documentElement.classList.add('scripts');
const node = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

// ---- Words and numbers ------------------------------------------------------------------------
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const monthName = (scenario, t) => { const m = A.positionOf(scenario.start + '-01') + t; return `${MONTHS[m % 12]} ${Math.floor(m / 12)}`; };
const dayName = text => { const [year, month, day] = text.split('-').map(Number); return `${day} ${MONTHS[month - 1]} ${year}`; };
const minus = text => text.replaceAll('-', '\u2212');
const count = (x, figures = 2) => {
  if (data.nearest) {
    if (Math.abs(x) < 4.5) return 'under 5';
    x = Math.round(x / data.nearest) * data.nearest;
  }
  const unit = Math.max(1, 10 ** (Math.floor(Math.log10(Math.max(1, Math.abs(x)))) - figures + 1));
  return minus((Math.round(x / unit) * unit || 0).toLocaleString('en-GB'));
};
const percent = x => minus((x > 0 ? '+' : '') + (Math.abs(x) >= 0.0995 ? Math.round(100 * x) : (100 * x).toFixed(1)) + '%');
const ends = ([low, , high]) => minus(`${Math.round(100 * low) || 0} to ${Math.round(100 * high) || 0}%`);
const countEnds = ([low, , high]) => `${count(low)} to ${count(high)}`;
const financial = (scenario, t) => { const m = A.positionOf(scenario.start + '-01') + t; return Math.floor((m - 3) / 12); };

// ---- The scenario shown, and the state in the address -----------------------------------------
const shown = { scenario: 0, state: null };
const scenario = () => data.scenarios[shown.scenario];
const ofScenario = () => document.querySelectorAll(`.of[data-scenario="${shown.scenario}"]`);
const round = x => +x.toFixed(3), exact = x => +x.toPrecision(12);
function readAddress() {
  const keys = new URLSearchParams(location.hash.slice(1));
  const index = data.scenarios.findIndex(s => s.id === keys.get('scenario'));
  shown.scenario = Math.max(0, index);
  const state = A.still(scenario().position), given = (key, least, most, otherwise) => {
    const x = parseFloat(keys.get(key));
    return Number.isFinite(x) ? Math.min(most, Math.max(least, x)) : otherwise;
  };
  state.waves.forEach((wave, i) => {
    wave.height = given(`height${i + 1}`, 0, 100, 1);
    wave.days = Math.round(given(`days${i + 1}`, -3650, 3650, 0));
    wave.strict = given(`strict${i + 1}`, 0, 10, 1);
  });
  state.rule = given('rule', 0, 10, 1);
  for (const text of keys.getAll('wave').slice(0, 4)) {
    const [peak, height, answered] = text.split(',');
    if (/^\d{4}-\d\d-\d\d$/.test(peak) && !Number.isNaN(A.days(peak)) && +height >= 0) state.added.push({ peak, height: +height, answered: answered === 'free' });
  }
  shown.state = state;
}
function address() {
  const keys = new URLSearchParams(), { state } = shown;
  keys.set('scenario', scenario().id);
  state.waves.forEach((wave, i) => {
    if (wave.height !== 1) keys.set(`height${i + 1}`, exact(wave.height));
    if (wave.days !== 0) keys.set(`days${i + 1}`, wave.days);
    if (wave.strict !== 1) keys.set(`strict${i + 1}`, exact(wave.strict));
  });
  if (state.rule !== 1) keys.set('rule', exact(state.rule));
  state.added.forEach(wave => keys.append('wave', `${wave.peak},${wave.height}${wave.answered ? ',free' : ''}`));
  return '#' + keys.toString();
}

// ---- The engine, once its numbers are unpacked ------------------------------------------------
async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
let engine = null;
async function start() {
  if (!data.engine || typeof DecompressionStream === 'undefined') return;
  const blobs = await Promise.all([...document.querySelectorAll('.blob')].map(blob => inflated(blob.textContent.trim())));
  engine = A.engine(data.engine, blobs);
}

// ---- What the moved waves come to -------------------------------------------------------------
// By family, over the draws of the page: added referrals by financial year and in all, by month.
function summary(position) {
  const { T, N } = engine, results = engine.project(position), s = scenario();
  const years = [...Array(T)].map((_, t) => financial(s, t));
  return Object.assign(data.families.map(family => {
    if (!family.lines.length) return null;
    const sum = (of) => {
      const all = new Float64Array(N * T);
      for (const i of family.lines) { const own = of(results[i]); for (let k = 0; k < all.length; k++) all[k] += own[k]; }
      return all;
    };
    const referrals = sum(r => r.referrals), usual = sum(r => r.underlying);
    const draws = of => A.quantiles(Array.from({ length: N }, (_, d) => of(d)), [0.05, 0.5, 0.95]);
    const total = (all, d, holds) => { let x = 0; for (let t = 0; t < T; t++) if (holds(t)) x += all[d * T + t]; return x; };
    const over = holds => ({
      extra: draws(d => total(referrals, d, holds) - total(usual, d, holds)),
      share: draws(d => total(referrals, d, holds) / total(usual, d, holds) - 1),
    });
    const months = [...Array(T)].map((_, t) => A.quantiles(Array.from({ length: N }, (_, d) => referrals[d * T + t]), [0.05, 0.25, 0.5, 0.75, 0.95]));
    const added = [...Array(T)].map((_, t) => draws(d => referrals[d * T + t] - usual[d * T + t])[1]);
    const peak = added.indexOf(Math.max(...added));
    const byYear = new Map();
    for (const year of new Set(years)) {
      if (years.filter(y => y === year).length === 12) byYear.set(year, over(t => years[t] === year));
    }
    return { family, months, byYear, all: over(() => true), peak, uplift: draws(d => referrals[d * T + peak] / usual[d * T + peak] - 1) };
  }), { lists: lists(results) });
}
// By list: the months, the longest wait, the end, and the standard by whole year.
function lists(results) {
  const { T, N, meta } = engine, s = scenario(), q = of => A.quantiles(Array.from({ length: N }, (_, d) => of(d)), [0.05, 0.25, 0.5, 0.75, 0.95]);
  const three = of => { const [low, , middle, , high] = q(of); return [low, middle, high]; };
  const first = A.positionOf(s.start + '-01'), monthOf = text => A.positionOf(text + '-01') - first;
  return new Map(meta.lines.map((line, i) => [line.service, line.list && results[i].wait && { line, own: results[i] }]).filter(([, found]) => found).map(([service, { line: { list }, own }]) => {
    const holds = t => (!list.from || t >= monthOf(list.from)) && (!list.to || t <= monthOf(list.to));
    const waits = [...Array(T)].map((_, t) => three(d => own.wait[d * T + t]));
    const longest = waits.reduce((best, wait, t) => wait[1] > waits[best][1] ? t : best, 0);
    const told = { waits, longest, end: three(d => own.list[d * T + T - 1]), worst: null, within: [] };
    if (!list.within) return [service, told];
    const share = (d, t) => A.shareWithin(list.within, list.weeks, own.wait[d * T + t]);
    told.within = [...Array(T)].map((_, t) => holds(t) ? q(d => share(d, t)) : null);
    const years = [...Array(T)].map((_, t) => financial(s, t));
    for (const year of new Set(years)) {
      const all = [...Array(T).keys()].filter(t => years[t] === year), months = all.filter(holds);
      if (all.length !== 12 || !months.length || list.share == null) continue;
      const ofDraw = d => {
        let started = 0, soon = 0;
        for (const t of months) { const n = own.starts[d * T + t]; started += n; soon += n * share(d, t); }
        return started > 0 ? soon / started : NaN;
      };
      const shares = Array.from({ length: N }, (_, d) => ofDraw(d)).filter(x => !Number.isNaN(x));
      if (!shares.length) continue;
      const missed = shares.filter(x => x < list.share).length / shares.length;
      if (!told.worst || missed > told.worst.missed) told.worst = { year, missed, within: A.quantiles(shares, [0.05, 0.5, 0.95]) };
    }
    return [service, told];
  }));
}
const yearName = year => `${year}-${String((year + 1) % 100).padStart(2, '0')}`;

// Puts what the moved waves come to under what the run had.
function put(cell, text, range) {
  cell.querySelector('.to')?.remove();
  if (text) cell.append(node('span', { class: 'to' }, node('span', { class: 'unseen' }, 'With the waves moved: '), '\u2192 ' + text, ...(range ? [' ', node('small', {}, range)] : [])));
}
function tell(moved) {
  for (const block of ofScenario()) {
    block.querySelectorAll('[data-key]').forEach(cell => put(cell, ''));
    if (!moved) continue;
    block.querySelectorAll('tr[data-family]').forEach(row => {
      const own = moved[+row.dataset.family];
      if (!own) return;
      row.querySelectorAll('[data-key]').forEach(cell => {
        const key = cell.dataset.key, year = own.byYear.get(+key.slice(2));
        if (key === 'extra') put(cell, count(own.all.extra[1]), countEnds(own.all.extra));
        else if (key === 'peak') put(cell, monthName(scenario(), own.peak), percent(own.uplift[1]));
        else if (year) put(cell, percent(year.share[1]), ends(year.share));
      });
    });
    const weeks = x => x >= 9.95 ? x.toFixed(0) : x.toFixed(1), whole = ([low, , high]) => `${Math.round(100 * low)} to ${Math.round(100 * high)}%`;
    const longest = own => `${weeks(own.waits[own.longest][1])} weeks`, when = own => monthName(scenario(), own.longest);
    block.querySelectorAll('tr[data-service]').forEach(row => {
      const own = moved.lists.get(row.dataset.service);
      if (!own) return;
      const [low, , high] = own.waits[own.longest], set = (key, ...texts) => { const cell = row.querySelector(`[data-key=${key}]`); if (cell) put(cell, ...texts); };
      set('longest', longest(own), `${weeks(low)} to ${weeks(high)}, ${when(own)}`);
      set('end', count(own.end[1]), countEnds(own.end));
      if (!own.worst) return;
      set('missed', `${Math.round(100 * own.worst.missed)} of 100 draws`, yearName(own.worst.year));
      set('within', `${Math.round(100 * own.worst.within[1])}%`, whole(own.worst.within));
    });
    const told = block.querySelector('dd[data-key="wait"]'), list = told && moved.lists.get(told.dataset.service);
    if (list) put(told, list.worst ? `missed in ${Math.round(100 * list.worst.missed)} of 100 draws in ${yearName(list.worst.year)}` : longest(list), `median wait longest in ${when(list)}: ${longest(list)}`);
    const best = moved.filter(own => own && own.family.headline).map(own => {
      const [year, total] = [...own.byYear].reduce((a, b) => b[1].share[1] > a[1].share[1] ? b : a);
      return { own, year, total };
    }).sort((a, b) => b.total.share[1] - a.total.share[1]);
    if (!best.length) continue;
    const { own, year, total } = best[0], label = own.family.label, name = yearName(year);
    const texts = {
      much: `${count(total.extra[1])} referrals, ${label} in ${name} (${countEnds(total.extra)})`,
      when: `${name}, highest in ${monthName(scenario(), own.peak)}`,
      which: `${label} ${percent(total.share[1])}; ${best.slice(1).map(b => `${b.own.family.label} ${percent(b.total.share[1])}`).join(', ')}`,
      sure: `9 in 10 draws: ${ends(total.share)}`,
    };
    for (const [key, text] of Object.entries(texts)) block.querySelectorAll(`dd[data-key="${key}"]`).forEach(cell => put(cell, text));
  }
}

// ---- Charts of months -------------------------------------------------------------------------
const SVG = 'http://www.w3.org/2000/svg';
const ofBlock = selector => { for (const block of ofScenario()) { const found = block.querySelector(selector); if (found) return found; } return null; };
const BANDS = [[0, 4, 'var(--band90)'], [1, 3, 'var(--band50)']];
// `fan` is a row of five quantiles a month, or none; lines have a value a month, or none; a rule is a
// height; dots are [month, value].
function plot(figure, { title, note, most, format, fan, lines, rule, dots = [] }) {
  const s = scenario(), T = fan.length, [W, H, left, right, top, bottom] = [760, 340, 74, 128, 10, 30];
  const x = t => left + (W - left - right) * t / Math.max(1, T - 1), y = v => top + (H - top - bottom) * (1 - v / most);
  const known = of => [...Array(T).keys()].filter(t => of(t) != null);
  const line = of => known(of).map((t, i, all) => `${i && all[i - 1] === t - 1 ? 'L' : 'M'}${x(t).toFixed(1)},${y(of(t)).toFixed(1)}`).join('');
  const area = (low, high) => { const all = known(t => fan[t]); return 'M' + [...all.map(t => [t, high]), ...all.reverse().map(t => [t, low])].map(([t, q]) => `${x(t).toFixed(1)},${y(fan[t][q]).toFixed(1)}`).join('L') + 'Z'; };
  const svg = document.createElementNS(SVG, 'svg');
  const add = (name, attributes, text) => { const e = document.createElementNS(SVG, name); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); if (text) e.textContent = text; svg.append(e); };
  const unit = 10 ** Math.floor(Math.log10(most / 4)), step = [1, 2, 2.5, 5, 10].map(k => k * unit).find(k => most / k <= 6);
  for (let v = 0; v <= most * 1.0001; v += step) {
    add('line', { x1: left, x2: W - right, y1: y(v), y2: y(v), stroke: v === 0 ? 'var(--rule)' : 'var(--grid)' });
    add('text', { x: left - 8, y: y(v) + 5, 'text-anchor': 'end' }, format(v));
  }
  const first = A.positionOf(s.start + '-01');
  for (let t = 0; t < T; t++) if ((first + t) % 12 === 0) {
    add('line', { x1: x(t), x2: x(t), y1: H - bottom, y2: H - bottom + 5, stroke: 'var(--rule)' });
    add('text', { x: x(t), y: H - 8, 'text-anchor': 'middle' }, String((first + t) / 12));
  }
  if (fan.some(Boolean)) for (const [low, high, fill] of BANDS) add('path', { d: area(low, high), fill });
  const labels = [];
  if (rule) {
    add('line', { x1: left, x2: W - right, y1: y(rule.at), y2: y(rule.at), stroke: 'var(--usual)', 'stroke-width': 2, 'stroke-dasharray': '6 4' });
    labels.push([y(rule.at), rule.label]);
  }
  for (const { of, label, stroke, width, dash } of lines) {
    add('path', { d: line(of), fill: 'none', stroke, 'stroke-width': width, ...(dash ? { 'stroke-dasharray': dash } : {}) });
    const all = known(of);
    if (label && all.length) labels.push([y(of(all[all.length - 1])), label]);
  }
  for (const [t, v] of dots) add('circle', { cx: x(t).toFixed(1), cy: y(v).toFixed(1), r: 4, fill: 'var(--page)', stroke: 'var(--ink)', 'stroke-width': 2 });
  labels.sort((a, b) => a[0] - b[0]);
  labels.forEach((label, i) => { if (i) label[0] = Math.max(label[0], labels[i - 1][0] + 18); });
  const over = labels.length ? Math.max(0, labels[labels.length - 1][0] - (H - bottom)) : 0;
  for (const [at, text] of labels) add('text', { x: W - right + 8, y: at - over + 5 }, text);
  svg.setAttribute('viewBox', `0 0 ${W} ${H}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${title}. The table of this chart has the figures.`);
  figure.querySelector('figcaption').replaceChildren(title, node('small', {}, note));
  figure.querySelector('.fan').replaceChildren(svg);
}
const MEDIAN = { stroke: 'var(--line)', width: 3 }, MOVED = { stroke: 'var(--moved)', width: 3, dash: '10 3' }, EDGE = { stroke: 'var(--moved)', width: 1.5, dash: '2 3' };
const USUAL = { stroke: 'var(--usual)', width: 2, dash: '6 4' };
const movedLines = months => [...[0, 4].map(q => ({ of: t => months[t]?.[q], ...EDGE })), { of: t => months[t]?.[2], label: 'Waves moved', ...MOVED }];
function chart(moved) {
  const s = scenario(), pick = ofBlock('.pick'), place = pick ? +pick.value : 0, run = s.families[place], figure = ofBlock('.months figure');
  if (figure && run && run.referrals.length) {
    const family = data.families[place], own = moved && moved[place], T = run.usual.length;
    const most = 1.04 * Math.max(...run.usual, ...run.referrals.map(q => q[4]), ...(own ? own.months.map(q => q[4]) : [0]));
    const above = t => run.referrals[t][2] - run.usual[t], peak = [...Array(T).keys()].reduce((a, b) => above(b) > above(a) ? b : a, 0);
    const bare = x => percent(x).replace('+', ''), share = run.referrals[peak][2] / run.usual[peak] - 1;
    const as = `${family.label} is furthest above usual in `;
    const title = own ? `${as}${monthName(s, own.peak)} with the waves moved, by ${bare(own.uplift[1])}; in ${monthName(s, peak)} as run, by ${bare(share)}` : `${as}${monthName(s, peak)}, by ${bare(share)}`;
    const note = 'Referrals a month: median, half of the draws (dark) and nine in ten (light); usual is what would have come without the pandemic';
    const lines = [{ of: t => run.usual[t], label: 'Usual', ...USUAL }, { of: t => run.referrals[t][2], label: 'This scenario', ...MEDIAN }, ...(own ? movedLines(own.months) : [])];
    plot(figure, { title, note, most, format: v => v.toLocaleString('en-GB'), fan: run.referrals, lines });
    const range = q => `${count(q[0], 3)} to ${count(q[4], 3)}`;
    table('.months', `${family.label}: referrals by month`, ['Month', 'Usual', 'This scenario', '5th to 95th percentile', ...(own ? ['Waves moved', '5th to 95th percentile'] : [])],
      run.usual.map((usual, t) => [monthName(s, t), count(usual, 3), count(run.referrals[t][2], 3), range(run.referrals[t]), ...(own ? [count(own.months[t][2], 3), range(own.months[t])] : [])]));
  }
  const list = ofBlock('.list'), waits = list && s.waits[+list.value], drawing = ofBlock('.waits figure');
  if (!drawing || !waits) return;
  const own = moved && moved.lists.get(waits.service), within = own && own.within.length ? own.within : null;
  const whole = x => `${Math.round(100 * x)}%`, limit = `${waits.weeks} week${waits.weeks === 1 ? '' : 's'}`;
  const least = waits.within.reduce((best, q, t) => q && (best < 0 || q[2] < waits.within[best][2]) ? t : best, -1);
  if (least < 0) return;
  const title = `${waits.label}: fewest start within ${limit} in ${monthName(s, least)}, ${whole(waits.within[least][2])}`;
  const note = `Share of those who start within ${limit}: median, half of the draws (dark) and nine in ten (light)${waits.published.length ? '; circles are as published' : ''}`;
  const lines = [{ of: t => waits.within[t]?.[2], label: 'This scenario', ...MEDIAN }, ...(within ? movedLines(within) : [])];
  plot(drawing, { title, note, most: 1, format: whole, fan: waits.within, lines, rule: waits.share == null ? null : { at: waits.share, label: 'Standard' }, dots: waits.published });
  const range = q => `${Math.round(100 * q[0])} to ${whole(q[4])}`, seen = new Map(waits.published.map(([t, v]) => [Math.round(t), v]));
  table('.waits', `${waits.label}: started within ${limit}, by month`, ['Month', 'This scenario', '5th to 95th percentile', 'As published', ...(within ? ['Waves moved', '5th to 95th percentile'] : [])],
    waits.within.map((q, t) => q && [monthName(s, t), whole(q[2]), range(q), seen.has(t) ? whole(seen.get(t)) : 'none', ...(within ? [whole(within[t][2]), range(within[t])] : [])]).filter(Boolean));
}
function table(place, caption, head, rows) {
  const made = node('table', {}, node('caption', {}, caption),
    node('thead', {}, node('tr', {}, ...head.map(text => node('th', { scope: 'col' }, text)))),
    node('tbody', {}, ...rows.map(row => node('tr', {}, ...row.map((text, i) => i ? node('td', {}, text) : node('th', { scope: 'row' }, text))))));
  ofBlock(`${place} .table`).replaceChildren(node('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, made));
}

// ---- Controls ---------------------------------------------------------------------------------
// A slider with a button on either side; `show` puts its value into words.
function control(id, name, [least, most, step], value, show, set) {
  const input = node('input', { type: 'range', id, min: least, max: most, step });
  const output = node('output', { for: id });
  const say = () => { output.textContent = show(+input.value); input.setAttribute('aria-valuetext', output.textContent); };
  const changed = () => { set(+input.value); say(); queue(input); };
  const button = (sign, words, move) => {
    const made = node('button', { type: 'button', 'aria-label': `${words}: ${name}` }, sign);
    made.addEventListener('click', () => { move(); changed(); });
    return made;
  };
  input.value = value;
  input.addEventListener('input', changed);
  say();
  const box = node('div', { class: 'control' }, node('label', { for: id }, name), output,
    button('\u2212', 'Less', () => input.stepDown()), input, button('+', 'More', () => input.stepUp()));
  input.again = x => { input.value = x; say(); };
  return box;
}
const HIGHEST = 5, WEEK = 7;
// The highest a control may go, with all others as they are, before somebody would enter twice.
function highest(change) {
  // The fullest draws tell; all of them are asked when it moves.
  const draws = engine.tightest(position(), 12);
  const fits = x => { const state = structuredClone(shown.state); change(state, x); return engine.hasRoom(position(state), draws); };
  if (fits(HIGHEST)) return HIGHEST;
  let [low, high] = [0, 50 * HIGHEST - 1];
  while (low < high) { const middle = Math.ceil((low + high) / 2); if (fits(middle / 50)) low = middle; else high = middle - 1; }
  return Math.floor(low / 5) / 10;
}
const shift = by => by === 0 ? 'as it was' : `${Math.abs(by) / WEEK} week${Math.abs(by) === WEEK ? '' : 's'} ${by < 0 ? 'earlier' : 'later'}`;
function controls() {
  const s = scenario(), form = $('controls'), { state } = shown, { position: own } = s;
  const fixed = !engine || s.fixed || !own.waves.length;
  $('move').hidden = !data.engine && !s.fixed;
  form.replaceChildren();
  for (const id of ['add', 'reset', 'copy-file', 'copy-set', 'copy-link', 'text']) $(id).disabled = fixed;
  if (fixed) {
    form.append(node('p', {}, s.fixed || (engine ? 'This scenario has no waves to move.' : 'This browser is too old to move the waves here.')));
    return;
  }
  const end = A.later(own.start + '-01', 0), last = A.days(end) + Math.round(30.4 * own.months);
  own.waves.forEach((wave, i) => {
    const moved = state.waves[i], central = wave.height.central;
    const box = node('fieldset', {}, node('legend', {}, `Wave ${i + 1}: ${wave.label}`));
    const most = central > 0 ? highest((state, x) => { state.waves[i].height = x / central; }) : 0;
    if (central > 0) box.append(control(`height${i}`, `Height of wave ${i + 1}`, [0, Math.max(most, round(central * moved.height)), 0.05], round(central * moved.height),
      x => `${round(x)}${x === central ? ', as it was' : `, was ${round(central)}`}`, x => { moved.height = x === central ? 1 : x / central; }));
    const before = i ? A.days(A.later(own.waves[i - 1].peak, state.waves[i - 1].days)) : A.days(own.start + '-01');
    const next = i + 1 < own.waves.length ? A.days(A.later(own.waves[i + 1].peak, state.waves[i + 1].days)) : last;
    const at = A.days(wave.peak), weeks = x => Math.trunc(x / WEEK) * WEEK;
    box.append(control(`days${i}`, `Peak of wave ${i + 1}`, [Math.min(moved.days, Math.max(-364, weeks(before - at + WEEK))), Math.max(moved.days, Math.min(728, weeks(next - at - WEEK))), WEEK], moved.days,
      x => `${dayName(A.later(wave.peak, x))}, ${shift(x)}`, x => { moved.days = x; }));
    const strict = own.restrictions.filter(r => r.wave === i + 1).map(r => r.stringency.central);
    if (strict.length) box.append(control(`strict${i}`, `Restrictions of wave ${i + 1}`, [0, Math.max(moved.strict, 1.5), 0.05], moved.strict,
      x => x === 1 ? 'as they were' : `${Math.round(100 * x)}% as strict`, x => { moved.strict = x; }));
    form.append(box);
  });
  state.added.forEach((wave, i) => {
    const number = own.waves.length + i + 1;
    const box = node('fieldset', {}, node('legend', {}, `Wave ${number}: added`));
    box.append(control(`added${i}`, `Height of wave ${number}`, [0, Math.max(highest((state, x) => { state.added[i].height = x; }), wave.height), 0.05], wave.height, x => String(round(x)), x => { wave.height = round(x); }));
    const all = [...own.waves.map((w, k) => A.days(A.later(w.peak, state.waves[k].days))), ...state.added.map(w => A.days(w.peak))];
    const k = own.waves.length + i, least = all[k - 1] + WEEK, most = k + 1 < all.length ? all[k + 1] - WEEK : last;
    box.append(control(`peak${i}`, `Peak of wave ${number}`, [0, Math.max(0, Math.floor((most - least) / WEEK)), 1], Math.round((A.days(wave.peak) - least) / WEEK),
      x => dayName(A.date(least + WEEK * x)), x => { wave.peak = A.date(least + WEEK * x); }));
    const free = node('input', { type: 'checkbox', id: `free${i}` });
    free.checked = wave.answered;
    free.addEventListener('change', () => { wave.answered = free.checked; controls(); queue(); $(`free${i}`)?.focus(); });
    box.append(node('div', { class: 'check' }, free, node('label', { for: `free${i}` }, 'No restrictions follow it')));
    const out = node('button', { type: 'button' }, `Take out wave ${number}`);
    out.addEventListener('click', () => { state.added.splice(i, 1); controls(); queue(); $('add').focus(); });
    box.append(out);
    form.append(box);
  });
  const follow = !own.unrestricted && [...own.waves, ...state.added].some(wave => !wave.answered);
  if (follow) {
    const box = node('fieldset', {}, node('legend', {}, 'Restrictions that follow from waves'));
    box.append(control('rule', 'How strict they are', [0, Math.max(state.rule, 2), 0.05], state.rule,
      x => x === 1 ? 'as the model has it' : `${Math.round(100 * x)}% of what the model has`, x => { state.rule = x; }));
    form.append(box);
  }
  $('add').disabled = state.added.length >= 4;
}

// ---- One move ---------------------------------------------------------------------------------
let waiting = false, from = null;
function queue(input) {
  from = input || null;
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; update(); });
}
// The last state in which nobody would enter twice.
let allowed = null;
function update() {
  const s = scenario(), still = !engine || s.fixed || A.isStill(shown.state), began = performance.now();
  $('limit').textContent = '';
  if (!still && engine.fullest(position()) > 1 && allowed) {
    shown.state = structuredClone(allowed);
    $('limit').textContent = 'No further: beyond this the model would let people of one group fall ill twice, and the program cuts what this page does not.';
    const id = from && from.id;
    controls();
    if (id) $(id)?.focus();
    return update();
  }
  allowed = structuredClone(shown.state);
  const moved = still ? null : summary(position());
  tell(moved);
  chart(moved);
  const said = $('said');
  if (moved) {
    const list = moved.filter(own => own && own.family.headline).map(own => `${own.family.label} ${count(own.all.extra[1])} (${countEnds(own.all.extra)})`);
    said.textContent = `With the waves moved, referrals above usual over the whole time: ${list.join('; ')}. Of ${engine.N.toLocaleString('en-GB')} draws.`;
  } else said.textContent = '';
  if (engine && !s.fixed) $('text').value = file();
  history.replaceState(null, '', address());
  Object.assign(window.afterwave, { moved, milliseconds: performance.now() - began });
}
// Where the waves are, in the state shown or in another.
function position(state = shown.state) { return A.moved(scenario().position, state, data.engine.rules); }
function file() {
  const s = scenario();
  return A.scenarioFile(position(), A.isStill(shown.state) ? s.name : `${s.name}, moved`);
}
function command() {
  const s = scenario(), settings = A.settings(s.position, shown.state, data.engine.rules), draws = ` --draws ${engine.N} --seed ${data.seed}`;
  const rest = data.command.replace(/^afterwave run/, '').replace(/ --draws \d+/, '').replace(/ --seed \d+/, '');
  const options = rest.split(/ (?=--)/).filter(part => part.trim().startsWith('--')).map(part => ' ' + part.trim()).join('');
  return settings ? `afterwave run ${s.file}${settings.map(text => ` --set ${text}`).join('')}${options}${draws}`
    : `# a wave was added: save the scenario file as moved.toml\nafterwave run moved.toml${A.ruleOptions(position()).map(text => ` --set ${text}`).join('')}${options}${draws}`;
}
async function copy(text, words) {
  $('text').value = text;
  try { await navigator.clipboard.writeText(text); $('copied').textContent = `${words} copied.`; } catch {
    $('text').select();
    $('copied').textContent = `${words} stands below, selected.`;
  }
}
$('copy-file').addEventListener('click', () => copy(file(), 'The scenario file'));
$('copy-set').addEventListener('click', () => copy(command(), 'The command'));
$('copy-link').addEventListener('click', () => copy(location.href, 'The link'));
$('reset').addEventListener('click', () => { shown.state = A.still(scenario().position); controls(); queue(); });
$('add').addEventListener('click', () => {
  const { state } = shown, { position: own } = scenario(), all = position().waves;
  const end = A.days(own.start + '-01') + Math.round(30.4 * own.months) - 60;
  const after = A.days(all[all.length - 1].peak);
  state.added.push({ peak: A.date(after + Math.max(WEEK, Math.min(52 * WEEK, WEEK * Math.floor((end - after) / WEEK)))), height: 0.5, answered: false });
  controls();
  queue();
  $(`added${state.added.length - 1}`)?.focus();
});

// Of the new need of each family, how much follows which track: of the scenario as it was run.
const followed = new Map();
function follows() {
  const s = scenario(), place = $('follows');
  if (!engine || s.fixed) return place.replaceChildren();
  if (!followed.has(shown.scenario)) followed.set(shown.scenario, engine.follows(s.position, 40));
  const shares = followed.get(shown.scenario);
  const rows = data.families.filter(family => family.lines.length).map(family => {
    const sums = [0, 1, 2, 3].map(k => family.lines.reduce((sum, i) => sum + shares[i][k], 0)), all = sums.reduce((a, b) => a + b, 0);
    return [family.label, ...[sums[0] + sums[1], sums[2], sums[3]].map(x => all > 0 ? `${Math.round(100 * x / all)}%` : 'none')];
  });
  const head = ['Service', 'The virus and illness', 'Restrictions', 'The economy'];
  place.replaceChildren(node('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'What new need follows' }, node('table', {},
    node('caption', {}, 'What the new need of each service follows, as it was run'),
    node('thead', {}, node('tr', {}, ...head.map(text => node('th', { scope: 'col' }, text)))),
    node('tbody', {}, ...rows.map(row => node('tr', {}, ...row.map((text, i) => i ? node('td', {}, text) : node('th', { scope: 'row' }, text))))))));
}

// ---- Which scenario ---------------------------------------------------------------------------
function show() {
  document.querySelectorAll('.of').forEach(block => { block.hidden = +block.dataset.scenario !== shown.scenario; });
  document.querySelectorAll('.scripted').forEach(block => { block.hidden = false; });
  const radio = $(`scenario${shown.scenario}`);
  if (radio) radio.checked = true;
  allowed = null;
  // The months of the headline service that is most above usual.
  const sum = list => list.reduce((a, b) => a + b, 0), pick = ofBlock('.pick');
  const above = family => family && family.referrals.length ? sum(family.referrals.map(q => q[2])) / sum(family.usual) : 0;
  const best = data.families.map((family, i) => family.headline || i === 0 ? above(scenario().families[i]) : 0);
  if (pick) pick.value = best.indexOf(Math.max(...best));
  controls();
  update();
  follows();
}
window.afterwave = {};
data.families.forEach((family, i) => document.querySelectorAll('.pick').forEach(pick => pick.append(new Option(family.label, i))));
data.scenarios.forEach((s, k) => s.waits.forEach((list, i) => document.querySelectorAll(`.of[data-scenario="${k}"] .list`).forEach(pick => pick.append(new Option(list.label, i)))));
document.querySelectorAll('.pick, .list').forEach(pick => pick.addEventListener('change', () => chart(window.afterwave.moved)));
if (data.scenarios.length > 1) {
  data.scenarios.forEach((s, i) => {
    const radio = node('input', { type: 'radio', name: 'scenario', id: `scenario${i}` });
    radio.addEventListener('change', () => { shown.scenario = i; shown.state = A.still(s.position); show(); });
    $('scenarios').append(node('label', { for: `scenario${i}` }, radio, s.name));
  });
  $('scenarios').hidden = false;
}
await start();
readAddress();
show();
window.addEventListener('hashchange', () => { readAddress(); show(); });
window.afterwave.ready = true;
})();
