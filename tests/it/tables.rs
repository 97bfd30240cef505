//! Tables as people keep them: each kind of layout, date and mark that a stranger's file has, read
//! by `import` and by `run --baseline` alike, or refused with one clear message.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use assert_cmd::cargo::cargo_bin_cmd;
use tempfile::TempDir;

use crate::shared::workbook::xlsx;

/// What a command said, and its code.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn afterwave(folder: &TempDir, arguments: &[&str]) -> Said {
    let mut command = cargo_bin_cmd!("afterwave");
    let output = command.current_dir(folder.path()).env("NO_COLOR", "1").args(arguments).output();
    let output = output.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl Said {
    #[track_caller]
    fn says(&self, words: &str) -> &Self {
        let said = self.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "`{words}` is not said in\n{}", self.err);
        self
    }

    /// Refused with one message, which holds `words`.
    #[track_caller]
    fn refused(&self, words: &str) {
        assert_eq!(self.code, Some(2), "{}{}", self.out, self.err);
        assert_eq!(self.err.matches("error: ").count(), 1, "{}", self.err);
        self.says(words);
    }

    #[track_caller]
    fn holds(&self, rows: &[&str]) -> &Self {
        assert_eq!(self.code, Some(0), "{}", self.err);
        for row in rows {
            assert!(
                self.out.lines().any(|line| line.starts_with(row)),
                "{row} is not in\n{}",
                self.out
            );
        }
        self
    }
}

/// Imports a file of these bytes.
fn import(name: &str, content: impl AsRef<[u8]>, more: &[&str]) -> Said {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    afterwave(&folder, &[&["import", name], more].concat())
}

/// Checks the same bytes as a baseline of one scenario.
fn check(name: &str, content: impl AsRef<[u8]>, more: &[&str]) -> Said {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    afterwave(&folder, &[&["check", "single-wave", "--baseline", name], more].concat())
}

/// A line for each number.
fn lines(numbers: std::ops::RangeInclusive<i32>, line: impl Fn(i32) -> String) -> String {
    numbers.map(|at| line(at) + "\n").collect()
}

/// Fifteen months from January 2019 in a column, by a function of year, month and count.
fn months(row: impl Fn(i32, u32, i32) -> String) -> String {
    (0..15).map(|at| row(2019 + at / 12, at as u32 % 12 + 1, 100 + at) + "\n").collect()
}

const NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn last_day(year: i32, month: u32) -> u32 {
    [31, 28 + u32::from(year % 4 == 0), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1]
}

/// A heading, and how a month is written below it.
type Form<'a> = (&'static str, &'a dyn Fn(i32, u32) -> String);

#[test]
fn months_are_read_in_every_form_by_import_and_as_a_baseline() {
    let name = |m: u32| NAMES[m as usize - 1];
    let serial = |y: i32, m: u32| {
        let date = jiff::civil::date(y as i16, m as i8, 1);
        date.since(jiff::civil::date(1899, 12, 30)).unwrap().get_days()
    };
    let forms: [Form<'_>; 16] = [
        ("month", &|y, m| format!("{y}-{m:02}")),
        ("Month", &|y, m| format!("{y}{m:02}01")),
        ("Month", &|y, m| format!("{y}{m:02}")),
        ("Month", &|y, m| format!("{y}M{m:02}")),
        ("Month", &|y, m| format!("{y} {}", name(m).to_uppercase())),
        ("Period", &|y, m| format!("RTT-{}-{y}", name(m))),
        ("Month", &|y, m| format!("{m:02}/{y}")),
        ("Month", &|y, m| serial(y, m).to_string()),
        ("Date", &|y, m| format!("{}-{}", name(m), y % 100)),
        ("Date", &|y, m| format!("{}-{}", y % 100, name(m))),
        ("Date", &|y, m| format!("01/{m:02}/{y}")),
        ("Date", &|y, m| format!("{m}/1/{y}")),
        ("Month ending", &|y, m| format!("{}/{m:02}/{y}", last_day(y, m))),
        ("month_ending", &|y, m| format!("{}-{}-{}", last_day(y, m), name(m), y % 100)),
        ("Date", &|y, m| format!("{y}-{m:02}-01T00:00:00")),
        ("Month", &|y, m| format!("{} {y} (provisional)", name(m))),
    ];
    for (heading, form) in forms {
        let text = format!("{heading},iapt\n{}", months(|y, m, n| format!("{},{n}", form(y, m))));
        import("a.csv", &text, &[]).holds(&["2019-01,iapt,100,", "2020-03,iapt,114,"]);
    }
    // The same reader serves the baseline.
    let text = format!(
        "Month ending,IAPT\n{}",
        months(|y, m, n| format!("{}/{m:02}/{y},{n}", last_day(y, m)))
    );
    check("a.csv", &text, &[]).holds(&["all inputs can be used"]).says("months by their last day");
}

