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
const heightAt = (peak, rise, fall, x) => { const d = x - peak, w = d < 0 ? rise : fall; return Math.pow(2, -(d / w) * (d / w)); };
// A shock rises straight from its onset to its peak and halves in `half` months after.
function shockMean(onset, peak, half, t) {
  const rate = Math.LN2 / half, rise = Math.max(peak - onset, 0);
  const integral = x => x <= onset ? 0
    : x <= peak ? (x - onset) * (x - onset) / (2 * rise)
    : rise / 2 + (1 - Math.exp(-rate * (x - peak))) / rate;
  return integral(t + 1) - integral(t);
}
const shareOfMonth = (from, to, t) => Math.min(1, Math.max(0, Math.min(to, t + 1) - Math.max(from, t)));

// ---- Restrictions that follow the waves (src/model/stringency.rs) -----------------------------
// m += (illness - m) (1 - 2^(-day / half-time)), half-time `rise` where illness > m, else `fall`;
// stringency = 1 - exp(-strength m willing), willing = 1 / (1 + exp(3 (t - until))).
// A wave is { daily(month): 30 heights of a month, illness, peak, rise }; the mean stringency of every
// month by wave, each by its share of the sum of such memories of each wave alone.
const DAYS = 30, STEEPNESS = 3, MOST_BEFORE = 36;
function byWave(rule, waves, T) {
  const parts = waves.map(() => new Float64Array(T)), own = waves.map(() => 0);
  const rate = half => 1 - Math.pow(2, -1 / half), up = rate(rule.rise), down = rate(rule.fall);
  const step = (memory, seen) => memory + (seen - memory) * (seen > memory ? up : down);
  let memory = 0;
  const first = Math.floor(Math.max(-MOST_BEFORE, Math.min(0, ...waves.map(w => w.peak - 4 * w.rise))));
  for (let month = first; month < T; month++) {
    const daily = waves.map(w => w.daily(month));
    for (let day = 0; day < DAYS; day++) {
      let ill = 0, all = 0;
      for (let k = 0; k < waves.length; k++) {
        const seen = waves[k].illness * daily[k][day];
        ill += seen;
        own[k] = step(own[k], seen);
        all += own[k];
      }
      memory = step(memory, ill);
      if (month < 0 || !(all > 0)) continue;
      const willing = 1 / (1 + Math.exp(STEEPNESS * (month + (day + 0.5) / DAYS - rule.until)));
      const strict = -Math.expm1(-rule.strength * memory * willing);
      for (let k = 0; k < waves.length; k++) parts[k][month] += strict * own[k] / all / DAYS;
    }
  }
  return parts;
}
// What a wave that is now another changes about restrictions given for it as it was, by month: a
// factor on them, and what is added after the last of them.
function change(rule, before, now, T) {
  const [old, own] = [before, now].map(wave => byWave(rule, [wave], T)[0]);
  const far = before.illness > 0 ? now.illness / before.illness : 1;
  return { ratio: old.map((x, t) => x > 1e-200 ? own[t] / x : far), more: old.map((x, t) => Math.max(0, own[t] - x)) };
}
// Waves three months or more after the first are later ones in full.
const LATER = 3;

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
// bytes before all high ones; then the figures of suppression and of a list as float32.
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

