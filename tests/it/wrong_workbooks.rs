//! Workbooks with one mistake each: the reader names the cell, says what it read and what is
//! allowed, and finds several mistakes at once. Small workbooks are written here from rows of text.

use crate::shared::kernel;
use crate::shared::workbook::{Sheets, xlsx};
use afterwave::diagnostics::Problems;
use afterwave::input::workbook::Workbook;

fn sound() -> Sheets {
    let rows = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect();
    vec![
        ("curves", rows("month|a|b\n0|0.1|0.2\n1|0.2|0.3\n2|0.3|0.3\n3|0.4|0.2")),
        ("groups", rows("group|curve|size|pcnt\nyoung|a|1000|10\nold|b|2000|20")),
        (
            "g2c",
            rows(
                "group|condition|pcnt\nyoung|fear|0.1\nyoung|grief|0.2\nold|fear|0.3\nold|grief|0.4",
            ),
        ),
        (
            "c2t",
            rows(
                "group|condition|treatment|split\nyoung|fear|talk|1\nyoung|fear|group|2\n\
                 young|grief|talk|3\nold|fear|talk|5\nold|grief|group|8",
            ),
        ),
        (
            "treatments",
            rows(
                "treatment|success|months|decay|demand|treat_pcnt\ntalk|0.5|1|0.5|1|0.5\n\
                 group|0.2|2|0.5|1|0.7",
            ),
        ),
        (
            "demand",
            rows(
                "service|month|underlying|suppressed\ntalk|2020-05-01|10|5\ntalk|43983|20|6\n\
                 talk|2020-07-01|30|7\ntalk|2020-08-01|40|8\ngroup|2020-05-01|1|0\n\
                 group|2020-06-01|1|0\ngroup|2020-07-01|1|0\ngroup|2020-08-01|1|0",
            ),
        ),
    ]
}

fn read(sheets: &Sheets) -> Result<Workbook, Problems> {
    Workbook::read("plan.xlsx", &xlsx(sheets)).map_err(|error| error.0)
}

/// The sound workbook with row `row` (from 1) of `sheet` replaced, or added.
fn with(sheet: &str, row: usize, cells: &str) -> Sheets {
    let mut sheets = sound();
    let rows = &mut sheets.iter_mut().find(|(name, _)| *name == sheet).unwrap().1;
    while rows.len() < row {
        rows.push(String::new());
    }
    cells.clone_into(&mut rows[row - 1]);
    sheets
}

#[test]
fn the_sound_workbook_is_read() {
    let book = read(&sound()).unwrap();
    assert!(book.warnings.is_empty(), "{}", book.warnings.render(false));
    assert_eq!((book.start.to_string().as_str(), book.months()), ("2020-05", 4));
    assert_eq!((book.needs.len(), book.routes.len()), (4, 5));
    assert_eq!(book.services[0].demand.as_ref().unwrap().returning, [5.0, 6.0, 7.0, 8.0]);
}

