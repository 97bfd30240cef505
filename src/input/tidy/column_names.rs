//! Names of columns as people and programs write them, plain: small letters and digits alone.

use crate::input::table::head::plain;

pub(super) const AREA: [&str; 47] = [
    "area",
    "areacode",
    "areaname",
    "orgcode",
    "orgname",
    "org",
    "code",
    "name",
    "ccg",
    "ccgcode",
    "ccgname",
    "icb",
    "icbcode",
    "icbname",
    "subicb",
    "subicbcode",
    "subicbname",
    "subicblocation",
    "stp",
    "stpcode",
    "stpname",
    "provider",
    "providercode",
    "providername",
    "providerorgcode",
    "trust",
    "trustcode",
    "trustname",
    "hsctrust",
    "hb",
    "hbcode",
    "hbname",
    "hbt",
    "healthboard",
    "board",
    "region",
    "regioncode",
    "regionname",
    "la",
    "lacode",
    "localauthority",
    "organisation",
    "organisationcode",
    "organisationname",
    "place",
    "locality",
    "geography",
];

pub(super) const SERVICE: [&str; 9] = [
    "service",
    "serviceline",
    "servicename",
    "servicetype",
    "team",
    "teamname",
    "pathway",
    "specialty",
    "programmeofcare",
];

pub(super) const MEASURE: [&str; 6] =
    ["measure", "measurename", "metric", "indicator", "measureid", "activity"];

/// Names of the one column of figures of a long table.
pub(super) const VALUE: [&str; 9] = [
    "referrals",
    "value",
    "count",
    "number",
    "figure",
    "total",
    "referralsreceived",
    "n",
    "numberofreferrals",
];

/// Whether the name of a column of figures says no more than that it counts; a slip of the hand
/// says the same.
pub(super) fn is_value(name: &str) -> bool {
    let name = plain(name);
    VALUE.contains(&name.as_str()) || is_slip(&name, "referrals")
}

/// Whether a name is another with a letter wrong, missing, too many or out of its place; of a long
/// one, two.
pub(super) fn is_slip(name: &str, of: &str) -> bool {
    let most = if of.len() > 8 { 2 } else { 1 };
    (1..=most).contains(&strsim::damerau_levenshtein(name, of))
}

pub(super) const REMARKS: [&str; 12] = [
    "note",
    "notes",
    "comment",
    "comments",
    "remark",
    "remarks",
    "source",
    "sourceurl",
    "url",
    "unit",
    "units",
    "footnote",
];

/// What `Table::column` names are allowed, for messages.
pub(super) const ALLOWED: [&str; 6] =
    ["month", "area", "service", "referrals", "measure", "derived"];
