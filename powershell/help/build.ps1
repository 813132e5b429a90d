# Makes the help of the compiled cmdlets (en-US/Vigie.PowerShell.dll-Help.xml, MAML) from the sources in this folder and
# from what the cmdlets say of themselves: types, positions, pipeline input, aliases, accepted values.
# Not for script functions: their help is in their comments in Vigie/*.ps1. -Check writes nothing; its exit code is 1 when
# the file differs from what would be written. A source that does not fit its cmdlet is an error, exit code 1 too.

[CmdletBinding()]
param([switch] $Check)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
. (Join-Path $PSScriptRoot 'Source.ps1')
. (Join-Path $PSScriptRoot 'Maml.ps1')

$manifest = if ($env:VIGIE_MODULE) { $env:VIGIE_MODULE } else { Join-Path $PSScriptRoot '../Vigie/Vigie.psd1' }
$target = Join-Path $PSScriptRoot '../Vigie/en-US/Vigie.PowerShell.dll-Help.xml'
$module = Import-Module -Name $manifest -PassThru
$cmdlets = @($module.ExportedCmdlets.Values | Sort-Object -Property Name)
$mistakes = New-Object System.Collections.Generic.List[string]

$names = @($cmdlets | ForEach-Object { $_.Name })
foreach ($file in Get-ChildItem -Path $PSScriptRoot -Filter '*.md') {
    if ($names -notcontains $file.BaseName) { $mistakes.Add("$($file.Name): there is no such cmdlet") }
}
$pages = foreach ($cmdlet in $cmdlets) {
    $path = Join-Path $PSScriptRoot "$($cmdlet.Name).md"
    if (-not (Test-Path -LiteralPath $path)) { $mistakes.Add("$($cmdlet.Name): no source $($cmdlet.Name).md"); continue }
    $page = Read-HelpSource $path
    foreach ($mistake in Compare-HelpSource $page $cmdlet) { $mistakes.Add($mistake) }
    @{ Cmdlet = $cmdlet; Page = $page }
}
if ($mistakes.Count) {
    foreach ($mistake in $mistakes) { [Console]::Error.WriteLine($mistake) }
    exit 1
}

$text = ConvertTo-Maml @($pages)
if (-not $Check) {
    [IO.File]::WriteAllText($target, $text)
    return
}
$present = if (Test-Path -LiteralPath $target) { [IO.File]::ReadAllText($target) } else { '' }
if ($present -cne $text) {
    [Console]::Error.WriteLine('Vigie.PowerShell.dll-Help.xml is not what its sources say: run powershell/help/build.ps1')
    exit 1
}
