//! Running cases, some to a process, so that a crash or a hang costs one case and no other.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::exec::{Fault, Outcome};

/// Cases given to one process.
const TOGETHER: usize = 16;

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    /// It is for a global that we do not declare.
    Skipped,
    /// The process ended before the case did.
    Crashed,
    /// It was stopped.
    TimedOut,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "was skipped",
            Self::Crashed => "ended the process",
            Self::TimedOut => "hung",
        })
    }
}

/// A case that was run.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) verdict: Verdict,
    /// What it printed.
    pub(super) output: String,
}

impl Case {
    /// One that is never run: it counts as skipped.
    pub(super) fn disabled() -> Self {
        Self {
            verdict: Verdict::Skipped,
            output: "disabled by WLCS".to_owned(),
        }
    }
}

/// Runs the cases, as many processes at a time as there are cores.
///
/// # Errors
/// When the program cannot be started.
pub(super) fn run_all(
    program: &Path,
    module: &Path,
    names: &[String],
    limit: Duration,
) -> Outcome<BTreeMap<String, Case>> {
    let shards: VecDeque<Vec<String>> = names.chunks(TOGETHER).map(<[_]>::to_vec).collect();
    let waiting = Mutex::new(shards);
    let done = Mutex::new(BTreeMap::new());
    let work = || -> Outcome {
        loop {
            let shard = lock(&waiting).pop_front();
            let Some(shard) = shard else { return Ok(()) };
            let cases = run_shard(program, module, shard.clone(), limit)?;
            let left: Vec<String> = shard
                .into_iter()
                .filter(|name| !cases.contains_key(name))
                .collect();
            lock(&done).extend(cases);
            if !left.is_empty() {
                lock(&waiting).push_back(left);
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|_| Err(Fault::new("a worker of the suite panicked")))
            })
            .collect::<Outcome<Vec<()>>>()
    })?;
    Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs cases in one process, up to the first that ends or hangs it: at least one has a verdict.
fn run_shard(
    program: &Path,
    module: &Path,
    names: Vec<String>,
    limit: Duration,
) -> Outcome<BTreeMap<String, Case>> {
    let cannot = |error| Fault::new(format!("`{}` cannot be run: {error}", program.display()));
    let mut child = Command::new(program)
        .arg(module)
        .arg(format!("--gtest_filter={}", names.join(":")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let lines = lines_of(&mut child);
    let mut log = Log::new(names);
    let verdict = loop {
        match lines.recv_timeout(limit) {
            Ok(line) => log.line(&line),
            Err(RecvTimeoutError::Timeout) => {
                // It may have ended just now.
                let _ = child.kill();
                break Verdict::TimedOut;
            }
            Err(RecvTimeoutError::Disconnected) => break Verdict::Crashed,
        }
    };
    child.wait().map_err(cannot)?;
    Ok(log.end(verdict))
}

/// The lines of both its outputs, as they come.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, lines) = channel();
    let outputs: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|pipe| Box::new(pipe) as _),
        child.stderr.take().map(|pipe| Box::new(pipe) as _),
    ];
    for output in outputs.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let read = BufReader::new(output).split(b'\n').map_while(Result::ok);
            // An error: nobody reads on.
            read.map(|line| String::from_utf8_lossy(&line).into_owned())
                .try_for_each(|line| sender.send(line))
        });
    }
    lines
}

/// What a process has printed so far.
struct Log {
    /// In the order they run.
    names: VecDeque<String>,
    running: Option<String>,
    output: String,
    cases: BTreeMap<String, Case>,
}

impl Log {
    fn new(names: Vec<String>) -> Self {
        Self {
            names: names.into(),
            running: None,
            output: String::new(),
            cases: BTreeMap::new(),
        }
    }

    fn line(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("[ RUN      ] ") {
            self.running = Some(name.trim().to_owned());
            self.output.clear();
            return;
        }
        let verdicts = [
            ("[       OK ] ", Verdict::Passed),
            ("[  FAILED  ] ", Verdict::Failed),
            ("[     SKIP ] ", Verdict::Skipped),
            ("[  SKIPPED ] ", Verdict::Skipped),
        ];
        let running = self.running.as_deref();
        let verdict = verdicts.into_iter().find_map(|(mark, verdict)| {
            // Behind the name come a parameter and the time; a summary follows the last case.
            let name = line.strip_prefix(mark)?.split([',', ' ']).next()?;
            (running == Some(name)).then_some(verdict)
        });
        match verdict {
            Some(verdict) => self.verdict(verdict),
            None => {
                self.output += line;
                self.output.push('\n');
            }
        }
    }

    fn verdict(&mut self, verdict: Verdict) {
        if let Some(name) = self.running.take() {
            self.names.retain(|other| *other != name);
            let output = std::mem::take(&mut self.output);
            self.cases.insert(name, Case { verdict, output });
        }
    }

    /// The process is no more: a case that had begun, or the next one, ended so.
    fn end(mut self, verdict: Verdict) -> BTreeMap<String, Case> {
        if self.running.is_none() && !self.names.is_empty() && self.cases.is_empty() {
            self.running = self.names.pop_front();
        }
        self.verdict(verdict);
        self.cases
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(names: &[&str], text: &str) -> Log {
        let mut log = Log::new(names.iter().map(|&name| name.to_owned()).collect());
        text.lines().for_each(|line| log.line(line));
        log
    }

    #[test]
    fn each_case_has_its_verdict_and_its_output() {
        let text = "[ RUN      ] A.one\n[       OK ] A.one (3 ms)\n\
                    [ RUN      ] A.two/0\nwhat was wrong\n[  FAILED  ] A.two/0, where GetParam() = 7 (4 ms)\n\
                    [ RUN      ] A.three\n[          ] Missing extension: x>= 1\n[     SKIP ] A.three (1ms)\n\
                    [  FAILED  ] A.two/0, where GetParam() = 7\n";
        let cases = log(&["A.one", "A.two/0", "A.three"], text).end(Verdict::Crashed);
        assert_eq!(cases["A.one"].verdict, Verdict::Passed);
        assert_eq!(cases["A.two/0"].verdict, Verdict::Failed);
        assert_eq!(cases["A.two/0"].output, "what was wrong\n");
        assert_eq!(cases["A.three"].verdict, Verdict::Skipped);
    }

    #[test]
    fn a_process_that_dies_takes_the_case_that_ran_and_leaves_the_rest() {
        let text = "[ RUN      ] A.one\n[       OK ] A.one (3 ms)\n[ RUN      ] A.two\n";
        let cases = log(&["A.one", "A.two", "A.three"], text).end(Verdict::Crashed);
        assert_eq!(cases["A.two"].verdict, Verdict::Crashed);
        assert!(!cases.contains_key("A.three"));
    }

    #[test]
    fn a_process_that_dies_before_any_case_takes_the_first() {
        let cases = log(&["A.one", "A.two"], "cannot load\n").end(Verdict::TimedOut);
        assert_eq!(cases["A.one"].verdict, Verdict::TimedOut);
        assert_eq!(cases["A.one"].output, "cannot load\n");
        assert_eq!(cases.len(), 1);
    }
}
