//! A real session, started for one test.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use ninep::client::{Followed, From, Namespace};
use ninep::tree::ctl::Verb;
use serde_json::Value;
use tokio::process::{Child, Command};
use trees::subsystems::{State, Subsystem};
use trees::{desktop, subsystems};

use crate::home::Home;
use crate::{processes, programs};

/// How long anything may take before a test gives up on it. Nothing waits this long when all is well.
pub const LIMIT: Duration = Duration::from_secs(60);

/// How a session is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The person's language, as `LANG` has it.
    pub language: &'static str,
    /// The virtual output, `WIDTHxHEIGHT@SCALE`; none for a window of the display that the environment
    /// names.
    pub screen: Option<&'static str>,
    /// The subsystems that must be up before the test begins.
    pub wait_for: &'static [&'static str],
    /// More of the environment.
    pub environment: Vec<(&'static str, OsString)>,
    /// The folder of the programs, if not [`programs()`](crate::programs()).
    pub programs: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            // English, and a locale that every machine has: foot does not start in one that is missing.
            language: "C.UTF-8",
            screen: Some("1920x1080@1"),
            wait_for: &["mirror", "desktop", "shell"],
            environment: Vec::new(),
            programs: None,
        }
    }
}

/// What a command of ours said.
#[derive(Clone, Debug)]
pub struct Said {
    /// Whether it ended well.
    pub success: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A running session. Dropping it ends all of its processes and shows the end of its log, which the
/// test runner drops when the test passes.
pub struct Session {
    home: Home,
    root: Child,
    pid: i32,
    namespace: Namespace,
    programs: PathBuf,
    folder: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

impl Session {
    /// Starts a session in a new home and waits until it is up.
    ///
    /// # Errors
    /// When it does not come up within [`LIMIT`]; with the last lines of its log.
    pub async fn start(test: &str, options: Options) -> Result<Self> {
        Self::start_in(Home::new()?, test, options).await
    }

    /// Starts a session in a home that the test has furnished.
    ///
    /// # Errors
    /// As [`Session::start`].
    pub async fn start_in(home: Home, test: &str, options: Options) -> Result<Self> {
        processes::adopt_orphans();
        let folder = programs::artifacts(test)?;
        let mut environment = home.environment(options.language);
        environment.extend(
            options
                .environment
                .into_iter()
                .map(|(name, value)| (OsString::from(name), value)),
        );
        let log = File::create(folder.join("session.log")).context("the log cannot be made")?;
        let programs = match options.programs {
            Some(folder) => folder,
            None => programs::programs()?,
        };
        let root = Command::new(programs.join("goblin"))
            .args(["session", "--testing"])
            .args(
                options
                    .screen
                    .map_or(vec!["--nested"], |screen| vec!["--headless", screen]),
            )
            .env_clear()
            .envs(environment.iter().cloned())
            .current_dir(home.home())
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("the log cannot be shared")?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .context("`goblin session` cannot be started")?;
        let pid = root
            .id()
            .and_then(|pid| i32::try_from(pid).ok())
            .context("no process")?;
        let namespace = Namespace::new(home.sockets());
        let mut session = Self {
            home,
            root,
            pid,
            namespace,
            programs,
            folder,
            environment,
        };
        session.wait_for_sockets().await?;
        for name in options.wait_for {
            session.running(name).await?;
        }
        Ok(session)
    }

    /// The home it runs in.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The trees of the session.
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// The process of the session's root.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// A path in the folder of what this test leaves behind.
    pub fn artifact(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The socket of the compositor that programs of the board connect to.
    ///
    /// # Errors
    /// When the compositor cannot be asked.
    pub async fn wayland_socket(&self) -> Result<PathBuf> {
        let status: desktop::Status = self.namespace.read_json("/desktop/status").await?;
        Ok(self.home.runtime().join(status.wayland_display))
    }

    /// Everything the session and its subsystems have written so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.artifact("session.log")).unwrap_or_default()
    }