#[test]
fn years_and_months_in_two_columns_or_one_above_the_other_are_months() {
    let two = months(|y, m, n| format!("{y},{m},{n}"));
    import("a.csv", format!("Year,Month,iapt\n{two}"), &[])
        .holds(&["2019-01,iapt,100", "2020-03,iapt,114"]);
    let named = months(|y, m, n| format!("{y},{},{n}", NAMES[m as usize - 1]));
    import("a.csv", format!("Year,Month,iapt\n{named}"), &[]).holds(&["2020-03,iapt,114"]);
    let financial = "Financial year,Month,iapt\n2019/20,April,5\n2019/20,March,6\n";
    import("a.csv", financial, &[]).holds(&["2019-04,iapt,5", "2020-03,iapt,6"]);
    let above = "Month,iapt\n2019/20,\nApril,5\nMay,6\n2020/21,\nApril,7\n";
    import("a.csv", above, &[]).holds(&["2019-04,iapt,5", "2020-04,iapt,7"]);
    import("a.csv", "Month,iapt\nApril,5\nMay,6\n", &[]).refused("months without a year");
}

#[test]
fn months_stand_across_too() {
    let text = "Service,Apr-19,May-19,Jun-19,Jul-19,Total\nIAPT,100,110,120,130,460\nCAMHS,50,55,60,65,230\n";
    let rows = ["2019-04,iapt,100,", "2019-07,iapt,130,", "2019-04,camhs,50,", "2019-07,camhs,65,"];
    import("a.csv", text, &[]).holds(&rows).says("months across").says("`Total` (a sum of others)");
    let rows_of = |text: &str| text.lines().map(|line| line.replace(',', "|")).collect::<Vec<_>>();
    let book = xlsx(&vec![("Cover", vec!["A report|".to_owned()]), ("Data", rows_of(text))]);
    import("a.xlsx", book, &[]).holds(&rows).says("sheet `Data`");
    let years = "Year,Apr,May,Jun,Jul\n2019,1,2,3,4\n2020,5,6,7,8\n";
    import("a.csv", years, &[]).holds(&["2019-04,referrals,1,", "2020-07,referrals,8,"]);
    let calendar = "Month,2018,2019\nJanuary,1,3\nFebruary,2,4\nTotal,3,7\n";
    import("a.csv", calendar, &["--service", "iapt"])
        .holds(&["2018-01,iapt,1", "2018-02,iapt,2", "2019-01,iapt,3", "2019-02,iapt,4"])
        .says("months down, years across")
        .says("1 row that sums others");
    let financial = "Team,Month,2018/19,2019/20\nCAMHS,Apr,1,3\nCAMHS,Mar,2,4\nEIP,Apr,5,6\n";
    import("a.csv", financial, &[]).holds(&[
        "2018-04,camhs,1",
        "2019-03,camhs,2",
        "2019-04,eip,6",
        "2020-03,camhs,4",
    ]);
    import("a.csv", "Service,Apr,May,Jun,Jul\nIAPT,1,2,3,4\n", &[]).refused("no year is given");
    let years = "Service,2018/19,2019/20\nIAPT,1200,2400\nAdult community mental health,*,[c]\n";
    import("a.csv", years, &[]).refused("--spread-periods");
    import("a.csv", years, &["--spread-periods"]).holds(&[
        "2018-04,iapt,100,",
        "2020-03,iapt,200,",
        "2018-04,adult-community-mental-health,,",
    ]);
}

#[test]
fn what_stands_around_a_table_is_left_out_and_told_once() {
    let text = format!(
        "\"Referrals to talking therapies, Bury\"\n\nExtracted: 3 May 2020\n\nMonth,IAPT,CAMHS\n{}\
         Total,1605,1605\n\nSource: our own system, not for publication\n* under review\n",
        months(|y, m, n| format!("{}-{},{n},{n}", NAMES[m as usize - 1], y % 100)),
    );
    import("a.csv", &text, &[])
        .holds(&["2019-01,iapt,100", "2020-03,camhs,114"])
        .says("1 row that sums others");
    let said = check("a.csv", &text, &[]);
    said.holds(&["all inputs can be used"]).says("1 row that sums others");
    let named = text.replace("IAPT", "Referrals to IAPT").replace("CAMHS", "New CAMHS referrals");
    check("a.csv", named, &[]).holds(&["all inputs can be used"]);
    // A total that disagrees with its parts is told.
    let said = check("a.csv", text.replace("Total,1605", "Total,9999"), &[]);
    said.says("a total is not the sum of its parts").says("the parts sum to 1605");
}