#[test]
fn every_mistake_is_named_with_its_cell() {
    let cases = [
        // sheet, row, what it holds now, the cell blamed, a part of what is said
        ("curves", 3, "1|0.2|0.4", "curves!C2", "does not sum to 1"),
        ("curves", 3, "1||0.3", "curves!B3", "is blank"),
        ("curves", 3, "1|-0.2|0.3", "curves!B3", "is out of range"),
        ("curves", 3, "7|0.2|0.3", "curves!A3", "do not follow each other"),
        ("curves", 3, "1|#N/A|0.3", "curves!B3", "error of a formula"),
        ("groups", 2, "young|a||10", "groups!C2", "is blank"),
        ("groups", 2, "young|a|-5|10", "groups!C2", "is out of range"),
        ("groups", 2, "young|a|1000|101", "groups!D2", "a percentage from 0 to 100"),
        ("groups", 2, "young|c|1000|10", "groups!B2", "names a curve that does not exist"),
        ("groups", 3, "young|b|2000|20", "groups!A3", "stands twice, first at groups!A2"),
        ("groups", 4, "middle|a|10|10", "groups!A4", "no condition in g2c"),
        ("groups", 2, "you*ng|a|10|10", "groups!A2", "holds a `*`"),
        ("g2c", 2, "yuong|fear|0.1", "g2c!A2", "try: young"),
        ("g2c", 2, "young|fear|", "g2c!C2", "is blank"),
        ("g2c", 2, "young|fear|12", "g2c!C2", "a share from 0 to 1"),
        ("g2c", 2, "young|fear|0.9", "g2c!C2", "sum to more than 1"),
        ("g2c", 6, "young|fear|0.1", "g2c!C6", "stands twice"),
        ("g2c", 6, "young|sleep|0.1", "g2c!C6", "`sleep` has no treatment in c2t"),
        ("c2t", 2, "young|fear|talks|1", "c2t!C2", "try: talk"),
        ("c2t", 2, "young|fright|talk|1", "c2t!B2", "does not exist"),
        ("c2t", 2, "young|fear|talk|-1", "c2t!D2", "is out of range"),
        ("c2t", 2, "young|fear|talk|", "c2t!D2", "is blank"),
        ("c2t", 4, "young|grief|talk|0", "c2t!D4", "are all 0"),
        ("c2t", 7, "young|fear|talk|1", "c2t!D7", "stands twice"),
        ("treatments", 2, "talk|1.5|1|0.5|1|0.5", "treatments!B2", "a share from 0 to 1"),
        ("treatments", 2, "talk|0.5|-1|0.5|1|0.5", "treatments!C2", "is out of range"),
        ("treatments", 2, "talk|0.5|0|0|1|0.5", "treatments!C2", "both 0"),
        ("treatments", 2, "talk|0.5|1|2|1|0.5", "treatments!D2", "a share from 0 to 1"),
        ("treatments", 2, "talk|0.5|1|0.5|-1|0.5", "treatments!E2", "is out of range"),
        ("treatments", 2, "talk||1|0.5|1|0.5", "treatments!B2", "is blank"),
        ("treatments", 2, "talk|half|1|0.5|1|0.5", "treatments!B2", "is not a number"),
        ("treatments", 4, "talk|0.5|1|0.5|1|0.5", "treatments!A4", "stands twice"),
        ("demand", 2, "talk|2020-05-02|10|5", "demand!B2", "2020-05"),
        ("demand", 2, "talk|2020-05-01|-10|5", "demand!C2", "is out of range"),
        ("demand", 2, "tolk|2020-05-01|10|5", "demand!A2", "try: talk"),
        ("demand", 10, "talk|2020-05-01|10|5", "demand!B10", "stands twice"),
        ("demand", 3, "talk|soon|20|6", "demand!B3", "is not a month"),
        ("demand", 3, "", "demand!B2", "lacks 1 of 4 months, the first 2020-06"),
        ("g2c", 2, "young|fear|=0.1*1", "g2c!C2", "is a formula without a saved value"),
        ("g2c", 2, "=A3|fear|0.1", "g2c!A2", "is a formula without a saved value"),
        ("g2c", 1, "group|condtion|pcnt", "g2c", "rename `condtion` to `condition`"),
    ];
    for (sheet, row, cells, place, part) in cases {
        let problems = read(&with(sheet, row, cells)).expect_err(cells);
        let text = problems.render(false);
        assert!(text.contains(&format!("plan.xlsx ({place})")), "{cells}: {place} not in\n{text}");
        assert!(text.contains(part), "{cells}: {part} not in\n{text}");
    }
}