    /// The environment that the session was given.
    pub fn environment(&self) -> &[(OsString, OsString)] {
        &self.environment
    }

    /// Waits until `look` finds what it looks for. It looks at once, and again after each event of the
    /// feed `events`, over any number of restarts of its service. A look that fails is one that has
    /// not found it yet.
    ///
    /// # Errors
    /// When it has found nothing after [`LIMIT`]; with what the last look failed with.
    pub async fn until<T>(
        &self,
        what: &str,
        events: &str,
        mut look: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let mut last = None;
        let mut feed = self.namespace.follow::<Value>(events, From::Now);
        let waiting = async {
            while let Some(followed) = feed.next().await {
                if let Followed::Down { why, .. } = followed {
                    last = Some(format!("{events} is out of reach: {why}"));
                    continue;
                }
                match look().await {
                    Ok(Some(found)) => return Ok(found),
                    Ok(None) => last = None,
                    Err(error) => last = Some(format!("{error:#}")),
                }
            }
            bail!("the feed {events} ended")
        };
        let found = tokio::time::timeout(LIMIT, waiting).await;
        match found {
            Ok(found) => found,
            Err(_) => bail!(
                "waited {} s in vain for: {what}{}",
                LIMIT.as_secs(),
                last.map(|why| format!(" ({why})")).unwrap_or_default()
            ),
        }
    }

    /// The process that supervises the others.
    ///
    /// # Errors
    /// When the session has none.
    pub fn manager(&self) -> Result<i32> {
        let mut all = processes::descendants(self.pid);
        all.insert(0, self.pid);
        all.into_iter()
            .find(|pid| processes::name(*pid).is_some_and(|name| name == "goblin-manager"))
            .context("the session has no manager")
    }

    /// The state of a subsystem now.
    ///
    /// # Errors
    /// When the manager cannot be asked.
    pub async fn subsystem(&self, name: &str) -> Result<Subsystem> {
        Ok(self
            .namespace
            .read_json(&format!("/subsystems/{name}/status"))
            .await?)
    }

    /// Waits until a subsystem runs.
    ///
    /// # Errors
    /// When it does not within [`LIMIT`].
    pub async fn running(&self, name: &str) -> Result<Subsystem> {
        self.until(&format!("{name} to run"), "/subsystems/event", async || {
            let subsystem = self.subsystem(name).await?;
            Ok((subsystem.state == State::Running).then_some(subsystem))
        })
        .await
    }

    /// Kills a subsystem's process as a crash would, and waits until the manager has another one
    /// running.
    ///
    /// # Errors
    /// When it has no process, or none comes within [`LIMIT`].
    pub async fn crash(&self, name: &str) -> Result<Subsystem> {
        let before = self.subsystem(name).await?;
        processes::kill_now(
            before
                .pid
                .with_context(|| format!("{name} has no process"))?,
        )?;
        self.until(
            &format!("{name} to run again"),
            "/subsystems/event",
            async || {
                let after = self.subsystem(name).await?;
                let again = after.state == State::Running && after.restarts > before.restarts;
                Ok(again.then_some(after))
            },
        )
        .await
    }

    /// Gives an order at a `ctl`.
    ///
    /// # Errors
    /// When it is refused, with the reason.
    pub async fn order(&self, path: &str, verb: &impl Verb) -> Result<()> {
        let line = verb.line();
        self.namespace
            .ctl(path, &line)
            .await
            .map(|_| ())
            .map_err(|error| anyhow::anyhow!("{path}: {line}: {error}"))
    }

    /// Runs the command `goblin` in this session and gives what it said.
    ///
    /// # Errors
    /// As [`run`].
    pub async fn goblin_says<I: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = I>,
    ) -> Result<Said> {
        run(&self.programs.join("goblin"), args, &self.environment).await
    }

