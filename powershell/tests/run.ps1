# Runs the module's tests with Pester 5 and says at the end how many passed, failed and were skipped.
# Not for building: `cargo xtask setup` makes the module and its library.
#
# -Path runs only those files (names or paths); -Tag and -ExcludeTag choose among Unit, Native,
# Parallel and Slow. VIGIE_FULL=1 runs the counts of the test matrix. The exit code is the number
# of failures, 2 also when there is no Pester.
param(
    [string[]] $Path,
    [string[]] $Tag = @(),
    [string[]] $ExcludeTag = @(),
    [ValidateSet('None', 'Normal', 'Detailed', 'Diagnostic')] [string] $Output = 'Normal'
)

if (-not (Get-Module Pester -ListAvailable | Where-Object { $_.Version.Major -eq 5 })) {
    [Console]::Error.WriteLine('The tests need Pester 5: Install-Module Pester -MaximumVersion 5.99')
    exit 2
}
Import-Module Pester -MinimumVersion 5.3 -MaximumVersion 5.99

# Schema.Tests.ps1 comes last, because it reads the lines that the other files wrote.
function Get-TestFile([string[]] $Path) {
    $files = Get-ChildItem -LiteralPath $PSScriptRoot -Filter '*.Tests.ps1' | Sort-Object { $_.Name -eq 'Schema.Tests.ps1' }, Name
    if (-not $Path) { return $files.FullName }
    # `pwsh -File run.ps1 -Path Log,Span` passes one text, not a list.
    foreach ($one in $Path -split ',') {
        $found = $files | Where-Object { $_.Name -eq (Split-Path $one -Leaf) -or $_.Name -eq "$one.Tests.ps1" }
        if (-not $found) {
            [Console]::Error.WriteLine("No test file $one in $PSScriptRoot")
            exit 2
        }
        $found.FullName
    }
}

$settings = New-PesterConfiguration
$settings.Run.Path = @(Get-TestFile $Path)
$settings.Run.PassThru = $true
$settings.Filter.Tag = $Tag
$settings.Filter.ExcludeTag = $ExcludeTag
$settings.Output.Verbosity = $Output
$settings.Output.RenderMode = 'Plaintext'
$settings.TestRegistry.Enabled = $false

$folder = Join-Path ([IO.Path]::GetTempPath()) ('vigie-tests-' + [guid]::NewGuid().ToString('N'))
$null = New-Item -ItemType Directory -Path $folder
$env:VIGIE_TEST_LINES = $folder
try {
    $result = Invoke-Pester -Configuration $settings
} finally {
    $env:VIGIE_TEST_LINES = $null
    if (Get-Module Vigie) { Stop-Vigie -WarningAction SilentlyContinue }
    Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
}
# A file that does not load, and a BeforeAll that throws, count as failures too.
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
Write-Output ('Tests Passed: {0}, Failed: {1}, Skipped: {2}' -f $result.PassedCount, $failed, ($result.SkippedCount + $result.InconclusiveCount))
# An exit code is one byte, and 256 failures must not look like none.
exit ([Math]::Min($failed, 250))
