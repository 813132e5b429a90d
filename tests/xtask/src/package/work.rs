//! What every step of packaging needs: folders, the tools in their own environment, and an environment in which two builds of
//! one state give the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::options::Options;
use crate::process::{Run, path_with, program};
use crate::setup;
use crate::tree::{Tree, program_in_venv};

use super::targets::{Linker, System, Target};

const REQUIREMENTS: &str = "tests/package/requirements.txt";
/// The first moment that a zip file can name: where there is no commit to ask.
const EARLIEST_S: &str = "315532800";
/// zig has none of a Mac's frameworks: these say where they are.
const FRAMEWORKS: &str = "tests/package/frameworks";
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// As released, without symbols: a fifth of the size.
pub const PROFILE: &str = "published";

pub struct Work<'a> {
    pub tree: &'a Tree,
    pub options: &'a Options,
    /// target/package: everything that packaging makes.
    pub folder: PathBuf,
    tools: PathBuf,
    made_s: String,
}

impl<'a> Work<'a> {
    /// Empties the folder of artefacts and brings the tools.
    pub fn begin(tree: &'a Tree, options: &'a Options) -> Outcome<Work<'a>> {
        let tools = setup::python::tools(tree, options, "venv-package", REQUIREMENTS, "maturin")?;
        let work =
            Work { tree, options, folder: tree.target.join("package"), tools, made_s: time_of_commit(tree) };
        let artefacts = work.artefacts();
        fs::remove_dir_all(&artefacts)
            .or_else(|error| if artefacts.exists() { Err(error) } else { Ok(()) })
            .and_then(|()| fs::create_dir_all(&artefacts))
            .map_err(|error| format!("{}: {error}", artefacts.display()))?;
        Ok(work)
    }

    /// Where what can be published is.
    pub fn artefacts(&self) -> PathBuf {
        self.folder.join("artefacts")
    }

    /// An empty folder of that name to put something together in, or to try it in.
    pub fn empty(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.folder.join("build").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// Moves the one file with that ending to the artefacts.
    pub fn keep(&self, folder: &Path, ending: &str) -> Outcome<PathBuf> {
        let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let found: Vec<_> =
            entries.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(ending)).collect();
        let [file] = found.as_slice() else {
            return Err(format!("{}: {} files end in {ending}", folder.display(), found.len()));
        };
        let kept = self.artefacts().join(file.file_name());
        fs::rename(file.path(), &kept).map_err(|error| format!("{}: {error}", kept.display()))?;
        Ok(kept)
    }

    /// A program of the tools' environment.
    pub fn tool(&self, name: &str, args: &[&str]) -> Run {
        self.reproducible(program(self.tree, program_in_venv(&self.tools, name), args))
    }

    /// One of the Python programs beside the requirements.
    pub fn script(&self, name: &str, args: &[&str]) -> Run {
        let script = self.tree.path(&format!("tests/package/{name}")).to_string_lossy().into_owned();
        self.tool("python", &[&[script.as_str()], args].concat())
    }

    /// A program whose result is the same wherever and whenever it is run.
    pub fn reproducible(&self, run: Run) -> Run {
        let bin = program_in_venv(&self.tools, "python").parent().map(Path::to_path_buf);
        let zig = self.folder.join("zig");
        run.env("PATH", path_with(&bin.into_iter().collect::<Vec<_>>()))
            .env("SOURCE_DATE_EPOCH", &self.made_s)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("ZIG_GLOBAL_CACHE_DIR", &zig)
            .env("CARGO_ZIGBUILD_CACHE_DIR", zig.join("cargo-zigbuild"))
    }

    /// The same for a program that compiles for a target.
    pub fn compiling(&self, target: &Target, run: Run) -> Run {
        let mut rust = Vec::new();
        let mut c = Vec::new();
        for (path, instead) in self.machine() {
            rust.push(format!("--remap-path-prefix={path}={instead}"));
            c.push(format!("-ffile-prefix-map={path}={instead}"));
        }
        if target.system == System::Musl {
            // A library for a program that brings its C library.
            rust.push("-Ctarget-feature=-crt-static".to_owned());
        }
        if target.system == System::Windows {
            // There the notes for a debugger name the compiler and the object by their paths, whatever stands for those.
            c.extend(["-g0", "-Xclang", "-object-file-name=vigie.obj"].map(str::to_owned));
        }
        if target.system == System::Mac && target.linker() == Linker::Zig {
            let frameworks = self.tree.path(FRAMEWORKS).to_string_lossy().into_owned();
            let flags = [format!("-F{frameworks}"), "-undefined".to_owned(), "dynamic_lookup".to_owned()];
            rust.extend(flags.map(|flag| format!("-Clink-arg={flag}")));
        }
        let variable = format!("CFLAGS_{}", target.triple.replace('-', "_"));
        self.reproducible(run)
            .env("CARGO_ENCODED_RUSTFLAGS", rust.join("\u{1f}"))
            .env(&variable, c.join(" "))
            .env("CARGO_TARGET_DIR", &self.tree.built)
    }

    /// Paths of this machine that no package may hold, and what stands there instead. The last that matches counts.
    fn machine(&self) -> Vec<(String, &'static str)> {
        let home = std::env::home_dir().map(|home| home.join(".cargo"));
        let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home);
        let paths = cargo
            .map(|cargo| (cargo, "/cargo"))
            .into_iter()
            .chain([(self.tree.root.clone(), "/vigie"), (self.tree.built.clone(), "/target")]);
        paths.map(|(path, instead)| (path.to_string_lossy().into_owned(), instead)).collect()
    }

    /// What is wrong with the binaries in a file is an error.
    pub fn inspect(&self, target: &Target, file: &Path) -> Outcome {
        let mut args = Vec::new();
        if target.system == System::Gnu {
            args.extend(["--glibc".to_owned(), target.glibc.trim_start_matches('.').to_owned()]);
        }
        args.extend(self.machine().into_iter().flat_map(|(path, _)| ["--without".to_owned(), path]));
        args.push(file.to_string_lossy().into_owned());
        self.quiet(
            "inspect",
            self.script("inspect_binaries.py", &args.iter().map(String::as_str).collect::<Vec<_>>()),
        )
    }

    /// Runs with the output in a log, which an error shows the end of.
    pub fn quiet(&self, name: &str, run: Run) -> Outcome {
        let line = run.line();
        let log = self.folder.join("logs").join(format!("{name}.log"));
        let finished = run.capture(&log, Duration::from_secs(3600))?;
        if finished.ok {
            return Ok(());
        }
        let lines: Vec<&str> = finished.output.trim().lines().collect();
        let end = lines.iter().skip(lines.len().saturating_sub(12)).copied().collect::<Vec<_>>().join("\n");
        Err(format!("`{line}` failed, see {}:\n{end}", log.display()))
    }

    /// When everything was made, as far as packages say.
    pub fn made_s(&self) -> &str {
        &self.made_s
    }

    pub fn offline(&self) -> &[&'static str] {
        if self.options.offline { &["--offline"] } else { &[] }
    }
}

fn time_of_commit(tree: &Tree) -> String {
    let mut git = Command::new("git");
    let told = git.args(["log", "-1", "--format=%ct"]).current_dir(&tree.root).output();
    let told = told.ok().filter(|told| told.status.success());
    let told = told.map(|told| String::from_utf8_lossy(&told.stdout).trim().to_owned());
    std::env::var("SOURCE_DATE_EPOCH").ok().or(told).unwrap_or_else(|| EARLIEST_S.to_owned())
}
