//! `afterwave backtest`: read with each pack, project, score, write, say.

use crate::cli::backtest::BacktestArgs;
use crate::cli::line::CommandLine;
use crate::cli::run::ChartFormat;
use crate::diagnostics::{InputError, Problem, Problems, Source, nearest};
use crate::evaluate::backtest::{hindcasts, tabulate};
use crate::evaluate::rolling::{self, Origins};
use crate::evaluate::waits;
use crate::input::baseline::read_baseline;
use crate::input::pack::read_pack;
use crate::input::study::Asked;
use crate::input::study::read_study;
use crate::input::text;
use crate::model::underlying::{History, MODEL_FROM, Method};
use crate::month::Month;
use crate::output::files::Files;
use crate::output::folder::ResultsFolder;
use crate::output::pictures::scores as score_pictures;
use crate::output::record::NoMore;
use crate::output::rolling as rolling_output;
use crate::output::scores::{self, Backtest};
use crate::output::waits_scores;
use crate::output::words::counted;
use crate::projection::{case, draws};
use crate::study::Study;
use crate::study::area::Series;
use crate::study::figures::Figures;
use crate::study::observed::Observed;
use crate::study::pack::same_name;

/// Runs it.
pub(super) fn run(args: &BacktestArgs, line: &CommandLine) -> anyhow::Result<()> {
    let folder = super::hold(line, "--out", &args.out)?;
    let hub = super::hold_hub(line, &args.out, args.hub.as_ref())?;
    if !args.rolling.is_empty() {
        return super::with_threads(args.threads, || compare_methods(args, line, folder))?;
    }
    if args.waits.is_some() {
        return super::with_threads(args.threads, || score_waits(args, line, folder))?;
    }
    let studies = read(args)?;
    let last = studies.iter().filter_map(last_counted).max();
    let start = studies.iter().flat_map(|study| &study.scenarios).map(|s| s.start).min();
    let backtests: Vec<Backtest> = super::with_threads(args.threads, || {
        studies.into_iter().map(|s| score(args, s)).collect()
    })?;
    if backtests.iter().all(|backtest| backtest.hindcasts.is_empty()) {
        return Err(nothing_to_score(args, last, start).into());
    }
    let files = files(args, &backtests)?;
    let read = backtests.iter().flat_map(|backtest| &backtest.study.sources);
    let read = super::inputs(line, read);
    let written = folder.replace(files, &read, &NoMore {})?;
    if let (Some(folder), Some(first)) = (hub, backtests.first()) {
        folder.replace(scores::hub(&backtests).files(&first.study)?, &read, &NoMore {})?;
    }
    let names = written.files;
    if line.cli.json {
        return super::print_json(&scores::document(&backtests, &names));
    }
    super::print(&scores::text(&backtests, (!args.full).then_some(scores::SHOWN)))?;
    let charts = names.iter().filter(|name| name.contains("charts")).count();
    let tables = names.len() - 1 - charts;
    let (tables, charts) = (counted(tables, "table"), counted(charts, "chart"));
    super::tell_words(&format!("{tables} and {charts} in {}", args.out.display()));
    Ok(())
}

/// The cuts at which waits are scored where none is named.
const CUTS: [(i32, u32); 2] = [(2020, 2), (2020, 12)];

