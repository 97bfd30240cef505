//! Which areas a text names: a code of any year, a name or a part of one, or a list such as
//! `all-icb` and `region:North West`.

use super::Registry;
use crate::diagnostics::{Place as At, Problem, nearest};
use crate::study::place::{Kind, Place};

/// Areas found.
#[derive(Debug)]
pub struct Found<'a> {
    /// The areas, in the order of the registry.
    pub places: Vec<&'a Place>,
    /// What a reader should know, such as that a code is an old one.
    pub note: Option<String>,
}

/// Lists by their names.
const LISTS: [(&str, Kind); 4] = [
    ("all-icb", Kind::Icb),
    ("all-sub-icb", Kind::SubIcb),
    ("all-health-board", Kind::HealthBoard),
    ("all-region", Kind::Region),
];

/// How many areas an ambiguity names.
const SHOWN: usize = 8;

impl Registry {
    /// The areas that `text` names, or what is wrong with it and what may be meant.
    pub fn find(&self, text: &str, at: At) -> Result<Found<'_>, Problem> {
        if let Some((_, kind)) = LISTS.iter().find(|(list, _)| list.eq_ignore_ascii_case(text)) {
            return Ok(Found { places: self.list(*kind), note: None });
        }
        if let Some(name) = prefixed(text, "region:") {
            let regions = self.places.iter().filter(|place| place.kind == Kind::Region);
            let of = |place: &&Place| place.has_code(name) || plain(&place.name) == plain(name);
            return match regions.clone().find(of) {
                Some(region) => Ok(Found { places: self.children(&region.id), note: None }),
                None => Err(Problem::error(at, format!("unknown region `{name}`"))
                    .choose(name, regions.map(|region| region.name.as_str()))),
            };
        }
        if let Some(place) = self.place(text) {
            return Ok(self.today(place));
        }
        let wanted = plain(text);
        let is_current = |place: &&Place| place.kind != Kind::Ccg && place.is_last();
        let named = |is: &dyn Fn(&str) -> bool| -> Vec<&Place> {
            let all = || self.places.iter().filter(|place| is(&plain(&place.name)));
            let current: Vec<&Place> = all().filter(is_current).collect();
            if current.is_empty() { all().collect() } else { current }
        };
        let exact = self.one_each(&named(&|name| name == wanted));
        let part = || {
            if wanted.chars().count() < 3 {
                Vec::new()
            } else {
                named(&|name| name.contains(&wanted))
            }
        };
        let found = if exact.is_empty() { self.one_each(&part()) } else { exact };
        match found.as_slice() {
            [] => Err(self.unknown(text, at)),
            [only] => Ok(self.today(only)),
            several => {
                let words: Vec<String> = several.iter().take(SHOWN).map(|p| p.words()).collect();
                let more = match several.len().saturating_sub(SHOWN) {
                    0 => String::new(),
                    more => format!("; and {more} more"),
                };
                Err(Problem::error(at, format!("`{text}` is more than one area"))
                    .read(text)
                    .allowed(format!("{}{more}", words.join("; ")))
                    .suggest(format!("{}, or `afterwave areas {text}`", several[0].id)))
            }
        }
    }

    /// Every area of a kind that has residents: of boards those of July 2022 to March 2026, which
    /// the residents and the series by area are of.
    fn list(&self, kind: Kind) -> Vec<&Place> {
        let is_listed = |place: &&Place| place.kind == kind && place.residents.is_some();
        self.places.iter().filter(is_listed).collect()
    }

    /// Areas of which each covers others than the rest: of a board and its only place the board.
    fn one_each<'a>(&'a self, places: &[&'a Place]) -> Vec<&'a Place> {
        let is_only_place = |place: &&Place| {
            let whole = place.part_of.as_deref();
            places.iter().any(|other| Some(&*other.id) == whole)
                && whole.is_some_and(|whole| self.children(whole).len() == 1)
        };
        places.iter().filter(|place| !is_only_place(place)).copied().collect()
    }

    /// An area as it is today: of one that was merged the area it is a part of now.
    fn today<'a>(&'a self, place: &'a Place) -> Found<'a> {
        let mut now = place;
        while now.kind == Kind::Ccg
            && let Some(next) = self.successors(&now.id).find(|next| next.share == Some(1.0))
            && let Some(next) = self.place(&next.successor)
            && next.id != now.id
        {
            now = next;
        }
        let note = (now.id != place.id).then(|| {
            let since = place.to.map_or_else(String::new, |to| format!(" ended on {to} and"));
            format!("{}{since} is a part of {} now", place.words(), now.words())
        });
        Found { places: vec![now], note }
    }

    fn unknown(&self, text: &str, at: At) -> Problem {
        let problem = Problem::error(at, format!("unknown area `{text}`")).read(text).allowed(
            "a code of any year, a name or part of one, all-icb, all-sub-icb, region:NAME; \
             `afterwave areas TEXT` searches",
        );
        let wanted = plain(text);
        let names: Vec<(String, &Place)> =
            self.places.iter().map(|place| (plain(&place.name), place)).collect();
        let near = nearest(&wanted, names.iter().map(|(name, _)| name.as_str()));
        let by_name = near.and_then(|near| names.iter().find(|(name, _)| name == near));
        let lists = LISTS.iter().map(|(name, _)| *name);
        match (nearest(text, lists), by_name) {
            (Some(list), _) => problem.suggest(list),
            (None, Some((_, place))) => problem.suggest(place.words()),
            (None, None) => match nearest(text, self.places.iter().map(|p| p.id.as_str())) {
                Some(code) => problem.suggest(code),
                None => problem,
            },
        }
    }

    /// Every area that a text is a part of, by code or name; all of them for no text.
    pub fn search(&self, text: &str) -> Vec<&Place> {
        let wanted = plain(text);
        let fits =
            |place: &&Place| place.has_code(text.trim()) || plain(&place.name).contains(&wanted);
        self.places.iter().filter(fits).collect()
    }
}

