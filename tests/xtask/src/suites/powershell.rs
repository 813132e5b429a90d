//! Suites of the PowerShell module: its Pester tests and its lint, by the PowerShell of this machine.
//! Not for compiling it: setup did that.

use super::{Needs, Suite};
use crate::counts::Runner;
use crate::process::Run;
use crate::pwsh;
use crate::tree::Tree;

const PESTER: &str = "@{ ModuleName = 'Pester'; ModuleVersion = '5.3'; MaximumVersion = '5.99' }";

pub fn suites(tree: &Tree) -> Vec<Suite> {
    let missing = pwsh::find().err().map(|why| (why, pwsh::CURE.to_owned()));
    let without_pester = missing.clone().or_else(|| without_pester(tree));
    let lint = pwsh::script(tree, "powershell/tests/lint.ps1", &[]);
    vec![
        Suite::lint("powershell: lint", Needs::PowerShell, lint).unless(missing),
        Suite::new("powershell: Pester", Needs::PowerShell, Runner::Pester, 900, pester(tree))
            .unless(without_pester),
    ]
}

/// The module's tests; `VIGIE_MODULE` names another manifest than the checkout's.
pub fn pester(tree: &Tree) -> Run {
    pwsh::script(tree, "powershell/tests/run.ps1", &[])
}

/// Why Pester cannot be used, and the cure.
pub fn without_pester(tree: &Tree) -> Option<(String, String)> {
    let text = format!("if (Get-Module -ListAvailable -FullyQualifiedName {PESTER}) {{ exit 0 }}; exit 1");
    let there = pwsh::command(tree, &text).command.output().is_ok_and(|output| output.status.success());
    (!there).then(|| {
        let cure = "pwsh -Command \"Install-PSResource Pester -Version '[5.3, 6.0)'\"";
        ("Pester 5 is not installed".to_owned(), cure.to_owned())
    })
}