    /// Runs the command `goblin` in this session and gives its standard output.
    ///
    /// # Errors
    /// As [`Session::goblin_says`]; with what it said when it fails.
    pub async fn goblin<I: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = I>,
    ) -> Result<String> {
        let said = self.goblin_says(args).await?;
        ensure!(
            said.success,
            "the command goblin failed: {}",
            said.err.trim()
        );
        Ok(said.out)
    }

    /// Saves a picture of the whole screen beside the log.
    ///
    /// # Errors
    /// When none can be taken.
    pub async fn picture(&self, name: &str) -> Result<Vec<u8>> {
        let status: desktop::Status = self.namespace.read_json("/desktop/status").await?;
        let output = status.outputs.first().context("there is no output")?;
        self.picture_of(&format!("/desktop/outputs/{output}"), name)
            .await
    }

    /// Saves a picture of an output or a window, which has this path, beside the log.
    ///
    /// # Errors
    /// When none can be taken.
    pub async fn picture_of(&self, path: &str, name: &str) -> Result<Vec<u8>> {
        let png = self.namespace.read(&format!("{path}/picture.png")).await?;
        fs::write(self.artifact(name), &png)
            .with_context(|| format!("{} cannot be written", self.artifact(name).display()))?;
        Ok(png.to_vec())
    }

    /// Ends the session by its own verb and waits until no process of it is left. Gives its home, for
    /// another session.
    ///
    /// # Errors
    /// When it ends badly, or not within [`LIMIT`], or leaves a process behind.
    pub async fn quit(mut self) -> Result<Home> {
        let all = processes::descendants(self.pid());
        self.order("/subsystems/ctl", &subsystems::Verb::Quit {})
            .await?;
        let status = tokio::time::timeout(LIMIT, self.root.wait())
            .await
            .with_context(|| format!("the session (process {}) does not end", self.pid))??;
        ensure!(status.success(), "the session ended with {status}");
        let left: Vec<i32> = all
            .into_iter()
            .filter(|pid| processes::is_running(*pid))
            .collect();
        ensure!(
            left.is_empty(),
            "the session left processes behind: {left:?}"
        );
        Ok(self.home.clone())
    }

    /// Waits for the manager's socket, which a session posts first.
    async fn wait_for_sockets(&mut self) -> Result<()> {
        let mut feed = self
            .namespace
            .follow::<Value>("/subsystems/event", From::Now);
        let up = async {
            while let Some(followed) = feed.next().await {
                if matches!(followed, Followed::Up) {
                    return;
                }
            }
        };
        tokio::select! {
            () = up => return Ok(()),
            status = self.root.wait() => {
                let status = status.context("the session cannot be waited for")?;
                bail!("the session ended with {status} before it was up; it said:\n{}", self.log())
            }
            () = tokio::time::sleep(LIMIT) => {}
        }
        bail!("no manager in {}", self.home.sockets().display())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        eprintln!(
            "--- the session said ({}):\n{}",
            self.folder.display(),
            tail(&self.log())
        );
        let mut all = processes::descendants(self.pid);
        all.insert(0, self.pid);
        for pid in all {
            // One that cannot be killed is not ours, and nothing more can be done about it here.
            let _ = processes::kill_now(pid);
        }
    }
}

/// Runs a program to its end in the given environment, with nothing else in it, and gives what it said.
///
/// # Errors
/// When it cannot be started, or has not ended after [`LIMIT`].
pub async fn run<I: AsRef<OsStr>>(
    program: &Path,
    args: impl IntoIterator<Item = I>,
    environment: &[(OsString, OsString)],
) -> Result<Said> {
    let mut command = Command::new(program);
    command
        .args(args)
        .env_clear()
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let ended = tokio::time::timeout(LIMIT, command.output()).await;
    let output = ended
        .with_context(|| format!("{} does not end", program.display()))?
        .with_context(|| format!("{} cannot be started", program.display()))?;
    Ok(Said {
        success: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// The last lines of a log: what a person wants to read first.
fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(80)..].join("\n")
}
