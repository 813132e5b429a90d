# Compiles the module's assembly with the running PowerShell: what a checkout needs, without a .NET SDK.
# Not for publishing: `cargo xtask package` builds the portable assembly.
[CmdletBinding()]
param(
    [string] $OutputPath = (Join-Path $PSScriptRoot 'Vigie/Vigie.PowerShell.dll')
)
$ErrorActionPreference = 'Stop'

# One folder deep: what a build by the .NET SDK leaves in bin and obj lies deeper.
$sources = @(Get-ChildItem -Path (Join-Path $PSScriptRoot 'src/*/*.cs') -File | Sort-Object -Property FullName)
if (-not $sources) { throw 'powershell/src holds no C# file' }

# The compiler names the assembly after its file, so the new file gets a folder of its own instead of another name. It is
# then moved into place, which does not change the old file for a process that has loaded it.
$OutputPath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath)
$folder = Split-Path -Path $OutputPath -Parent
$scratch = Join-Path $folder ".building-$PID"
$null = New-Item -ItemType Directory -Path $scratch -Force
try {
    $fresh = Join-Path $scratch (Split-Path -Path $OutputPath -Leaf)
    # By Add-Type's default a warning of the compiler is an error.
    Add-Type -Path $sources.FullName -OutputAssembly $fresh -OutputType Library -CompilerOptions '/unsafe', '/langversion:5', '/optimize+'
    [IO.File]::Move($fresh, $OutputPath, $true)
} finally {
    Remove-Item -LiteralPath $scratch -Recurse -Force
}