impl Place {
    /// Its code and name.
    pub fn words(&self) -> String {
        if self.id == self.name { self.id.clone() } else { format!("{} ({})", self.id, self.name) }
    }

    /// Whether nothing followed it but a change of boards: residents and series are its own.
    fn is_last(&self) -> bool {
        self.to.is_none() || self.residents.is_some()
    }
}

/// The rest of a text after a prefix, in any case.
fn prefixed<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| text[prefix.len()..].trim())
}

/// A name without what belongs to the kind of area and not to the place.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase().replace('&', " and ");
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    let name = joined.strip_prefix("nhs ").unwrap_or(&joined);
    let kinds = [
        " integrated care board",
        " clinical commissioning group",
        " health board",
        " icb",
        " ccg",
    ];
    kinds.iter().find_map(|kind| name.strip_suffix(kind)).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::registry;
    use crate::diagnostics::{Place, Problem};

    fn find(text: &str) -> Result<Vec<String>, Problem> {
        let found = registry().find(text, Place::unknown())?;
        Ok(found.places.iter().map(|place| place.id.clone()).collect())
    }

    #[test]
    fn codes_of_any_year_names_and_parts_of_names_are_found() {
        for (text, id) in [
            ("00V", "00V"),
            ("00v", "00V"),
            ("E38000024", "00V"),
            ("bury", "00V"),
            ("NHS Bury CCG", "00V"),
            ("QOP", "QOP"),
            ("Greater Manchester", "QOP"),
            ("NHS Greater Manchester Integrated Care Board", "QOP"),
            ("greater manch", "QOP"),
            ("00C", "16C"),
            ("11H", "15C"),
            ("South Gloucestershire", "15C"),
            ("bristol, north", "QUY"),
            ("E54000053", "QNX"),
            ("Lothian", "S08000024"),
            ("Swansea Bay", "7A3"),
        ] {
            assert_eq!(find(text).unwrap(), [id], "{text}");
        }
    }

    #[test]
    fn lists_hold_every_area_once() {
        assert_eq!(find("all-icb").unwrap().len(), 42);
        assert_eq!(find("ALL-SUB-ICB").unwrap().len(), 106);
        assert_eq!(find("region:North West").unwrap(), ["QE1", "QOP", "QYG"]);
    }

    #[test]
    fn what_is_ambiguous_or_misspelt_names_the_nearest() {
        let several = find("lancashire").unwrap_err();
        assert!(several.message.contains("more than one"), "{several:?}");
        assert!(several.allowed.unwrap().contains("02G (West Lancashire)"));
        let misspelt = find("Grater Manchester").unwrap_err();
        assert_eq!(misspelt.suggestion.as_deref(), Some("QOP (Greater Manchester)"));
        assert!(find("region:Nort West").unwrap_err().suggestion.unwrap().contains("North West"));
    }

    #[test]
    fn residents_of_the_parts_are_those_of_the_whole() {
        let of = |id: &str| registry().residents(id).unwrap().total();
        assert_eq!(of("England"), 56_286_961.0);
        assert_eq!(of("00V"), 190_990.0);
        let boards: f64 = find("all-icb").unwrap().iter().map(|id| of(id)).sum();
        assert_eq!(boards, 56_286_961.0);
        for id in find("all-icb").unwrap() {
            assert_eq!(of(&id), registry().place(&id).unwrap().residents.unwrap(), "{id}");
        }
        assert_eq!(of("S1Y5D"), of("QHG") + of("QUE") + of("06K") + of("06N"));
        let scotland: f64 =
            registry().children("S92000003").iter().filter_map(|board| board.residents).sum();
        assert_eq!(scotland, 5_463_300.0);
    }
}
