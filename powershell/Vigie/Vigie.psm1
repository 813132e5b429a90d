# Loads the module: checks the language mode, loads the assembly, the native library and the script functions, and says
# what happens when the module is removed.

# Constrained language cannot load an assembly that no policy trusts. This says it more clearly than the engine would.
# 0 is FullLanguage; to compare names would make the import 5 ms longer.
if ($ExecutionContext.SessionState.LanguageMode -ne 0) {
    throw "Vigie: the language mode is $($ExecutionContext.SessionState.LanguageMode); the module needs FullLanguage, since it loads an assembly."
}

# Join-Path would load the module that it belongs to, which costs as much as all the rest of the import.
$vigieAssembly = [IO.Path]::Combine($PSScriptRoot, 'Vigie.PowerShell.dll')
if (-not [IO.File]::Exists($vigieAssembly)) {
    throw "Vigie: the assembly is missing; looked for $vigieAssembly; build it with: cargo xtask setup"
}
Import-Module $vigieAssembly
# The message is thrown anew because the engine has wrapped the exception into one about a method call.
try { [Vigie.Library]::Load($PSScriptRoot) } catch { throw $_.Exception.GetBaseException().Message }

. ([IO.Path]::Combine($PSScriptRoot, 'Span.ps1'))
. ([IO.Path]::Combine($PSScriptRoot, 'Capture.ps1'))
. ([IO.Path]::Combine($PSScriptRoot, 'Http.ps1'))

# This flushes and does not shut down: the module may be imported again, and other runspaces may go on recording.
$ExecutionContext.SessionState.Module.OnRemove = { [Vigie.Scope]::Flush() }
