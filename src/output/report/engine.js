// The model from its kernels on, draw by draw, as the program has it: numbers, calendar, tracks,
// response, suppression and return, quantiles; and a position of the waves as a scenario file and as
// --set options. Nothing here knows of a page. src/model/ holds the same equations.
const Afterwave = (() => {
'use strict';

// ---- Numbers (src/draw.rs) --------------------------------------------------------------------
// low, central and high are the 5th, 50th and 95th percentile; a standard normal z moves a number
// linearly on each side of its central value, on its scale, within its bounds.
const Z95 = 1.6448536269514727;
const TO = { linear: x => x, log: Math.log, logit: x => Math.log(x / (1 - x)) };
const BACK = { linear: y => y, log: Math.exp, logit: y => 1 / (1 + Math.exp(-y)) };
const within = (f, x) => Math.min(f.most ?? Infinity, Math.max(f.least ?? -Infinity, x));
const isPoint = f => f.low === f.central && f.high === f.central;
function at(f, z) {
  if (isPoint(f)) return within(f, f.central);
  const to = TO[f.scale], centre = to(f.central), end = to(z < 0 ? f.low : f.high);
  return within(f, BACK[f.scale](centre + (end - centre) * (Math.abs(z) / Z95)));
}
const point = (value, like) => ({ ...like, low: value, central: value, high: value });
// A number with its whole range times a factor, within its bounds.
const times = (f, by) => by === 1 ? f
  : { ...f, moved: true, scale: 'linear', low: within(f, f.low * by), central: within(f, f.central * by), high: within(f, f.high * by) };

// ---- Calendar (src/month.rs) ------------------------------------------------------------------
// A position is the number of the month since the year 0 and the share of the month gone by.
const DAY = 86400000;
const days = date => Date.parse(date + 'T00:00:00Z') / DAY;
const date = count => new Date(count * DAY).toISOString().slice(0, 10);
function positionOf(text) {
  const [year, month, day] = text.split('-').map(Number);
  return 12 * year + month - 1 + (day - 1) / new Date(Date.UTC(year, month, 0)).getUTCDate();
}
const later = (text, by) => by === 0 ? text : date(days(text) + by);

// ---- Tracks (src/model/track.rs, pulse.rs) ----------------------------------------------------
function erf(x) {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {                       // the series
    let sum = a, term = a;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= -a * a / k;
      sum += term / (2 * k + 1);
    }
    return Math.sign(x) * 2 / Math.sqrt(Math.PI) * sum;
  }
  let fraction = 0;                    // the continued fraction
  for (let k = 60; k > 0; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}
// A wave of height 1 is 2^-((d/w)^2), d months from its peak, w its rise before and its fall after:
// its integral from the peak is w/2 sqrt(pi/ln 2) erf(d sqrt(ln 2)/w), its mean over month t:
function waveMean(peak, rise, fall, t) {
  const integral = x => {
    const d = x - peak, w = d < 0 ? rise : fall;
    return w / 2 * Math.sqrt(Math.PI / Math.LN2) * erf(d * Math.sqrt(Math.LN2) / w);
  };
  return integral(t + 1) - integral(t);
}
// A shock rises straight from its onset to its peak and halves in `half` months after.
function shockMean(onset, peak, half, t) {
  const rate = Math.LN2 / half, rise = Math.max(peak - onset, 0);
  const integral = x => x <= onset ? 0
    : x <= peak ? (x - onset) * (x - onset) / (2 * rise)
    : rise / 2 + (1 - Math.exp(-rate * (x - peak))) / rate;
  return integral(t + 1) - integral(t);
}
const shareOfMonth = (from, to, t) => Math.min(1, Math.max(0, Math.min(to, t + 1) - Math.max(from, t)));

// ---- Quantiles (Hyndman and Fan 1996, definition 7) -------------------------------------------
function quantile(sorted, p) {
  const at = p * (sorted.length - 1), low = Math.floor(at), high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
const quantiles = (values, ps) => {
  const sorted = Float64Array.from(values).sort();
  return ps.map(p => quantile(sorted, p));
};

// ---- Packed numbers (src/output/report/kernels.rs) --------------------------------------------
// Rows of months: a float32 scale a row, then second differences of its levels in 16 bits, all low
// bytes before all high ones; then the figures of suppression as float32.
const LEVELS = 8191;
function unpack(bytes, rows, months, rest) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(rows * months), size = rows * months, low = 4 * rows, high = low + size;
  for (let r = 0; r < rows; r++) {
    const scale = view.getFloat32(4 * r, true) / LEVELS;
    let value = 0, step = 0;
    for (let t = 0, k = r * months; t < months; t++, k++) {
      step = (step + (bytes[low + k] | bytes[high + k] << 8)) << 16 >> 16;
      value = (value + step) << 16 >> 16;
      values[k] = value * scale;
    }
  }
  const figures = new Float32Array(rest);
  for (let i = 0; i < rest; i++) figures[i] = view.getFloat32(high + size + 4 * i, true);
  return { values, figures };
}

// ---- The engine -------------------------------------------------------------------------------
const TRACKS = 4;                      // virus, severe, restrictions, economy
// `meta` says what there is (src/output/report/data.rs), `blobs` are the inflated bytes of each line
// and, last, of the numbers and populations.
function engine(meta, blobs) {
  const { months: T, draws: N } = meta, start = positionOf(meta.start + '-01');
  const lines = meta.lines.map((line, i) => unpack(blobs[i], 5 * N, T, 3 * N));
  const floats = (() => {
    const bytes = blobs[meta.lines.length], view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  })();
  const rows = new Map(meta.numbers.map((key, i) => [key, floats.subarray(i * N, (i + 1) * N)]));
  const entering = meta.populations.map((_, i) => {
    const from = meta.numbers.length * N + i * N * TRACKS;
    return floats.subarray(from, from + N * TRACKS);
  });
  const underlying = i => lines[i].values.subarray(4 * N * T, 5 * N * T);

  // The value of a number in draw d, by its range.
  function value(f, d) {
    if (isPoint(f)) return within(f, f.central);
    return at(f, rows.get(f.key)?.[d] ?? 0);
  }

  const memo = new Map();
  function means(peak, rise, fall) {
    const key = peak + '/' + rise + '/' + fall;
    if (!memo.has(key)) {
      if (memo.size > 4000) memo.clear();
      memo.set(key, Float64Array.from({ length: T }, (_, t) => waveMean(peak, rise, fall, t)));
    }
    return memo.get(key);
  }
  // The tracks of draw d: later waves and restrictions act on need by `need_gain`.
  function tracks(position, d) {
    const { waves, restrictions, shocks, response } = position;
    const zeros = () => new Float64Array(T);
    const virus = zeros(), severe = zeros(), felt = zeros(), economy = zeros(), first = zeros(), after = zeros();
    const gain = value(response.need_gain, d), delay = value(response.severe_delay, d);
    waves.forEach((wave, i) => {
      const [rise, fall, height, severity] = [wave.rise, wave.fall, wave.height, wave.severity].map(f => value(f, d));
      const peak = positionOf(wave.peak) - start, g = i > 0 ? gain : 1;
      const infected = means(peak, rise, fall), ill = means(peak + delay, rise, fall);
      for (let t = 0; t < T; t++) {
        virus[t] += g * height * infected[t];
        severe[t] += g * height * severity * ill[t];
      }
    });
    for (const r of restrictions) {
      const from = positionOf(r.from) - start, to = positionOf(r.to) - start, strict = value(r.stringency, d);
      const g = r.wave > 1 ? gain : 1, all = r.wave > 1 ? after : first;
      for (let t = Math.max(0, Math.floor(from)); t < Math.min(T, to); t++) {
        const share = shareOfMonth(from, to, t);
        all[t] += strict * share;
        felt[t] += g * strict * share;
      }
    }
    for (const shock of shocks) {
      const depth = value(shock.depth, d), half = value(shock.half_life, d);
      for (let t = 0; t < T; t++) economy[t] += depth * shockMean(shock.onset, shock.top, half, t);
    }
    return { four: [virus, severe, felt, economy], first, after };
  }

  // surge(t) = sum over tracks and u <= t of track(u) kernel(t - u)
  function surge(i, d, four, out) {
    out.fill(0);
    for (let k = 0; k < TRACKS; k++) {
      const track = four[k], from = (k * N + d) * T, kernel = lines[i].values.subarray(from, from + T);
      for (let u = 0; u < T; u++) {
        const a = track[u];
        if (a !== 0) for (let t = u; t < T; t++) out[t] += a * kernel[t - u];
      }
    }
  }

  // suppressed = (underlying + surge) loss (first + gain later)   at most all
  // released   = stock (1 - 2^(-1/half_life)) (1 - first - gain later); returning = returns released
  // referrals  = underlying - suppressed + returning + surge
  function suppress(i, d, tr, gain, out) {
    const [loss, returns, half] = lines[i].figures.subarray(3 * d, 3 * d + 3), release = 1 - Math.pow(2, -1 / half);
    const usual = underlying(i), from = d * T;
    let stock = 0;
    for (let t = 0; t < T; t++) {
      const share = Math.min(1, Math.max(0, loss * (tr.first[t] + gain * tr.after[t])));
      const open = 1 - Math.min(1, tr.first[t] + gain * tr.after[t]);
      const released = stock * release * open;
      out.suppressed[t] = (usual[from + t] + out.surge[t]) * share;
      out.returning[t] = returns * released;
      out.referrals[t] = usual[from + t] - out.suppressed[t] + out.returning[t] + out.surge[t];
      stock += out.suppressed[t] - released;
    }
  }

  // Every line in every draw: rows of months, draw by draw.
  const MEASURES = ['surge', 'suppressed', 'returning', 'referrals'];
  function project(position) {
    const results = lines.map((_, i) => ({
      underlying: underlying(i), ...Object.fromEntries(MEASURES.map(m => [m, new Float64Array(N * T)])),
    }));
    for (let d = 0; d < N; d++) {
      const tr = tracks(position, d), gain = value(position.response.suppression_gain, d);
      results.forEach((result, i) => {
        const out = Object.fromEntries(MEASURES.map(m => [m, result[m].subarray(d * T, (d + 1) * T)]));
        surge(i, d, tr.four, out.surge);
        suppress(i, d, tr, gain, out);
      });
    }
    return results;
  }

  // The fullest any population gets in any draw: above 1, somebody would enter twice, and the
  // program cuts where this does not.
  function fullest(position) {
    let most = 0;
    for (let d = 0; d < N; d++) {
      const sums = tracks(position, d).four.map(track => track.reduce((a, b) => a + b, 0));
      for (const shares of entering) {
        let full = 0;
        for (let k = 0; k < TRACKS; k++) full += shares[d * TRACKS + k] * sums[k];
        most = Math.max(most, full);
      }
    }
    return most;
  }
  return { T, N, meta, project, tracks, fullest, value };
}

// ---- Moving the waves -------------------------------------------------------------------------
// A state is { waves: [{ height, days, strict }], added: [{ peak, height }], follow }: a factor on
// each wave's height, days by which it is later, a factor on the restrictions that answer it.
const still = scenario => ({ waves: scenario.waves.map(() => ({ height: 1, days: 0, strict: 1 })), added: [], follow: true });
const isStill = state => state.added.length === 0 && state.waves.every(w => w.height === 1 && w.days === 0 && w.strict === 1);
function moved(scenario, state) {
  const last = scenario.waves[scenario.waves.length - 1];
  const wave = (w, i) => ({ ...w, height: times(w.height, state.waves[i].height), peak: later(w.peak, state.waves[i].days) });
  const added = (a, i) => Object.fromEntries(Object.entries({ label: 'added ' + (i + 1), peak: a.peak, rise: 0.6, fall: 1.2, height: a.height, severity: 1 })
    .map(([k, v]) => [k, typeof v === 'number' ? { ...point(v, last[k]), moved: true } : v]));
  const numbered = (list, part, names) => list.map((item, i) => {
    const own = { ...item };
    for (const name of names) own[name] = { ...own[name], key: `${part}.${i + 1}.${name}` };
    return own;
  });
  const waves = [...scenario.waves.map(wave), ...state.added.map(added)];
  const restrictions = scenario.restrictions.map(r => {
    const of = state.waves[r.wave - 1], by = of && state.follow ? of.days : 0;
    return { ...r, from: later(r.from, by), to: later(r.to, by), stringency: times(r.stringency, of ? of.strict : 1) };
  }).sort((a, b) => a.from < b.from ? -1 : a.from > b.from ? 1 : 0);
  // No two restrictions at a time: the later one takes over.
  restrictions.forEach((r, i) => { const next = restrictions[i + 1]; if (next && next.from < r.to) r.to = next.from; });
  return {
    ...scenario,
    waves: numbered(waves, 'wave', ['rise', 'fall', 'height', 'severity']),
    restrictions: numbered(restrictions.filter(r => r.from < r.to), 'restriction', ['stringency']),
  };
}

// ---- A position as a scenario file and as options ---------------------------------------------
const number = x => { const text = String(+x.toPrecision(12)); return /[.e]/.test(text) ? text : text + '.0'; };
const range = f => isPoint(f) ? number(f.central) : `{ low = ${number(f.low)}, central = ${number(f.central)}, high = ${number(f.high)} }`;
const quoted = text => JSON.stringify(text);
function scenarioFile(position, name) {
  const text = ['# Written by the page of a run of afterwave.', `name = ${quoted(name)}`, `start = ${quoted(position.start)}`, `months = ${position.months}`];
  if (position.as_of) text.push(`as_of = ${quoted(position.as_of)}`);
  for (const w of position.waves) {
    text.push('', '[[wave]]', `label = ${quoted(w.label)}`, `peak = ${quoted(w.peak)}`);
    for (const key of ['rise', 'fall', 'height', 'severity']) text.push(`${key} = ${range(w[key])}`);
  }
  for (const r of position.restrictions) {
    text.push('', '[[restriction]]', `wave = ${r.wave}`, `from = ${quoted(r.from)}`, `to = ${quoted(r.to)}`, `stringency = ${range(r.stringency)}`);
  }
  for (const s of position.shocks) {
    text.push('', '[[shock]]', `from = ${quoted(s.from)}`, `peak = ${quoted(s.peak)}`, `depth = ${range(s.depth)}`, `half_life = ${range(s.half_life)}`);
  }
  text.push('', '[response]');
  for (const [key, f] of Object.entries(position.response)) text.push(`${key} = ${range(f)}`);
  return text.join('\n') + '\n';
}
// What --set can say: heights and stringencies. None where a date was moved or a wave was added.
function settings(scenario, state) {
  if (state.added.length || state.waves.some(w => w.days !== 0)) return null;
  const text = f => isPoint(f) ? number(f.central) : [f.low, f.central, f.high].map(number).join(',');
  const list = [], position = moved(scenario, state);
  position.waves.forEach((w, i) => { if (state.waves[i].height !== 1) list.push(`${w.height.key}=${text(w.height)}`); });
  for (const r of position.restrictions) if (r.stringency.moved) list.push(`${r.stringency.key}=${text(r.stringency)}`);
  return list;
}
return { engine, moved, still, isStill, scenarioFile, settings, quantile, quantiles, erf, waveMean, days, date, later, positionOf };
})();
if (typeof module !== 'undefined') module.exports = Afterwave;