#[test]
fn quarters_years_and_weeks_are_never_months_unless_asked() {
    let quarters = "Quarter,iapt\n2019/20 Q1,300\n2019/20 Q2,330\n2019/20 Q3,360\n2019/20 Q4,390\n";
    let ending = "Quarter Ending,iapt\n30/06/2019,300\n30/09/2019,330\n31/12/2019,360\n";
    let years = "Financial year,iapt\n2017/18,1200\n2018/19,1320\n";
    for (text, words, rows) in [
        (quarters, "3 months", ["2019-04,iapt,100,", "2020-03,iapt,130,"]),
        (ending, "3 months", ["2019-04,iapt,100,", "2019-12,iapt,120,"]),
        (
            "Period,iapt\nQ1 2019/20,300\nQ2 2019/20,330\n",
            "3 months",
            ["2019-04,iapt,100,", "2019-09,iapt,110,"],
        ),
        (years, "year", ["2017-04,iapt,100,", "2019-03,iapt,110,"]),
    ] {
        import("a.csv", text, &[]).refused("--spread-periods");
        import("a.csv", text, &[]).says(words);
        let spread = import("a.csv", text, &["--spread-periods"]);
        spread.holds(&rows);
        assert!(spread.out.lines().skip(1).all(|line| line.ends_with(",true")), "{}", spread.out);
        check("a.csv", text, &[]).refused("--spread-periods");
    }
    let week = |at: i32| {
        let day =
            jiff::civil::date(2020, 1, 5).checked_add(jiff::Span::new().days(7 * at)).unwrap();
        format!("{:02}/{:02}/{},70\n", day.day(), day.month(), day.year())
    };
    let weeks: String = (0..10).map(week).collect();
    let iso = "week,iapt\n".to_owned() + &lines(1..=9, |w| format!("2020-W{w:02},70"));
    for text in [format!("Week ending,iapt\n{weeks}"), format!("Date,iapt\n{weeks}"), iso] {
        import("a.csv", &text, &[]).refused("weeks are no months");
        let spread = import("a.csv", &text, &["--spread-periods"]);
        spread.holds(&["2020-01,iapt,310,referrals,true", "2020-02,iapt,290,"]);
        assert!(!spread.out.contains("2019-12"), "a month of two days is no month: {}", spread.out);
    }
    // Days of every month are its sum, and no month is made of a few.
    let days = lines(1..=31, |d| format!("2020-01-{d:02},2"));
    import("a.csv", format!("Date,iapt\n{days}2020-02-01,2\n"), &[]).holds(&["2020-01,iapt,62,"]);
    import("a.csv", "month,iapt\n2020-01,5\n2020-04,6\n2020-07,7\n", &[])
        .refused("a quarter apart");
}

#[test]
fn the_order_of_day_and_month_is_asked_for_where_it_is_not_certain() {
    let twelve = lines(2..=12, |at| format!("01/{at:02}/2020,5"));
    let text = format!("Date,iapt\n{twelve}");
    import("a.csv", &text, &[]).refused("--dates dmy, or --dates mdy");
    check("a.csv", &text, &[]).refused("--dates dmy, or --dates mdy");
    import("a.csv", &text, &["--dates", "dmy"]).holds(&["2020-02,iapt,5", "2020-12,iapt,5"]);
    let american = "Date,iapt\n1/31/2020,5\n2/29/2020,6\n3/31/2020,7\n";
    import("a.csv", american, &[]).holds(&["2020-01,iapt,5"]).says("written month first");
}

