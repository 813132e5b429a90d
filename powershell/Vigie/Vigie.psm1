# Loads the module: language mode, assembly, native library, script functions, and what happens when it is removed.
# Not for the commands: compiled ones are in the assembly, the others in the files that are dot-sourced here.

# In constrained language an assembly that no policy trusts cannot be loaded: said before the engine says it worse.
# 0 is FullLanguage; to compare the names would make the import 5 ms longer.
if ($ExecutionContext.SessionState.LanguageMode -ne 0) {
    throw "Vigie: the language mode is $($ExecutionContext.SessionState.LanguageMode); the module needs FullLanguage, since it loads an assembly."
}

# No Join-Path: in a session that has used no command of its module yet it costs as much as the rest of the import.
$vigieAssembly = [IO.Path]::Combine($PSScriptRoot, 'Vigie.PowerShell.dll')
if (-not [IO.File]::Exists($vigieAssembly)) {
    throw "Vigie: the assembly is missing; looked for $vigieAssembly; build it with: cargo xtask setup"
}
Import-Module $vigieAssembly
# The sentence itself: the engine would wrap it into one about a method call.
try { [Vigie.Library]::Load($PSScriptRoot) } catch { throw $_.Exception.GetBaseException().Message }

. ([IO.Path]::Combine($PSScriptRoot, 'Span.ps1'))
. ([IO.Path]::Combine($PSScriptRoot, 'Capture.ps1'))
. ([IO.Path]::Combine($PSScriptRoot, 'Http.ps1'))

# A flush and no end: the module may be removed to be imported again, and other runspaces may go on recording.
$ExecutionContext.SessionState.Module.OnRemove = { [Vigie.Scope]::Flush() }
