# Whether the lint finds each fault that is planted for it, and accepts what is right.
# Not for checking the repository: lint.ps1 does that.

BeforeDiscovery {
    $opening = "# What it is for.`n`n"
    $help = "<#`n.SYNOPSIS`nSays it.`n.PARAMETER Name`nWho.`n.EXAMPLE`nGet-Thing a`n.EXAMPLE`nGet-Thing b`n#>`n"
    $cases = @(
        @{ Fault = 'a ternary'; Text = '$a = $b ? 1 : 2'; Says = 'ternary' }
        @{ Fault = '??'; Text = '$a = $b ?? 1'; Says = '?? is not' }
        @{ Fault = '??='; Text = '$a ??= 1'; Says = '??= is not' }
        @{ Fault = '?.'; Text = '${a}?.Length'; Says = '?. is not' }
        @{ Fault = '?[]'; Text = '${a}?[0]'; Says = '?[] is not' }
        @{ Fault = '&&'; Text = 'Get-Date && Get-Host'; Says = '&& is not' }
        @{ Fault = '||'; Text = 'Get-Date || Get-Host'; Says = '|| is not' }
        @{ Fault = 'a background job'; Text = 'Get-Date &'; Says = 'background' }
        @{ Fault = 'a clean block'; Text = 'function Get-Thing { process { 1 } clean { 2 } }'; Says = 'clean block' }
        @{ Fault = 'a pipe that begins a line'; Text = "Get-Date`n| Out-Null"; Says = 'begins with' }
        @{ Fault = 'a binary number'; Text = '$a = 0b11'; Says = '0b11' }
        @{ Fault = 'a number with a new suffix'; Text = '$a = 1uL'; Says = '1uL' }
        @{ Fault = 'the escape of ESC'; Text = '"`e[0m"'; Says = 'escapes' }
        @{ Fault = 'the escape of a code point'; Text = '"a`u{1F600}"'; Says = 'escapes' }
        @{ Fault = 'a variable of 6'; Text = 'if ($IsWindows) { 1 }'; Says = 'IsWindows' }
        @{ Fault = '-Parallel'; Text = '1 | ForEach-Object -Parallel { 1 }'; Says = '-Parallel is not in' }
        @{ Fault = '-AsHashtable'; Text = "ConvertFrom-Json '{}' -AsHashtable"; Says = '-AsHashtable is not in' }
        @{ Fault = 'an abbreviated parameter of 7'; Text = '1 | ForEach-Object -Paral { 1 }'; Says = '-Paral is not in' }
        @{ Fault = 'a command of 7'; Text = 'Get-Error'; Says = 'Get-Error is not in' }
        @{ Fault = 'an alias'; Text = '1 | % { 1 }'; Says = '% is an alias' }
        @{ Fault = 'an alias of Windows alone'; Text = 'ls .'; Says = 'ls is an alias' }
        @{ Fault = 'an abbreviated parameter'; Text = 'Get-ChildItem -Recur'; Says = '-Recur is not a parameter' }
        @{ Fault = 'an abbreviated parameter of a function'; Text = 'function Get-Thing { param($Name) $Name }; Get-Thing -Na 1'; Says = '-Na is not a parameter' }
        @{ Fault = 'a verb that is not approved'; Text = 'function Fetch-Thing { 1 }'; Says = 'Fetch is not an approved verb' }
        @{ Fault = 'a plural noun'; Text = 'function Get-Things { 1 }'; Says = 'not singular' }
        @{ Fault = 'a function without a verb'; Text = 'function thing { 1 }'; Says = 'not named Verb-Noun' }
        @{ Fault = 'a long function'; Text = "function Get-Thing {`n" + ("    1`n" * 49) + '}'; Says = 'has 51 lines' }
        @{ Fault = 'a long file'; Text = "1`n" * 399; Says = 'a file of 401 lines' }
        @{ Fault = 'an exported function without help'; Text = 'function Get-Exported { 1 }'; Says = 'has no help' }
        @{ Fault = 'help with one example'; Text = "function Get-Exported {`n<#`n.SYNOPSIS`nA.`n.EXAMPLE`nGet-Exported`n#>`n}"; Says = 'fewer than two examples' }
        @{ Fault = 'a parameter that the help leaves out'; Text = ($help + 'function Get-Exported { param($Name, $Other) $Name; $Other }'); Says = '-Other is not in the help' }
        @{ Fault = 'a parse error'; Text = 'if (1) {'; Says = 'does not parse' }
    ) | ForEach-Object { $_.Text = $opening + $_.Text; $_ }
}

Describe 'Lint' -Tag Unit {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'LintLanguage.ps1')
        . (Join-Path $PSScriptRoot 'LintStyle.ps1')
        $right = @'
# What it is for.

<#
.SYNOPSIS
Says it.
.PARAMETER Name
Who.
.EXAMPLE
Get-Exported a
.EXAMPLE
Get-Exported b
#>
function Get-Exported {
    [CmdletBinding()]
    param([string] $Name)
    $all = Get-ChildItem -Path $Name -Recurse -ErrorAction Stop |
        ForEach-Object -Process { $_ }
    if ($all -and -not $Name) { "``e $(1L + 0x10 + 1.5d + 1kb)" }
    foreach ($one in $all) { & $one }
}
Get-Exported -Name a -Verbose
'@
    }

    It 'finds <Fault>' -ForEach $cases {
        $found = @(Get-LintFinding -Text $Text -Module -Exported 'Get-Exported')
        @($found -match [regex]::Escape($Says)) | Should -HaveCount 1 -Because ($found -join '; ')
        $found | ForEach-Object { $_ | Should -Match '^[0-9]+: ' }
    }

    It 'finds a file that does not say what it is for' {
        Get-LintFinding -Text '$a = 1' -Module | Should -Be '1: opens without a word on what it is for'
    }

    It 'names the line' {
        Get-LintFinding -Text "# What it is for.`n`nFetch`n`n`$a ??= 1" -Module | Should -Be '5: ??= is not in 5.1'
    }

    It 'finds nothing in what is right' {
        Get-LintFinding -Text $right -Module -Exported 'Get-Exported' | Should -BeNullOrEmpty
    }

    It 'leaves other scripts their language, and still parses them' {
        Get-LintFinding -Text '$a = $b ?? 1' | Should -BeNullOrEmpty
        Get-LintFinding -Text '$a = (' | Should -Match 'does not parse'
    }

    It 'exits with 1 and prints a line for a fault in a module, with 0 without' {
        $module = New-Item -ItemType Directory -Path (Join-Path $TestDrive 'powershell/Vigie') -Force
        Set-Content -LiteralPath (Join-Path $module 'Vigie.psd1') -Value "# For a test.`n@{ FunctionsToExport = @('Get-Exported') }"
        Set-Content -LiteralPath (Join-Path $module 'a.ps1') -Value "# What it is for.`n`$a ??= 1"
        $pwsh = (Get-Process -Id $PID).Path
        $lint = Join-Path $PSScriptRoot 'lint.ps1'
        $said = & $pwsh -NoProfile -NonInteractive -File $lint -Root $TestDrive
        $LASTEXITCODE | Should -Be 1
        $said[0] | Should -Be 'powershell/Vigie/a.ps1:2: ??= is not in 5.1'
        Set-Content -LiteralPath (Join-Path $module 'a.ps1') -Value "# What it is for.`n`$a = 1"
        $null = & $pwsh -NoProfile -NonInteractive -File $lint -Root $TestDrive
        $LASTEXITCODE | Should -Be 0
    }
}