/// Holds waits against what was published.
fn score_waits(
    args: &BacktestArgs,
    line: &CommandLine,
    folder: ResultsFolder,
) -> anyhow::Result<()> {
    let mut studies = read(args)?;
    let mut study = studies.swap_remove(0);
    let [first, second] = CUTS.map(|(year, month)| Month::new(year, month));
    let cuts: Vec<Month> = match first.filter(|first| *first == args.as_of) {
        Some(first) => [Some(first), second].into_iter().flatten().collect(),
        None => vec![args.as_of],
    };
    let mut scored = Vec::new();
    for cut in cuts {
        for scenario in &mut study.scenarios {
            scenario.as_of = Some(cut);
        }
        scored.extend(waits::score(&study, cut));
    }
    if scored.is_empty() {
        return Err(InputError::from(
            Problem::error(Source::new("--waits", "").whole(), "nothing published to score")
                .read(args.as_of.to_string())
                .allowed("figures after the cut, and a year of them and of referrals before it"),
        )
        .into());
    }
    let rows = waits::tabulate(&scored);
    let mut files = Files::default();
    files.add("waits-scores.csv", waits_scores::csv(&study, &rows));
    files.add("waits-forecasts.csv", waits_scores::forecasts(&study, &scored));
    folder.replace(files, &super::inputs(line, &study.sources), &NoMore {})?;
    if line.cli.json {
        return super::print_json(&waits_scores::document(&study, &rows));
    }
    let text = if args.full { waits_scores::text } else { waits_scores::screen };
    super::print(&text(&study, &rows))?;
    super::tell_words(&format!("2 tables in {}", args.out.display()));
    Ok(())
}

/// One study for each pack; all problems of all of them at once.
fn read(args: &BacktestArgs) -> anyhow::Result<Vec<Study>> {
    let (mut studies, mut errors) = (Vec::new(), Vec::new());
    let mut said = Vec::new();
    for pack in args.packs() {
        match read_study(&args.inputs(&pack)) {
            Ok(mut read) => {
                for scenario in &mut read.study.scenarios {
                    scenario.as_of = Some(args.as_of);
                }
                let warnings = read.warnings.render(true);
                if !read.warnings.is_empty() && !said.contains(&warnings) {
                    super::warn(&read.warnings);
                    said.push(warnings);
                }
                studies.push(read.study);
            }
            Err(problems) => errors.push(problems),
        }
    }
    // The problems of a baseline or scenario are the same with every pack.
    match errors.into_iter().next() {
        Some(problems) => Err(InputError(problems).into()),
        None => Ok(studies),
    }
}

/// A projection carries on from what was counted up to the cut, where it starts before.
fn score(args: &BacktestArgs, mut study: Study) -> Backtest {
    let own = draws::referrals(&study);
    let observed = Observed::of(&study, args.as_of);
    let is_fitted = study.observed.is_none() && !observed.lines.is_empty();
    let hindcasts = if is_fitted {
        study.observed = Some(observed);
        hindcasts(&study, &draws::referrals(&study), Some(&own), args.as_of)
    } else {
        hindcasts(&study, &own, None, args.as_of)
    };
    Backtest { rows: tabulate(&hindcasts), hindcasts, study }
}

/// The last counted month of any series.
fn last_counted(study: &Study) -> Option<Month> {
    let series = study.areas.iter().flat_map(|area| &area.series);
    let counted = series.flat_map(Series::months);
    counted.filter(|(_, value, derived)| value.is_some() && !derived).map(|(month, ..)| month).max()
}

fn nothing_to_score(args: &BacktestArgs, last: Option<Month>, start: Option<Month>) -> InputError {
    let problem = Problem::error(Source::new("--as-of", "").whole(), "no counted month to score")
        .read(args.as_of.to_string());
    let mut problems = Problems::default();
    problems.push(match (last, start) {
        (Some(last), Some(start)) if last < start => problem.allowed(format!(
            "counted months within the scenario, from {start} on; the baseline's last is {last}"
        )),
        (Some(last), _) => problem
            .allowed(format!("a month before {last}, the last counted one, within the scenario")),
        (None, _) => problem.allowed("a baseline with counted months, not only derived ones"),
    });
    InputError(problems)
}

fn files(args: &BacktestArgs, backtests: &[Backtest]) -> anyhow::Result<Files> {
    let mut files = Files::default();
    files.add("scores.csv", scores::csv(backtests));
    let formats = ChartFormat::drawn(&args.charts);
    for backtest in backtests {
        for (name, bytes) in score_pictures::charts(backtest, &formats)? {
            files.add(format!("charts/{name}"), bytes);
        }
    }
    Ok(files)
}