#[test]
fn cells_are_parted_and_encoded_in_any_way() {
    let text = "Month,IAPT\nApr-19,\"1,234\"\nMay-19,1 300\nJun-19,<5\nJul-19,1-9\nAug-19,[c]\nSep-19,900\n";
    let rows = [
        "2019-04,iapt,1234,",
        "2019-05,iapt,1300,",
        "2019-06,iapt,,",
        "2019-07,iapt,,",
        "2019-08,iapt,,",
    ];
    import("a.csv", text, &[]).holds(&rows);
    import("a.csv", text.replace("\"1,234\"", "1234").replace(',', ";"), &[]).holds(&rows);
    import("a.csv", format!("sep=;\n{}", text.replace("\"1,234\"", "1234").replace(',', ";")), &[])
        .holds(&rows);
    let tabs = text.replace("\"1,234\"", "1234").replace(',', "\t");
    import("a.txt", &tabs, &[]).holds(&rows);
    let wide = |bytes: fn(u16) -> [u8; 2]| tabs.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for bytes in [
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat(),
        format!("\u{feff}{text}").into_bytes(),
        text.replace('\n', "\r\n").into_bytes(),
        [b"M\xf4n,\n".as_slice(), text.as_bytes()].concat(),
    ] {
        import("a.csv", &bytes, &[]).holds(&rows);
        let said = check("a.csv", &bytes, &[]);
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
}

#[test]
fn a_column_that_tells_rows_apart_is_a_key_or_refused_by_its_name() {
    let ccg = "month,ccg,referrals\n2019-01,00V,70\n2019-02,00V,75\n";
    import("a.csv", ccg, &["--area", "01G"]).refused("holds no area `01G`");
    import("a.csv", ccg, &["--area", "00v"]).holds(&["2019-01,00V,referrals,70"]);
    let two = "month,ccg,service,referrals\n2019-01,00V,iapt,700\n2019-02,01G,iapt,70\n";
    import("a.csv", two, &[]).holds(&["2019-01,00V,iapt,700", "2019-02,01G,iapt,70"]);
    let ages = "month,age_group,service,referrals\n2019-01,0-17,iapt,700\n2019-02,18+,iapt,70\n";
    import("a.csv", ages, &[]).refused("unknown column `age_group`");
    check("a.csv", ages, &[]).refused("unknown column `age_group`");
    import("a.csv", ages, &["--where", "age_group=18+"]).holds(&["2019-02,iapt,70"]);
    for name in ["ccg", "provider", "hb", "region", "Provider_Org_code", "Trust", "ICB name"] {
        let text = two.replace("ccg", name);
        import("a.csv", &text, &["--area", "01G"]).holds(&["2019-02,01G,iapt,70"]);
    }
    // A code and its name are one key, a code in two cases one area.
    let named = "month,ccg_code,ccg_name,iapt\n2019-01,00V,Bury,5\n2019-02,00v,Bury,6\n";
    import("a.csv", named, &[]).holds(&["2019-01,00V,iapt,5", "2019-02,00V,iapt,6"]);
    let both = "month,provider,ccg,iapt\n2019-01,A,X,5\n2019-01,A,Y,6\n2019-01,B,X,7\n";
    import("a.csv", both, &[]).refused("both say whose the figures are");
}

#[test]
fn any_long_table_is_read_by_the_names_of_its_columns() {
    let text =
        "When,Board,Sex,Patients,Median\n201904,S1,All,5,3\n201904,S1,F,2,3\n201905,S1,All,6,3\n";
    let said = import(
        "a.csv",
        text,
        &["--date", "When", "--area", "Board", "--value", "Patients", "--where", "Sex=All"],
    );
    said.holds(&["2019-04,S1,patients,5", "2019-05,S1,patients,6"]);
    import("a.csv", text, &["--date", "Wen"]).refused("no column `Wen`");
    import("a.csv", text, &["--date", "When", "--where", "Sex=Al"]).refused("no row has `Al`");
}

#[test]
fn a_row_one_cell_short_is_named() {
    let text = "month,area,service,referrals\n2019-01,England,iapt,5\n2019-02,England,iapt\n2019-03,England,iapt,6\n";
    check("a.csv", text, &[]).refused("the row ends before `referrals`");
    check("a.csv", text, &[]).says("a.csv:3");
    import("a.csv", text, &[]).refused("the row ends before `referrals`");
}

#[test]
fn one_cause_is_one_message() {
    let many = lines(0..=499, |at| format!("2019-01,svc{at},5"));
    let said = check("a.csv", format!("month,service,referrals\n{many}"), &[]);
    said.refused("unknown service `svc0`");
    said.says("and 480 more");
    let bad = lines(1..=12, |m| format!("2019-{m:02},many"));
    let bad = bad.replacen("many", "5", 7);
    check("a.csv", format!("month,iapt\n{bad}"), &[]).refused("not a count");
}

#[test]
fn files_of_more_publishers_are_read_as_published() {
    let seen = "HB,Month,TotalPatientsSeen,TotalPatientsSeenQF,NumberOfPatientsSeen0To18Weeks,NumberOfPatientsSeen0To18WeeksQF,MedianWeeksPatientsSeen,MedianWeeksPatientsSeenQF\n\
                S08000015,202001,55,,50,,5,\nS92000003,202001,1055,d,950,,6,d\nS08000015,202002,,:,,:,,:\nS92000003,202002,1060,d,940,d,6,d\n";
    import("a.csv", seen, &[])
        .holds(&["Scotland,camhs,seen,,2020-01,2020-01,1055", "Scotland,camhs,within,18,2020-01"]);
    let report = "OrgType,OrgCode,OrgName,VariableType,VariableA,VariableB,CountReferralsReceived,CountEndedReferrals\n\
                  England,England,England,Total,Total,Total,1200000,990000\n\
                  England,England,England,Age Group,18 to 25,Total,200000,198000\n\
                  CCG,00X,NHS Example CCG,Total,Total,Total,12000,8900\n";
    let name = "psych-ther-ann-rep-csv-2019-20-main-csv.csv";
    import(name, report, &["--spread-periods"])
        .holds(&["2019-04,England,iapt,100000,", "2020-03,England,iapt,100000,"]);
    let newer = report.replace("Count", "Count_");
    import(name, newer, &["--spread-periods", "--area", "00x"]).holds(&["2019-04,00X,iapt,1000,"]);
    import("main.csv", report, &["--spread-periods"]).refused("does not say its year");
    let trusts = "Quarter Ending,HSC Trust,Specialty,Programme of Care,0 - 6 weeks,Total Waiting\n\
                  30/06/2019,Belfast,Psychiatry,Mental health,\"1,000\",\"3,000\"\n30/09/2019,Belfast,Psychiatry,Mental health,900,\"3,300\"\n";
    let waits = import("a.csv", trusts, &["--value", "Total Waiting", "--spread-periods"]);
    waits.says("HSC Trust");
}

#[test]
fn the_new_dashboard_and_days_of_small_areas() {
    let header = "theme,geography,geography_code,metric,stratum,sex,age,year,month,epiweek,date,metric_value,in_reporting_delay_period\n";
    let row = |d: u32, sex: &str, n: u32| {
        format!(
            "infectious_disease,England,E92000001,COVID-19_healthcare_admissionByDay,default,{sex},all,2021,1,1,2021-01-{d:02},{n},False\n"
        )
    };
    let rows: String = (1..=31).map(|d| row(d, "all", 100) + &row(d, "f", 50)).collect();
    for arguments in [vec![], vec!["--measure", "admissions"]] {
        import("a.csv", format!("{header}{rows}"), &arguments).holds(&["2021-01,3100"]);
    }
    // Daily, then a row a week with the week's sum.
    let mut text = "areaCode,areaName,date,newAdmissions\n".to_owned();
    for day in 1..=30 {
        writeln!(text, "E92000001,England,2021-04-{day:02},10").unwrap();
    }
    for (month, day) in [(5, 2), (5, 9), (5, 16), (5, 23), (5, 30), (6, 6)] {
        writeln!(text, "E92000001,England,2021-{month:02}-{day:02},70").unwrap();
    }
    let said = import("a.csv", &text, &[]);
    said.holds(&["2021-04,300", "2021-05,310"]).says("seven days apart");
    let mut small = "areaCode,areaName,date,newDeaths28DaysByDeathDate\n".to_owned();
    for day in ["04-03", "04-17", "05-03", "05-17", "06-03", "06-17", "06-30"] {
        writeln!(small, "E06000099,Smallshire,2021-{day},1").unwrap();
    }
    let said = import("a.csv", &small, &["--measure", "deaths"]);
    said.holds(&["2021-04,2", "2021-05,2", "2021-06,3"]).says("no row is 0");
    let mut few = "date,newAdmissions\n".to_owned();
    for (month, days) in [(4, 30), (5, 5), (6, 30)] {
        for day in 1..=days {
            writeln!(few, "2021-{month:02}-{day:02},100").unwrap();
        }
    }
    import("a.csv", &few, &[])
        .holds(&["2021-04,3000", "2021-05,", "2021-06,3000"])
        .says("left blank");
    let negative = few.replacen(",100", ",-12", 1);
    import("a.csv", negative, &[]).refused("a correction of days before");
}

#[test]
fn stocks_and_withheld_figures_are_no_baseline() {
    let waiting = "month,Total waiting\n2020-01,9000\n2020-02,9100\n";
    import("a.csv", waiting, &["--service", "camhs"]).refused("--stock");
    import("a.csv", waiting, &["--service", "camhs", "--stock"]).holds(&["2020-01,camhs,9000"]);
    import("a.csv", "month,iapt\n2019-01,*\n2019-02,<5\n", &[])
        .refused("withheld or not available");
}

#[test]
fn no_small_file_takes_much_memory_or_time() {
    use flate2::{Compression, write::GzEncoder};
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..64 {
        gz.write_all(&vec![b'A'; 1 << 20]).unwrap();
    }
    import("a.csv.gz", gz.finish().unwrap(), &[]).refused("a row is longer than 1 MB");
    // What a workbook claims is held against what it holds.
    let book = xlsx(&vec![("Data", vec!["month|iapt".to_owned(), "2019-01|5".to_owned()])]);
    let change = |from: &str, to: &str| {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&book)).unwrap();
        let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mut text = String::new();
            std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
            out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            out.write_all(text.replace(from, to).as_bytes()).unwrap();
        }
        out.finish().unwrap().into_inner()
    };
    for cell in ["ZZZZZZZ2", "BTABLE2", "A123456789"] {
        let wide = change("\"B2\"", &format!("\"{cell}\""));
        import("a.xlsx", &wide, &[]).refused("beyond the last of a sheet");
        check("a.xlsx", &wide, &[]).refused("beyond the last of a sheet");
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("a.xlsx"), &wide).unwrap();
        afterwave(&folder, &["check", "single-wave", "--pack", "a.xlsx"])
            .refused("beyond the last");
    }
    // One cell far to the right costs nothing.
    import("a.xlsx", change("\"B2\"", "\"XFD2\""), &[]).refused("");
}