// ---- Waiting lists (src/model/waiting) --------------------------------------------------------
// In steps of a fifth of a month, with here = list + arrivals h and keep = 1 + r h:
//   starts = mu h list' / (list' + K), left = r h list', mu = c / (1 - e), K = c w e / (1 - e)
// First come, first served by two curves: who starts in the middle of a month joined when the curve
// of those who joined stood where that of those who started stands.
const STEPS = 5, STEP = 1 / STEPS;
function leftWaiting(here, most, keep, friction) {
  const b = friction * keep + most - here, sum = Math.abs(b) + Math.sqrt(b * b + 4 * keep * friction * here);
  return b > 0 ? 2 * friction * here / sum : sum / (2 * keep);
}
// `usual` and `wait` are starts at the usual wait and that wait by month; writes the list, the starts
// and the median wait in weeks of every month to `out`.
function runList(usual, wait, figures, referrals, lockdown, out) {
  const [accepted, response, lost, renege, opening, starts, weeks] = figures, T = referrals.length;
  const keep = 1 + renege * STEP, growth = Math.pow(keep, STEPS), fading = Math.log1p(renege * STEP) / STEP;
  const before = Math.max(starts, 1e-12), gone = renege * opening / (before + renege * opening);
  const waited = share => fading > 0 ? -Math.log1p(-gone * (1 - share)) / fading : opening / before * (1 - share);
  const joined = new Float64Array(T);
  let list = opening, grown = 1, done = 0, head = 0;
  for (let t = 0; t < T; t++) {
    const joining = Math.max(0, referrals[t] * accepted);
    const capacity = usual[t] * (1 - Math.min(1, Math.max(0, lost * lockdown[t])));
    const most = Math.max(0, capacity) / (1 - response), friction = capacity * wait[t] * response / (1 - response);
    let into = 0, outOf = 0, all = 0;
    for (let k = 0; k < STEPS; k++) {
      const here = list + joining * STEP, left = leftWaiting(here, most * STEP, keep, friction);
      const started = Math.min(here, Math.max(0, here - left - (keep - 1) * left));
      all += started;
      into += joining * STEP * grown;
      outOf += started * grown;
      list = left;
      grown *= keep;
    }
    joined[t] = (t ? joined[t - 1] : 0) + into;
    const position = done + outOf / (1 + Math.sqrt(growth)) - opening;
    done += outOf;
    let referred;
    if (position < 0) referred = -waited(1 + position / opening);
    else {
      while (head < t && joined[head] < position) head++;
      const from = head ? joined[head - 1] : 0, width = joined[head] - from;
      const share = width > 0 ? Math.min(1, Math.max(0, (position - from) / width)) : 1;
      referred = head + (growth - 1 > 1e-9 ? Math.log1p(share * (growth - 1)) / Math.log(growth) : share);
    }
    out.list[t] = list;
    out.starts[t] = all;
    out.wait[t] = all > 0 ? Math.max(0, t + 0.5 - referred) * weeks : 0;
  }
}
// The share within a limit at a median wait, from a table over the logarithm of limit over median.
const LOG = 6;
function shareWithin(table, limit, median) {
  if (!(median > 0)) return table[table.length - 1];
  const at = Math.min(1, Math.max(0, (Math.log(limit / median) + LOG) / (2 * LOG))) * (table.length - 1), low = Math.min(Math.floor(at), table.length - 2);
  return table[low] + (at - low) * (table[low + 1] - table[low]);
}