#[test]
fn what_can_be_used_is_used_with_a_warning() {
    let cases = [
        ("c2t", 4, "", "`young` with `grief` has no treatment in c2t"),
        ("g2c", 3, "", "`young` with `grief` has no share in g2c: 1 row of c2t left out"),
        ("treatments", 2, "talk|'0.5|1|0.5|1|0.5", "is a number stored as text"),
        ("treatments", 4, "new|0.5|1|0.5|1|0.5", "`new` has no rows"),
        (
            "demand",
            10,
            "talk|2021-01-01|1|1",
            "rows after 2020-08, the last month of the curves, are not used: 1",
        ),
        ("groups", 1, "group|curve|size|pcnt|comment", "the column `comment` is not used"),
    ];
    for (sheet, row, cells, part) in cases {
        let book = read(&with(sheet, row, cells)).unwrap_or_else(|p| panic!("{}", p.render(false)));
        let text = book.warnings.render(false);
        assert!(text.contains(part), "{cells}: {part} not in\n{text}");
        // And whatever was left out, the run is made of numbers.
        let (parameters, entering) = kernel::central(&book);
        assert!(parameters.rate.iter().chain(&parameters.weight).flatten().all(|x| x.is_finite()));
        assert!(entering.iter().flatten().all(|x| x.is_finite()));
    }
}

#[test]
fn several_mistakes_are_named_together() {
    let mut sheets = with("groups", 2, "young|a|-5|110");
    sheets[5].1[1] = "talk|2020-05-02|10|".to_owned();
    let problems = read(&sheets).unwrap_err();
    let text = problems.render(false);
    for place in ["groups!C2", "groups!D2", "demand!B2", "demand!D2"] {
        assert!(text.contains(place), "{place} not in\n{text}");
    }
}

#[test]
fn spaces_blank_rows_and_other_spellings_do_no_harm() {
    let mut sheets = with("c2t", 2, "' young |Fear|'talk\u{a0}|1");
    for (_, rows) in &mut sheets {
        rows.extend([String::new(), "' ".to_owned()]);
    }
    let book = read(&sheets).unwrap_or_else(|p| panic!("{}", p.render(false)));
    assert_eq!(book.routes.len(), 5);
}

#[test]
fn a_missing_or_empty_sheet_and_a_file_of_another_kind_are_said() {
    let mut sheets = sound();
    sheets[2].0 = "g2cc";
    sheets[3].1.clear();
    let text = read(&sheets).unwrap_err().render(false);
    assert!(text.contains("has no sheet `g2c`") && text.contains("rename `g2cc`"), "{text}");
    assert!(text.contains("(c2t)") && text.contains("the sheet is empty"), "{text}");
    let error = Workbook::read("plan.xlsx", b"group,curve\n").unwrap_err().to_string();
    assert!(error.contains("is not an .xlsx workbook"), "{error}");
}

#[test]
fn ranges_stand_beside_any_parameter() {
    let mut sheets = with("groups", 1, "group|curve|size|pcnt|size_low|size_high");
    sheets[1].1[1] = "young|a|1000|10|800|1500".to_owned();
    let book = read(&sheets).unwrap_or_else(|p| panic!("{}", p.render(false)));
    let size = book.groups[0].size;
    assert_eq!((size.low, size.central, size.high), (800.0, 1000.0, 1500.0));
    assert!(book.groups[1].size.is_point());
    sheets[1].1[1] = "young|a|1000|10|1200|1500".to_owned();
    let text = read(&sheets).unwrap_err().render(false);
    assert!(text.contains("groups!E2") && text.contains("at most size, which is 1000"), "{text}");
}

#[test]
fn a_slip_in_a_header_is_one_problem() {
    for (sheet, rows) in sound() {
        let header: Vec<&str> = rows[0].split('|').collect();
        let columns = if sheet == "curves" { 1 } else { header.len() };
        for at in 0..columns {
            let slip = format!("{}x", &header[at][..header[at].len() - 1]);
            let mut slipped = header.clone();
            slipped[at] = &slip;
            let problems = read(&with(sheet, 1, &slipped.join("|"))).expect_err(&slip);
            assert_eq!(problems.iter().count(), 1, "{}", problems.render(false));
            let text = problems.render(false);
            assert!(text.contains(&format!("rename `{slip}` to `{}`", header[at])), "{text}");
        }
    }
}
