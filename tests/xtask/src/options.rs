//! The command line of `cargo xtask`.
//! Not for the environment variables of the tests: those are read where they matter.

use crate::Outcome;

pub const USAGE: &str = "\
cargo xtask <command> [options]

  setup         build the libraries, the Python environment, the Node package, the PowerShell module
  demo          set up, run examples/rag, then `vigie check` and `vigie trace` over what it wrote
  test          set up, run every suite, print one table of PASS, FAIL and SKIP
  conformance   every vector through every language's driver, compared byte by byte
  bench         our workloads beside their peers (options are passed on: --workload --lang --rounds --quick --shapes --adapters --search)
  package       build everything that can be published into target/package/artefacts, and try each in a clean environment
  docs          make the site of all pages in target/site; a link that leads nowhere is an error
  header        write bindings/c/include/vigie.h anew
  wire          write bindings/node/lib/batch/wire.ts anew
  fmt           format Rust and Python
  lint          clippy, rustfmt, ruff, mypy, tsc and the lint of PowerShell only

  --offline     no network: cargo --offline, no pip, no npm; what is missing then is a SKIP
  --otlp        demo: send everything to a collector too, and show what arrived there
  --full        test, package: the full counts (generated inputs, kills) instead of the small ones
  --n8n         test: the suite on a real n8n too, which is installed into target/n8n when it is not there (3 GB)
  --only TEXT   test, package: only the suites or artefacts whose name contains TEXT (may be given again)
  --target TRIPLE   package: only for this platform, `host` for the machine's own (may be given again)
  --untried     package: build and look into what was built, install and run nothing
  --twice       package: build everything once more in another folder, and compare the bytes
  --dotnet-packages FOLDER   package: where the .NET SDK finds packages instead of the network
";

pub enum Command {
    Setup,
    Demo,
    Test,
    Conformance,
    Bench(Vec<String>),
    Package,
    Docs,
    Header,
    Wire,
    Fmt,
    Lint,
    Help,
}

impl Command {
    /// Speed is measured of what packages carry; all else gets libraries that are not optimised as a whole.
    pub fn profile(&self) -> &'static str {
        if matches!(self, Command::Bench(_)) { "measured" } else { "release" }
    }
}

pub struct Options {
    pub command: Command,
    pub offline: bool,
    pub full: bool,
    /// For `demo`, which then sends to a collector too.
    pub otlp: bool,
    /// For `test`.
    pub n8n: bool,
    pub only: Vec<String>,
    /// For `package`.
    pub targets: Vec<String>,
    pub untried: bool,
    pub twice: bool,
    /// For `package`: an offline folder of .NET packages.
    pub dotnet_packages: Option<String>,
    /// For `test`, which has set up already when it starts the conformance runner.
    pub no_setup: bool,
}

impl Options {
    pub fn parse(mut args: impl Iterator<Item = String>) -> Outcome<Options> {
        let name = args.next().unwrap_or_else(|| "help".to_owned());
        let command = command(&name)?;
        let mut options = Options {
            command,
            offline: false,
            full: false,
            otlp: false,
            n8n: false,
            only: Vec::new(),
            targets: Vec::new(),
            untried: false,
            twice: false,
            dotnet_packages: None,
            no_setup: false,
        };
        while let Some(arg) = args.next() {
            match (arg.as_str(), &mut options.command) {
                ("--offline", _) => options.offline = true,
                ("--no-setup", Command::Conformance) => options.no_setup = true,
                ("--otlp", Command::Demo) => options.otlp = true,
                ("--n8n", Command::Test) => options.n8n = true,
                ("--full", Command::Test | Command::Package) => options.full = true,
                ("--only", Command::Test | Command::Package) => match args.next() {
                    Some(text) => options.only.push(text),
                    None => return Err("--only needs a part of a name".to_owned()),
                },
                ("--untried", Command::Package) => options.untried = true,
                ("--twice", Command::Package) => options.twice = true,
                ("--target", Command::Package) => match args.next() {
                    Some(target) => options.targets.push(target),
                    None => return Err("--target needs a platform".to_owned()),
                },
                ("--dotnet-packages", Command::Package) => match args.next() {
                    Some(folder) => options.dotnet_packages = Some(folder),
                    None => return Err("--dotnet-packages needs a folder".to_owned()),
                },
                (_, Command::Bench(passed_on)) => passed_on.push(arg),
                _ => return Err(format!("`{arg}` is not an option of `{name}`")),
            }
        }
        Ok(options)
    }

    /// Whether something of this name was asked for; everything is where nothing was named.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|text| name.contains(text.as_str()))
    }
}

fn command(name: &str) -> Outcome<Command> {
    Ok(match name {
        "setup" => Command::Setup,
        "demo" => Command::Demo,
        "test" => Command::Test,
        "conformance" => Command::Conformance,
        "bench" => Command::Bench(Vec::new()),
        "package" => Command::Package,
        "docs" => Command::Docs,
        "header" => Command::Header,
        "wire" => Command::Wire,
        "fmt" => Command::Fmt,
        "lint" => Command::Lint,
        "help" | "--help" | "-h" => Command::Help,
        other => return Err(format!("`{other}` is not a command")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Outcome<Options> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_belong_to_their_commands() {
        let options = parse("test --full --only python --offline").unwrap();
        assert!(options.full && options.offline);
        assert_eq!(options.only, ["python"]);
        assert_eq!(parse("package --dotnet-packages some").unwrap().dotnet_packages.as_deref(), Some("some"));
        assert!(parse("package --dotnet-packages").is_err());
        let package = parse("package --target host --only wheel").unwrap();
        assert_eq!(package.targets, ["host"]);
        assert!(package.wants("wheel 3.11") && !package.wants("sdist") && options.wants("python: pytest"));
        assert!(parse("test --target host").is_err());
        assert!(parse("demo --otlp").unwrap().otlp);
        assert!(parse("test --otlp").is_err());
        assert!(parse("test --n8n").unwrap().n8n);
        assert!(parse("setup --n8n").is_err());
        assert!(parse("setup --full").is_err());
        assert!(parse("tset").is_err());
        assert!(matches!(parse("").unwrap().command, Command::Help));
    }

    #[test]
    fn bench_options_are_passed_on() {
        let Command::Bench(passed_on) = parse("bench --workload L1,S1 --quick").unwrap().command else {
            panic!("not bench");
        };
        assert_eq!(passed_on, ["--workload", "L1,S1", "--quick"]);
    }
}
