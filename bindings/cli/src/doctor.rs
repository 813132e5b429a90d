//! `vigie doctor`: the configuration as a program would find it, and each output of it tried with test records.
//! Not for what a far side is asked and what its answer means: the core does that, with the outputs that record.

use std::io::Write;

use vigie_core::Environment;
use vigie_core::config::Settings;
use vigie_core::trial::{Finding, Outcome, try_outputs};

use crate::outcome::{Failure, Verdict};
use crate::term::{Screen, Tone, clean, fit};

/// The variable that names the file with the configuration.
const FILE_VARIABLE: &str = "VIGIE_CONFIG";

/// Columns of the word in front of a finding.
const MARGIN: usize = 8;

/// How many outputs were found to be what.
#[derive(Default)]
struct Counts {
    good: usize,
    unsure: usize,
    bad: usize,
}

/// Writes what was found of each output as soon as it is known, and one summary line.
/// With `file` the configuration is read as if `VIGIE_CONFIG` named it. Nothing to try is not a success.
pub(crate) fn run(file: Option<&str>, screen: &Screen, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let settings = match Settings::resolve_value(None, &environment(file)) {
        Ok(settings) => settings,
        Err(error) => {
            for problem in &error.problems {
                entry(screen, out, Outcome::Bad, "configuration", &problem.to_string())?;
            }
            writeln!(out, "\nnothing was tried: mistakes in the configuration: {}", error.problems.len())?;
            return Ok(Verdict::NotSatisfied);
        }
    };
    if settings.disabled {
        writeln!(out, "nothing was tried: the configuration says `disabled`, and a program records nothing")?;
        return Ok(Verdict::NotSatisfied);
    }
    if let Some(absences) = settings.absences_told() {
        entry(screen, out, Outcome::Unsure, "configuration", &absences)?;
    }
    let (mut counts, mut written) = (Counts::default(), Ok(()));
    try_outputs(&settings, |finding| {
        counts.add(finding.outcome);
        if written.is_ok() {
            written = show(screen, out, &finding);
        }
    });
    written?;
    writeln!(out, "\n{}", counts.summary())?;
    Ok(if counts.bad == 0 { Verdict::Satisfied } else { Verdict::NotSatisfied })
}

/// The environment of this process, which is what a program started beside it would find.
fn environment(file: Option<&str>) -> Environment {
    let own = std::env::vars_os()
        .map(|(name, text)| (name.to_string_lossy().into_owned(), text.to_string_lossy().into_owned()));
    let named = file.map(|path| (FILE_VARIABLE.to_owned(), path.to_owned()));
    // Of two with one name the last one holds.
    Environment::from_pairs(own.chain(named)).with_program("vigie")
}

fn show(screen: &Screen, out: &mut dyn Write, finding: &Finding) -> std::io::Result<()> {
    let title = format!("{} ({})", finding.label, finding.signals.join(", "));
    entry(screen, out, finding.outcome, &title, &finding.what)?;
    // A far side may take its time: what is known is shown before the next one is asked.
    out.flush()
}

fn entry(
    screen: &Screen,
    out: &mut dyn Write,
    outcome: Outcome,
    title: &str,
    what: &str,
) -> std::io::Result<()> {
    let (word, tone) = match outcome {
        Outcome::Good => ("good", Tone::Good),
        Outcome::Unsure => ("unsure", Tone::Warning),
        Outcome::Bad => ("bad", Tone::Bad),
    };
    let (word, title) = (screen.paint(tone, &fit(word, MARGIN)), screen.paint(Tone::Heading, &clean(title)));
    writeln!(out, "{word}{title}\n{}{}", " ".repeat(MARGIN), clean(what))
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Good => self.good += 1,
            Outcome::Unsure => self.unsure += 1,
            Outcome::Bad => self.bad += 1,
        }
    }

    fn summary(&self) -> String {
        let Self { good, unsure, bad } = self;
        format!("outputs: {}, of which {good} good, {unsure} unsure, {bad} bad", good + unsure + bad)
    }
}
