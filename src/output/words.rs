//! Numbers for people: two or three significant figures, thousands, percentages.

use super::disclosure::Withheld;
use crate::diagnostics::in_lines;
use crate::escape;
use crate::projection::quantiles::Stats;

/// `1.69m`, `43.9k`, `812`: three significant figures.
pub fn count(value: f64) -> String {
    let size = value.abs();
    let (scaled, unit) = if size >= 999_500.0 {
        (value / 1e6, "m")
    } else if size >= 9_995.0 {
        (value / 1e3, "k")
    } else {
        return thousands(value.round());
    };
    let digits = match scaled.abs() {
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        _ => 2,
    };
    format!("{scaled:.digits$}{unit}")
}

/// A whole number with thousands commas.
pub fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 && digits != "0" { format!("-{text}") } else { text }
}

/// `1 table`, `2 tables`.
pub fn counted(number: usize, name: &str) -> String {
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}

/// `+12%`, `-3%`; one decimal below ten.
pub fn percent(share: f64) -> String {
    if let Some(withheld) = Withheld::of(share) {
        return withheld.words().to_owned();
    }
    let value = share * 100.0;
    if value.abs() >= 9.95 { format!("{value:+.0}%") } else { format!("{value:+.1}%") }
}

/// `3 to 25%`: the 5th and 95th percentile of a share.
pub fn percent_ends(stats: &Stats) -> String {
    if let Some(withheld) = Withheld::of(stats.median()) {
        return withheld.words().to_owned();
    }
    let bare = |share: f64| (share * 100.0).round() + 0.0;
    format!("{} to {}%", bare(stats.q05()), bare(stats.q95()))
}

/// `+12% (3 to 25%)`.
pub fn percent_range(stats: &Stats) -> String {
    format!("{} ({})", percent(stats.median()), percent_ends(stats))
}

/// `43k to 200k`: the 5th and 95th percentile to two significant figures.
pub fn count_ends(stats: &Stats) -> String {
    format!("{} to {}", two_figures(stats.q05()), two_figures(stats.q95()))
}

/// `111k (43k to 200k)`.
pub fn count_range(stats: &Stats) -> String {
    format!("{} ({})", count(stats.median()), count_ends(stats))
}

/// `+221k`, `-1.2k`, `+67`: two or three significant figures with a sign.
pub fn signed(value: f64) -> String {
    let text = brief(value);
    if text.starts_with('-') || text == "0" { text } else { format!("+{text}") }
}

/// `130 to 350k`: the 5th and 95th percentile to two significant figures, with one unit where both
/// have the same.
pub fn range_ends(stats: &Stats) -> String {
    let [low, high] = [stats.q05(), stats.q95()].map(brief);
    let unit = |text: &str| text.chars().last().filter(char::is_ascii_alphabetic);
    match (unit(&low), unit(&high)) {
        (Some(a), Some(b)) if a == b => format!("{} to {high}", low.trim_end_matches(a)),
        _ => format!("{low} to {high}"),
    }
}

/// Two significant figures, three from a hundred of its unit on: `2.6k`, `83k`, `221k`, `1.2m`.
pub fn brief(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        size if size >= 999_500.0 => (value / 1e6, "m"),
        size if size >= 999.5 => (value / 1e3, "k"),
        _ => return thousands(value.round()),
    };
    if scaled.abs() < 9.95 { format!("{scaled:.1}{unit}") } else { format!("{scaled:.0}{unit}") }
}

fn two_figures(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        size if size >= 995_000.0 => (value / 1e6, "m"),
        size if size >= 9_950.0 => (value / 1e3, "k"),
        size if size >= 99.5 => {
            return thousands(
                (value / 10f64.powf(size.log10().floor() - 1.0)).round()
                    * 10f64.powf(size.log10().floor() - 1.0),
            );
        }
        _ => return thousands(value.round()),
    };
    if scaled.abs() < 9.95 {
        format!("{scaled:.1}{unit}")
    } else if scaled.abs() < 99.5 {
        format!("{scaled:.0}{unit}")
    } else {
        format!("{:.0}{unit}", (scaled / 10.0).round() * 10.0)
    }
}

/// Columns of what is no terminal: a file, a pipe.
const WIDTH: usize = 80;

/// Columns of the terminal that everything fits: its own, as far as lines of that length can be
/// read.
pub fn width() -> usize {
    static WIDTHS: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *WIDTHS.get_or_init(|| {
        let own = terminal_size::terminal_size_of(std::io::stdout());
        own.map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(60, 120))
    })
}

/// A text with its first letter a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

/// A long name in lines of at most `width`, broken behind its joints and never within a word.
pub fn at_joints(name: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for part in name.split_inclusive(['/', '.', '-', '_']) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + part.chars().count() <= width => {
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// Words in lines that fit a terminal, from its edge on.
pub fn paragraph(text: &str) -> String {
    wrapped(text, "", "")
}

/// A paragraph in lines of at most [`width`] columns, the first after `first`, the others after
/// `rest`, each ended by a line break; control characters never reach a terminal.
pub fn wrapped(text: &str, first: &str, rest: &str) -> String {
    let words: Vec<_> = text.split_whitespace().map(escape::terminal).collect();
    let indents = in_lines(width()).initial_indent(first).subsequent_indent(rest);
    textwrap::fill(&words.join(" "), indents) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::quantiles::Quantile;

    #[test]
    fn lines_are_wrapped_at_words() {
        let text = wrapped(&"word ".repeat(40), "  - ", "    ");
        assert!(text.lines().count() > 2);
        assert!(text.lines().all(|line| line.len() <= WIDTH));
        assert!(text.starts_with("  - word") && text.contains("\n    word"));
    }

    #[test]
    fn names_are_broken_at_their_joints() {
        let key = "exposures.isolation/long-term-conditions.susceptible";
        assert_eq!(at_joints(key, 60), key);
        assert_eq!(at_joints(key, 50), "exposures.isolation/long-term-conditions.\nsusceptible");
        assert_eq!(at_joints("", 50), "");
        assert_eq!([counted(1, "table"), counted(2, "chart")], ["1 table", "2 charts"]);
    }

    #[test]
    fn three_significant_figures() {
        let read =
            [1_689_337.0, 43_878.0, 999_600.0, 812.4, 9_994.0, -120_400.0, 0.0, 12_345_678.0];
        let shown = ["1.69m", "43.9k", "1.00m", "812", "9,994", "-120k", "0", "12.3m"];
        for (value, text) in read.into_iter().zip(shown) {
            assert_eq!(count(value), text);
        }
    }

    #[test]
    fn brief_numbers_share_their_unit() {
        let stats = Stats::new(0.0, |quantile| match quantile {
            Quantile::Q05 => 2_610.0,
            Quantile::Q95 => 8_890.0,
            _ => 5_431.0,
        });
        assert_eq!(range_ends(&stats), "2.6 to 8.9k");
        let signs = [5_431.0, -186_400.0, 67.2, -0.2, 1_230_000.0].map(signed);
        assert_eq!(signs, ["+5.4k", "-186k", "+67", "0", "+1.2m"]);
    }

    #[test]
    fn percentages_keep_their_sign() {
        assert_eq!(percent(0.1234), "+12%");
        assert_eq!(percent(-0.0312), "-3.1%");
        assert_eq!(thousands(-0.3), "0");
    }
}
