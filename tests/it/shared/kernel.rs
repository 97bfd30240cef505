//! A workbook's numbers as the pathway model takes them, by themselves: for tests of the model and
//! its benchmark.

use afterwave::draw::Uncertain;
use afterwave::input::workbook::Workbook;
use afterwave::lane::Lane;
use afterwave::model::pathway::{Layout, Parameters, Pathway, Table, leave};

/// The pathways of a workbook; needs and pathways in its order.
pub(crate) fn layout(book: &Workbook) -> Layout {
    let pathway = |r: &afterwave::input::workbook::Route| Pathway {
        group: r.group,
        condition: r.condition,
        service: r.service,
    };
    let (groups, conditions) = (book.groups.len(), book.conditions.len());
    let pathways = book.routes.iter().map(pathway).collect();
    Layout::new(groups, conditions, book.services.len(), pathways).unwrap()
}

/// The central values, and the people of each group who become at risk over the whole of its
/// curve.
pub(crate) fn central(book: &Workbook) -> (Parameters<1>, Vec<Lane<1>>) {
    values(book, |number| Lane([number.at(0.0)]))
}

/// All parameters, each by `value` of its number, in a fixed order.
pub(crate) fn values<const L: usize>(
    book: &Workbook,
    mut value: impl FnMut(&Uncertain) -> Lane<L>,
) -> (Parameters<L>, Vec<Lane<L>>) {
    let mut parameters = Parameters::new(&layout(book));
    let entering =
        book.groups.iter().map(|group| value(&group.size) * value(&group.susceptible)).collect();
    for (rate, need) in parameters.rate.iter_mut().zip(&book.needs) {
        *rate = value(&need.rate);
    }
    for (weight, route) in parameters.weight.iter_mut().zip(&book.routes) {
        *weight = value(&route.weight);
    }
    for (s, service) in book.services.iter().enumerate() {
        parameters.accepted[s] = value(&service.accepted);
        parameters.recovered[s] = value(&service.recovered);
        parameters.leave[s] = value(&service.decay).with(value(&service.months), leave);
    }
    (parameters, entering)
}

/// The people who become at risk by group and month, each group by its own curve.
pub(crate) fn inflow<const L: usize>(book: &Workbook, entering: &[Lane<L>]) -> Table<L> {
    let mut inflow = Table::new(book.groups.len(), book.months());
    for (g, (group, entering)) in book.groups.iter().zip(entering).enumerate() {
        for (out, share) in inflow.row_mut(g).iter_mut().zip(&book.curves[group.curve].shares) {
            *out = *entering * *share;
        }
    }
    inflow
}
