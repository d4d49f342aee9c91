//! The table, and what is judged.

use std::collections::BTreeMap;

use crate::rows::{Figure, Row};
use crate::servers::Kind;

/// All figures: by row and figure, by compositor, one for each round.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
    notes: Vec<String>,
}

struct Line {
    figure: Figure,
    values: BTreeMap<Kind, Vec<f64>>,
}

impl Report {
    pub(crate) fn add(&mut self, row: &Row, kind: Kind, values: Vec<f64>) {
        for (figure, value) in row.figures.iter().zip(values) {
            if value.is_nan() {
                let name = figure.name;
                self.note(format!(
                    "{}: {name}: its own figures contradict it",
                    kind.name()
                ));
                continue;
            }
            let known = self
                .lines
                .iter()
                .position(|line| line.figure.name == figure.name);
            let index = known.unwrap_or_else(|| {
                self.lines.push(Line {
                    figure: *figure,
                    values: BTreeMap::new(),
                });
                self.lines.len() - 1
            });
            self.lines[index]
                .values
                .entry(kind)
                .or_default()
                .push(value);
        }
    }

    /// Something that could not be measured, and why. Said once.
    pub(crate) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(crate) fn print(&self) {
        println!(
            "\n{:<44} {:>9} {:>9} {:>9}   to the better, and the budget",
            "", "goblin", "sway", "weston"
        );
        for line in &self.lines {
            println!("{}", line.text());
        }
        println!("Medians of the rounds. Less is better on every line.");
        for note in &self.notes {
            println!("not measured: {note}");
        }
    }
}

impl Line {
    fn text(&self) -> String {
        let value = |kind| self.values.get(&kind).map(|values| median(values));
        let show =
            |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
        let ours = value(Kind::Goblin);
        let peer = [Kind::Sway, Kind::Weston]
            .into_iter()
            .filter_map(value)
            .min_by(f64::total_cmp);
        let judged = match (ours, self.figure.most, peer) {
            (Some(ours), Some(most), _) => verdict(ours, most, &format!("≤ {most}")),
            (Some(ours), None, Some(peer)) if peer > 0.0 => verdict(
                ours / peer,
                1.0 + NOISE,
                &format!("{:.2} of the better", ours / peer),
            ),
            (Some(ours), None, Some(peer)) => verdict(ours, peer + NOISE, &format!("≤ {peer}")),
            _ => String::new(),
        };
        format!(
            "{:<44} {:>9} {:>9} {:>9}   {judged}",
            format!("{} ({})", self.figure.name, self.figure.unit),
            show(ours),
            show(value(Kind::Sway)),
            show(value(Kind::Weston)),
        )
    }
}

/// What two runs of one and the same program differ by.
const NOISE: f64 = 0.05;

fn verdict(value: f64, most: f64, budget: &str) -> String {
    format!("{budget}  {}", if value <= most { "met" } else { "MISSED" })
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
