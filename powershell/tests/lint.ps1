# Checks the repository's PowerShell by syntax tree and tokens; prints a line for each finding, exits 1 when there is any.
# The rules are in LintLanguage.ps1 and LintStyle.ps1; PSScriptAnalyzer runs too where it is installed.
param(
    # The repository, or another folder of the same layout.
    [string] $Root = (Join-Path $PSScriptRoot '../..')
)
$ErrorActionPreference = 'Stop'
. (Join-Path $PSScriptRoot 'LintLanguage.ps1')
. (Join-Path $PSScriptRoot 'LintStyle.ps1')

$Root = (Resolve-Path -LiteralPath $Root).ProviderPath
$module = Join-Path $Root 'powershell/Vigie'
$exported = @((Import-PowerShellDataFile (Join-Path $module 'Vigie.psd1')).FunctionsToExport)
$files = @('powershell', 'examples', 'tests' | ForEach-Object { Join-Path $Root $_ } | Where-Object { Test-Path -LiteralPath $_ } |
        ForEach-Object { Get-ChildItem -LiteralPath $_ -Recurse -File -Include '*.ps1', '*.psm1', '*.psd1' } |
        Where-Object { $_.FullName -notmatch '[\\/](node_modules|target|obj|bin)[\\/]' } | Sort-Object -Property FullName)

$findings = New-Object System.Collections.Generic.List[string]
foreach ($file in $files) {
    $ours = $file.FullName.StartsWith($module + [IO.Path]::DirectorySeparatorChar)
    $name = $file.FullName.Substring($Root.Length + 1) -replace '\\', '/'
    $text = [IO.File]::ReadAllText($file.FullName)
    foreach ($finding in Get-LintFinding -Text $text -Module:$ours -Exported $exported) { $findings.Add("${name}:$finding") }
}

$analyzer = Get-Module -ListAvailable -Name PSScriptAnalyzer
if ($analyzer) {
    $settings = Join-Path $PSScriptRoot 'PSScriptAnalyzerSettings.psd1'
    foreach ($found in Invoke-ScriptAnalyzer -Path $module -Recurse -Settings $settings) {
        $findings.Add("powershell/Vigie/$($found.ScriptName):$($found.Line): $($found.RuleName): $($found.Message)")
    }
}

$findings | Write-Output
$also = if ($analyzer) { 'with PSScriptAnalyzer' } else { 'PSScriptAnalyzer is not installed: syntax tree and tokens alone' }
Write-Output "$($files.Count) files, $($findings.Count) findings ($also)"
# A lint that finds no scripts would always pass.
exit [int] ($findings.Count -gt 0 -or -not $files)