#[test]
#[cfg(unix)]
fn a_device_without_an_end_is_refused() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        ["import", "/dev/zero"].as_slice(),
        &["check", "single-wave", "--baseline", "/dev/zero"],
        &["check", "/dev/zero"],
        &["check", "single-wave", "--capacity", "/dev/zero"],
        &["check", "single-wave", "--pack", "/dev/zero"],
    ] {
        let said = afterwave(&folder, arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn years_across_and_a_year_that_its_months_share() {
    let count = |year: i32, month: i32| (year - 2017) * 1000 + month;
    let name = |month: i32| NAMES[month as usize - 1];
    let row = |month: i32| format!("{},{},{}", name(month), count(2018, month), count(2019, month));
    let years = lines(1..=12, row);
    let sum = |year: i32| (1..=12).map(|month| count(year, month)).sum::<i32>();
    let shared = |year: i32| {
        lines(1..=12, |month| {
            let own = if month == 1 { year.to_string() } else { String::new() };
            format!("{own},{},{}", name(month), count(year, month))
        })
    };
    for text in [
        format!("Month,2018,2019\n{years}"),
        format!("Referrals\n\n,2018,2019\n{years}\nSource: own\n"),
        format!("Month,2018,2019\n{years}Total,{},{}\n", sum(2018), sum(2019)),
        format!("Year,Month,iapt\n{}{}", shared(2018), shared(2019)),
    ] {
        let said = import("own.csv", &text, &["--service", "iapt"]);
        for year in [2018, 2019] {
            let months = (1..=12).map(|m| format!("{year}-{m:02},iapt,{},", count(year, m)));
            let months: Vec<String> = months.collect();
            said.holds(&months.iter().map(String::as_str).collect::<Vec<_>>());
        }
        assert_eq!(said.out.lines().count(), 25, "{text}");
    }
    // April begins a financial year.
    let of_april = |at: i32| {
        let month = (at + 2) % 12 + 1;
        format!("{},{},7", name(month), count(2018 + i32::from(month < 4), month))
    };
    let text = format!("Month,2018/19,2019/20\n{}", lines(1..=12, of_april));
    import("own.csv", text, &["--service", "iapt"]).holds(&[
        "2018-04,iapt,1004,",
        "2018-12,iapt,1012,",
        "2019-01,iapt,2001,",
        "2019-03,iapt,2003,",
        "2019-04,iapt,7,",
        "2020-03,iapt,7,",
    ]);
}