/// Compares the methods of the underlying forecast by rolling origin.
fn compare_methods(
    args: &BacktestArgs,
    line: &CommandLine,
    folder: ResultsFolder,
) -> anyhow::Result<()> {
    let (series, read) = rolling_series(args)?;
    let origins = Origins { least_history: MODEL_FROM, until: args.before, every: 1 };
    let horizons = usize::from(args.months_ahead);
    let table = rolling::compare(&series, &Method::ALL, origins, horizons);
    let mut files = Files::default();
    files.add("rolling.csv", rolling_output::csv(&table));
    folder.replace(files, &super::inputs(line, &read), &NoMore {})?;
    if line.cli.json {
        return super::print_json(&rolling_output::document(&table));
    }
    super::print(&rolling_output::text(&table))?;
    super::tell_words(&format!("1 table in {}", args.out.display()));
    Ok(())
}

/// The counted series of the baselines, each from its first month with a value, and what was read.
fn rolling_series(args: &BacktestArgs) -> anyhow::Result<(Vec<rolling::Series>, Vec<Source>)> {
    let mut problems = Problems::default();
    let name = args.packs().swap_remove(0);
    let pack = read_pack(&name, &[], &mut Figures::default(), &mut problems);
    let (pack, mut read) = pack.map(|own| (own.pack, own.sources)).unzip();
    let mut read: Vec<Source> = read.take().unwrap_or_default();
    let (mut list, mut held) = (Vec::new(), Vec::new());
    for path in &args.rolling {
        let source = problems.take(text::read_table("--rolling", path));
        let (Some(pack), Some(source)) = (&pack, source) else { continue };
        read.push(source.clone());
        let stem = path.file_stem().map_or("area".into(), |stem| stem.to_string_lossy());
        let asked = Asked::new(&args.area, pack);
        let wanted = |area: &str| asked.holds(area, pack);
        let baseline =
            read_baseline(&source, pack, &stem, &wanted, &args.table.wishes(), &mut problems);
        let Some(baseline) = baseline else { continue };
        held.extend(baseline.areas.iter().map(|(area, _)| area.clone()));
        for (area, all) in &baseline.areas {
            if !wanted(area) {
                continue;
            }
            for series in all.iter().filter(|series| !series.derived.contains(&true)) {
                let Ok(history) = History::new(series.start, &series.values) else { continue };
                let seen = history.before(args.before).map_or(0, |seen| seen.observed());
                if seen <= MODEL_FROM {
                    continue;
                }
                list.push(rolling::Series {
                    name: format!("{} {area}", pack.services[series.service].id),
                    history: history.of(case::extent(pack, area)),
                });
            }
        }
    }
    let is_held = |asked: &&String| {
        let one = std::slice::from_ref(*asked);
        let Some(pack) = &pack else { return true };
        let asked = Asked::new(one, pack);
        held.iter().any(|area| asked.holds(area, pack))
    };
    for asked in args.area.iter().filter(|asked| !is_held(asked)) {
        let place = Source::new("--area", "").whole();
        let mut problem = Problem::error(place, "no file of `--rolling` holds the area")
            .choose(asked, held.iter().map(String::as_str));
        if problem.suggestion.is_none() {
            let known = pack.iter().flat_map(|pack| &pack.areas);
            let named = known.filter(|area| held.iter().any(|held| same_name(held, &area.id)));
            let near = nearest(asked, named.map(|area| area.name.as_str()));
            problem.suggestion = near.map(str::to_owned);
        }
        problems.push(problem);
    }
    problems.stop_on_errors()?;
    if list.is_empty() {
        problems.push(
            Problem::error(Source::new("--rolling", "").whole(), "no series is long enough")
                .allowed(format!("more than {MODEL_FROM} counted months before {}", args.before)),
        );
        return Err(InputError(problems).into());
    }
    Ok((list, read))
}
