# How users assert on what their scripts record: README.md, "In tests of yours", as it stands there.
# Not for the module itself.

BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'The page on tests' -Tag Unit {
    It 'has a test that passes, and fails where the script says something else' {
        $page = Get-Content -Raw -LiteralPath (Join-Path $PSScriptRoot '../README.md')
        $found = [regex]::Match($page, '(?s)```powershell fragment\n(Describe.+?)```')
        $found.Success | Should -BeTrue
        $text = $found.Groups[1].Value
        foreach ($message in 'copied', 'moved') {
            $folder = Join-Path $TestDrive $message
            $null = New-Item -ItemType Directory -Path $folder
            Set-Content -LiteralPath (Join-Path $folder 'backup.ps1') -Value "Write-VigieLog '$message' -Logger backup -Attribute @{ files = 3 }; Write-Warning 'low on disk'"
            Set-Content -LiteralPath (Join-Path $folder 'Backup.Tests.ps1') -Value $text
        }
        # It takes long to load Pester.
        $run = Invoke-TestPwsh -TimeoutSecond 300 -Script @'
Import-Module $env:VIGIE_MODULE
Import-Module Pester
foreach ($folder in 'copied', 'moved') {
    $result = Invoke-Pester (Join-Path $PSScriptRoot $folder) -PassThru -Output None
    "$folder $($result.PassedCount) $($result.FailedCount)"
}
'@
        $run.Output.Trim() | Should -Be "copied 2 0`nmoved 1 1" -Because $run.Error
    }
}
