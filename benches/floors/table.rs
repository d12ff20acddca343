//! The table: each figure beside its floor.

use std::fmt::Write;
use std::io::{self, Write as _};

/// One measurement.
#[derive(Clone)]
pub struct Figure {
    /// What was done.
    pub name: String,
    /// How often.
    pub count: u64,
    /// Processor seconds of the measured process alone.
    pub cpu: f64,
    /// Seconds on the wall.
    pub wall: f64,
}

impl Figure {
    /// Counts another of the same in.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.cpu += other.cpu;
        self.wall += other.wall;
    }

    /// Processor seconds of a thousand.
    pub fn per_thousand(&self) -> f64 {
        self.cpu / self.count.max(1) as f64 * 1000.0
    }
    /// How many in a second of one core.
    pub fn per_core(&self) -> f64 {
        self.count as f64 / self.cpu.max(0.01)
    }
    /// How many in a second as it went here.
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.wall
    }
}

/// Figures with their floors, and facts.
#[derive(Default)]
pub struct Table {
    pairs: Vec<(Figure, Figure)>,
    facts: Vec<(String, String)>,
}

impl Table {
    /// A figure and its floor; said at once too, so that a run which fails later has not measured for nothing.
    pub fn pair(&mut self, figure: Figure, floor: Figure) {
        let share = figure.per_core() / floor.per_core() * 100.0;
        let (ours, least) = (figure.per_thousand(), floor.per_thousand());
        let _ = writeln!(io::stderr(), "  {}: {ours:.4} CPU s per 1,000, floor {least:.4}, {share:.0} % per core", figure.name);
        self.pairs.push((figure, floor));
    }
    /// A fact without a floor.
    pub fn fact(&mut self, what: &str, value: String) {
        let _ = writeln!(io::stderr(), "  {what}: {value}");
        self.facts.push((what.to_owned(), value));
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "| what | CPU s per 1,000 | per core and second | per second here | of the floor, per core | of the floor, here |\n\
             |---|--:|--:|--:|--:|--:|\n",
        );
        for (figure, floor) in &self.pairs {
            let share = |a: f64, b: f64| format!("**{:.0} %**", a / b * 100.0);
            let ours = share(figure.per_core(), floor.per_core());
            let here = share(figure.per_second(), floor.per_second());
            for (f, a, b) in [(figure, ours.as_str(), here.as_str()), (floor, "", "")] {
                let (thousand, core, second) = (f.per_thousand(), f.per_core(), f.per_second());
                let _ = writeln!(out, "| {} | {thousand:.4} | {core:.0} | {second:.0} | {a} | {b} |", f.name);
            }
        }
        out.push_str("\n| what | |\n|---|--:|\n");
        for (what, value) in &self.facts {
            let _ = writeln!(out, "| {what} | {value} |");
        }
        out
    }
}
