//! When and where access standards are in force, `standards.csv`: for a standard of a pack, by its
//! service and its place in the list, the nation, the months from and to, whether it is only
//! proposed, whose waits it is about and what ends them. A standard that is not listed holds
//! everywhere and always.

use super::table::Table;
use crate::diagnostics::{Problem, Problems, Source};
use crate::model::waiting::Whose;
use crate::month::Month;
use crate::study::area::NATIONS;
use crate::study::pack::{Pack, WaitEnds};

/// Writes what the table says into the standards of `pack`; services and standards that the pack
/// lacks are passed over.
pub fn read_standards(source: &Source, pack: &mut Pack, problems: &mut Problems) {
    let Some(table) = Table::parse(source, problems) else { return };
    let needed = ["service", "standard", "nation", "from", "to", "status", "whose", "until"];
    let columns = needed.map(|name| table.need(name, problems));
    let [
        Some(service),
        Some(standard),
        Some(nation),
        Some(from),
        Some(to),
        Some(status),
        Some(whose),
        Some(until),
    ] = columns
    else {
        return;
    };
    for row in &table.rows {
        let month = |column: usize| match row.cell(column) {
            "" => Ok(None),
            text => text.parse::<Month>().map(Some).map_err(|error| {
                Problem::error(table.place(row, column), error.to_string()).read(text)
            }),
        };
        let (Some(from), Some(to)) = (problems.take(month(from)), problems.take(month(to))) else {
            continue;
        };
        let own = NATIONS.into_iter().find(|own| *own == row.cell(nation));
        if own.is_none() && !row.cell(nation).is_empty() {
            problems.push(
                Problem::error(table.place(row, nation), "unknown nation")
                    .choose(row.cell(nation), NATIONS),
            );
        }
        let ends = WaitEnds::ALL.into_iter().find(|own| own.name() == row.cell(until));
        if ends.is_none() {
            problems.push(
                Problem::error(table.place(row, until), "unknown end of a wait")
                    .choose(row.cell(until), WaitEnds::ALL.map(WaitEnds::name)),
            );
        }
        let Some(index) = pack.service(row.cell(service)) else { continue };
        let place = row.cell(standard).parse::<u8>().ok().and_then(|place| place.checked_sub(1));
        let Some(place) = place else {
            problems.push(
                Problem::error(table.place(row, standard), "not the place of a standard")
                    .read(row.cell(standard))
                    .allowed("1 for standard_weeks, 2 for standard_weeks2, …"),
            );
            continue;
        };
        let listed = pack.services[index].standards.iter_mut().find(|s| s.place == place);
        let Some(listed) = listed else { continue };
        listed.nation = own;
        listed.from = from;
        listed.to = to;
        listed.is_proposed = row.cell(status) == "proposed";
        listed.until = ends;
        listed.whose = match row.cell(whose) {
            "urgent" => Whose::Urgent,
            "routine" => Whose::Routine,
            _ => Whose::All,
        };
    }
}