// ---- The engine -------------------------------------------------------------------------------
const TRACKS = 4;                      // virus, severe, restrictions, economy
// `meta` says what there is (src/output/report/data.rs), `blobs` are the inflated bytes of each line
// and, last, of the numbers and populations.
function engine(meta, blobs) {
  const { months: T, draws: N } = meta, start = positionOf(meta.start + '-01');
  const lines = meta.lines.map((line, i) => unpack(blobs[i], (line.list ? 7 : 5) * N, T, (line.list ? 10 : 3) * N));
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
  // The thirty heights of a month of a wave, which most draws share.
  const courses = new Map();
  function daily(peak, rise, fall) {
    const key = peak + '/' + rise + '/' + fall;
    if (!courses.has(key)) {
      if (courses.size > 400) courses.clear();
      courses.set(key, new Map());
    }
    const months = courses.get(key);
    return month => {
      if (!months.has(month)) months.set(month, Float64Array.from({ length: DAYS }, (_, day) => heightAt(peak, rise, fall, month + (day + 0.5) / DAYS)));
      return months.get(month);
    };
  }
  const seen = (peak, rise, fall, illness) => ({ peak, rise, illness, daily: daily(peak, rise, fall) });

  // What of a position is the same in every draw: where in time its waves and restrictions lie, and
  // which restrictions change with a wave that is no longer as they were given for.
  function placed(position) {
    const { waves } = position, at = text => positionOf(text) - start;
    const peaks = waves.map(w => at(w.peak)), firstPeak = peaks.length ? Math.min(...peaks) : 0;
    const late = peaks.map(peak => Math.min(1, Math.max(0, (peak - firstPeak) / LATER)));
    const levels = new Map();
    let isMoved = false;
    const restrictions = position.restrictions.map(r => {
      const { tie } = r, wave = tie ? tie.wave : r.wave - 1, own = waves[wave];
      const shift = tie && own ? days(own.peak) - days(tie.peak) : 0;
      isMoved ||= shift !== 0;
      const key = JSON.stringify([wave, tie]), from = at(later(r.from, shift)), to = at(later(r.to, shift));
      if (!levels.has(key)) {
        const isOther = name => ['low', 'central', 'high'].some(k => own[name][k] !== tie[name][k]);
        const isChanged = Boolean(tie && own) && ['rise', 'fall', 'height', 'severity'].some(isOther);
        levels.set(key, { wave, tie, isChanged, ends: -Infinity, late: own ? late[wave] : r.wave > 1 ? 1 : 0, moved: isChanged ? positionOf(own.peak) - positionOf(tie.peak) : 0 });
      }
      const level = levels.get(key);
      level.ends = Math.max(level.ends, to);
      return { from, to, level, stringency: r.stringency };
    });
    const unanswered = position.unrestricted ? [] : waves.map((_, i) => i).filter(i => !waves[i].answered);
    return { ...position, peaks, firstPeak, late, restrictions, levels: [...levels.values()], isMoved, unanswered };
  }

  // The tracks of draw d (src/projection/signals.rs): `need_gain` counts for what is of a later wave.
  function tracks(position, d) {
    const { waves, peaks, late, restrictions, levels, unanswered, shocks, response } = position;
    const zeros = () => new Float64Array(T), of = f => value(f, d);
    const virus = zeros(), severe = zeros(), felt = zeros(), economy = zeros(), first = zeros(), after = zeros();
    const gain = of(response.need_gain), delay = of(response.severe_delay);
    const gained = late => late === 0 ? 1 : late === 1 ? gain : 1 - late * (1 - gain);
    const numbers = waves.map(w => [w.rise, w.fall, w.height, w.severity].map(of));
    waves.forEach((_, i) => {
      const [rise, fall, height, severity] = numbers[i], g = gained(late[i]);
      const infected = means(peaks[i], rise, fall), ill = means(peaks[i] + delay, rise, fall);
      for (let t = 0; t < T; t++) {
        virus[t] += g * height * infected[t];
        severe[t] += g * height * severity * ill[t];
      }
    });
    const add = (t, strict, share, late) => {
      felt[t] += gained(late) * strict * share;
      first[t] += (1 - late) * strict * share;
      after[t] += late * strict * share;
    };
    const open = t => Math.max(0, 1 - first[t] - after[t]);
    const rules = position.rules ?? meta.rules, rule = () => ({ strength: of(rules.strength), rise: of(rules.rise), fall: of(rules.fall), until: position.firstPeak + of(response.willing) });
    const now = i => { const [rise, fall, height, severity] = numbers[i]; return seen(peaks[i], rise, fall, height * severity); };
    // Given, and as they change with the wave they are tied to.
    const changes = new Map(levels.filter(level => level.isChanged).map(level => {
      const { wave, tie } = level, then = rule(), illness = tie.height.central * tie.severity.central;
      then.until += level.moved;
      return [level, change(then, seen(peaks[wave], tie.rise.central, tie.fall.central, illness), now(wave), T)];
    }));
    for (const { from, to, level, stringency } of restrictions) {
      const given = of(stringency), changed = changes.get(level);
      for (let t = Math.max(0, Math.floor(from)); t < Math.min(T, to); t++) {
        const factor = changed ? changed.ratio[t] : 1;
        add(t, factor === 1 ? given : Math.min(1, given * factor), shareOfMonth(from, to, t), level.late);
      }
    }
    for (const [level, changed] of changes) {
      for (let t = 0; t < T; t++) add(t, changed.more[t] * shareOfMonth(level.ends, Infinity, t), open(t), level.late);
    }
    // Those that follow from the waves nobody answered.
    if (unanswered.length) {
      const parts = byWave(rule(), unanswered.map(now), T);
      for (let t = 0; t < T; t++) {
        const share = open(t);
        parts.forEach((part, k) => add(t, part[t], share, late[unanswered[k]]));
      }
    }
    // A stringency ends at 1.
    if (changes.size || position.isMoved) for (let t = 0; t < T; t++) {
      const all = first[t] + after[t];
      if (all > 1) { first[t] /= all; after[t] /= all; felt[t] /= all; }
    }
    for (const shock of shocks) {
      const depth = of(shock.depth), half = of(shock.half_life);
      for (let t = 0; t < T; t++) economy[t] += depth * shockMean(shock.onset, shock.top, half, t);
    }
    // The shock that restrictions bring, where none is given (src/model/economy.rs).
    if (position.economy_follows) {
      const depth = of(rules.depth), top = of(rules.peak), half = of(rules.half_life), again = of(rules.later);
      const effect = Float64Array.from({ length: T }, (_, t) => shockMean(0, top, half, t));
      for (let u = 0; u < T; u++) {
        const cause = depth * (first[u] + again * after[u]) / rules.reference;
        if (cause !== 0) for (let t = u; t < T; t++) economy[t] += cause * effect[t - u];
      }
    }
    return { four: [virus, severe, felt, economy], first, after };
  }
  // The tracks of all draws of the last position asked for.
  let kept = { key: null, list: [] };
  function allTracks(position) {
    const key = JSON.stringify(position);
    if (kept.key !== key) {
      const own = placed(position);
      kept = { key, list: Array.from({ length: N }, (_, d) => tracks(own, d)) };
    }
    return kept.list;
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
  const MEASURES = ['surge', 'suppressed', 'returning', 'referrals'], OF_LISTS = ['list', 'starts', 'wait'];
  const measures = i => meta.lines[i].list ? [...MEASURES, ...OF_LISTS] : MEASURES;
  function project(position) {
    const results = lines.map((_, i) => ({
      underlying: underlying(i), ...Object.fromEntries(measures(i).map(m => [m, new Float64Array(N * T)])),
    }));
    const all = allTracks(position);
    for (let d = 0; d < N; d++) {
      const tr = all[d], gain = value(position.response.suppression_gain, d);
      results.forEach((result, i) => {
        const out = Object.fromEntries(measures(i).map(m => [m, result[m].subarray(d * T, (d + 1) * T)]));
        surge(i, d, tr.four, out.surge);
        suppress(i, d, tr, gain, out);
        if (meta.lines[i].list) {
          const { values, figures } = lines[i], row = k => values.subarray((k * N + d) * T, (k * N + d + 1) * T);
          runList(row(5), row(6), figures.subarray(3 * N + 7 * d, 3 * N + 7 * (d + 1)), out.referrals, tr.first, out);
        }
      });
    }
    return results;
  }

  // How full any population gets, by draw: above 1, somebody would enter twice, and the program cuts
  // where this does not.
  function full(four, d) {
    const sums = four.map(track => track.reduce((a, b) => a + b, 0));
    return Math.max(0, ...entering.map(shares => sums.reduce((full, sum, k) => full + shares[d * TRACKS + k] * sum, 0)));
  }
  const fullest = position => Math.max(...allTracks(position).map((tr, d) => full(tr.four, d)));
  // Whether every population of some draws has room.
  function hasRoom(position, draws) {
    const own = placed(position);
    return draws.every(d => full(tracks(own, d).four, d) <= 1);
  }
  // The draws whose populations are fullest.
  const tightest = (position, count) => allTracks(position).map((tr, d) => [full(tr.four, d), d])
    .sort((a, b) => b[0] - a[0]).slice(0, count).map(([, d]) => d);
  // By line, the surge that each track brings about, summed over the months of the first draws.
  function follows(position, draws) {
    const none = new Float64Array(T), out = new Float64Array(T);
    return lines.map((_, i) => [0, 1, 2, 3].map(k => {
      let sum = 0;
      for (let d = 0; d < Math.min(draws, N); d++) {
        const alone = [none, none, none, none];
        alone[k] = allTracks(position)[d].four[k];
        surge(i, d, alone, out);
        for (let t = 0; t < T; t++) sum += out[t];
      }
      return sum;
    }));
  }
  return { T, N, meta, project, follows, fullest, hasRoom, tightest };
}

// ---- Moving the waves -------------------------------------------------------------------------
// A state is { waves: [{ height, days, strict }], added: [{ peak, height, answered }], rule }: a factor
// on each wave's height, days by which it is later, a factor on the restrictions that were given for
// it; and one on how strictly restrictions follow from waves for which none were given.
const still = scenario => ({ waves: scenario.waves.map(() => ({ height: 1, days: 0, strict: 1 })), added: [], rule: 1 });
const isStill = state => state.added.length === 0 && (state.rule ?? 1) === 1 && state.waves.every(w => w.height === 1 && w.days === 0 && w.strict === 1);
const SHAPE = { rise: 0.6, fall: 1.2, severity: 1 };     // of an added wave, as a file's that says nothing
function moved(scenario, state, rules) {
  const last = scenario.waves[scenario.waves.length - 1];
  const wave = (w, i) => ({ ...w, height: times(w.height, state.waves[i].height), peak: later(w.peak, state.waves[i].days) });
  const added = (a, i) => {
    const own = { label: 'added ' + (i + 1), peak: a.peak, answered: Boolean(a.answered) };
    for (const [name, x] of Object.entries({ ...SHAPE, height: a.height })) {
      own[name] = { ...point(x, last[name]), moved: true, key: `wave.${scenario.waves.length + i + 1}.${name}` };
    }
    return own;
  };
  const restrictions = scenario.restrictions.map(r => ({ ...r, stringency: times(r.stringency, state.waves[r.wave - 1]?.strict ?? 1) }));
  const own = rules && (state.rule ?? 1) !== 1 ? { rules: { ...rules, strength: times(rules.strength, state.rule) } } : {};
  return { ...scenario, waves: [...scenario.waves.map(wave), ...state.added.map(added)], restrictions, ...own };
}
// The options that a scenario file can't hold: how strictly restrictions follow is a figure of the pack.
const ruleOptions = position => position.rules ? [`${position.rules.strength.key}=${valueText(position.rules.strength)}`] : [];

// ---- A position as a scenario file and as options ---------------------------------------------
const number = x => { const text = String(+x.toPrecision(12)); return /[.e]/.test(text) ? text : text + '.0'; };
const range = f => isPoint(f) ? number(f.central) : `{ low = ${number(f.low)}, central = ${number(f.central)}, high = ${number(f.high)} }`;
const valueText = f => isPoint(f) ? number(f.central) : [f.low, f.central, f.high].map(number).join(',');
const quoted = text => JSON.stringify(text);
const FIGURES = ['rise', 'fall', 'height', 'severity'];
function scenarioFile(position, name) {
  const text = ['# Written by the page of a run of afterwave.', ...ruleOptions(position).map(option => `# Run it with --set ${option}`), `name = ${quoted(name)}`, `start = ${quoted(position.start)}`, `months = ${position.months}`];
  const put = (key, x) => text.push(`${key} = ${x}`);
  if (position.as_of) put('as_of', quoted(position.as_of));
  if (position.unrestricted) put('restrictions', '"none"');
  if (!position.shocks.length && !position.economy_follows) put('shocks', '"none"');
  const tied = new Set(position.restrictions.filter(r => r.tie).map(r => r.tie.wave));
  position.waves.forEach((w, i) => {
    text.push('', '[[wave]]', `label = ${quoted(w.label)}`, `peak = ${quoted(w.peak)}`);
    for (const key of FIGURES) put(key, range(w[key]));
    if (!w.answered) put('restrictions', '"follow"');
    else if (!tied.has(i)) put('restrictions', '"none"');
  });
  for (const r of position.restrictions) {
    text.push('', '[[restriction]]');
    if (r.label) put('label', quoted(r.label));
    put('wave', r.tie ? r.tie.wave + 1 : r.wave);
    put('from', quoted(r.from));
    put('to', quoted(r.to));
    put('stringency', range(r.stringency));
    if (!r.tie) { put('follow', 'false'); continue; }
    // The wave as it was when the restriction was given.
    text.push('[restriction.given_for]', `peak = ${quoted(r.tie.peak)}`);
    for (const key of FIGURES) put(key, range(r.tie[key]));
  }
  for (const s of position.shocks) {
    text.push('', '[[shock]]', `from = ${quoted(s.from)}`, `peak = ${quoted(s.peak)}`, `depth = ${range(s.depth)}`, `half_life = ${range(s.half_life)}`);
  }
  text.push('', '[response]');
  for (const [key, f] of Object.entries(position.response)) put(key, range(f));
  return text.join('\n') + '\n';
}
// What --set can say: all but an added wave, for which there is none.
function settings(scenario, state, rules) {
  if (state.added.length) return null;
  const text = valueText, position = moved(scenario, state, rules), list = ruleOptions(position);
  position.waves.forEach((w, i) => {
    if (state.waves[i].height !== 1) list.push(`${w.height.key}=${text(w.height)}`);
    if (state.waves[i].days !== 0) list.push(`wave.${i + 1}.peak=${w.peak}`);
  });
  for (const r of position.restrictions) if (r.stringency.moved) list.push(`${r.stringency.key}=${text(r.stringency)}`);
  return list;
}
return { engine, moved, still, isStill, scenarioFile, settings, ruleOptions, shareWithin, quantile, quantiles, erf, waveMean, days, date, later, positionOf };
})();
if (typeof module !== 'undefined') module.exports = Afterwave;
