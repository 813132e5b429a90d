# What importing does and does not do, each test in a process of its own.
# Not for how fast it is: `cargo xtask bench` measures that.

BeforeDiscovery {
    $onLinux = Test-Path '/proc/self/status'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
}

Describe 'Importing' -Tag Native {
    It 'says nothing, reads no settings, opens no file' {
        $child = Invoke-TestPwsh 'Import-Module $env:VIGIE_MODULE; "done"' -Environment @{
            VIGIE_LEVEL = 'nonsense'; VIGIE_OUTPUTS = '[{"to":"file","path":"early.jsonl"}]'; VIGIE_CONFIG = '/no/such/file'
        }
        $child.Output, $child.Error, $child.ExitCode | Should -Be "done`n", '', 0
        Join-Path $TestDrive 'early.jsonl' | Should -Not -Exist
    }

    It 'starts no thread and takes no signal before the first use' -Skip:(-not $onLinux) {
        $path = New-TestPath import
        $child = Invoke-TestPwsh (@'
function Get-State {
    $mask = [Convert]::ToUInt64(((Get-Content "/proc/$PID/status") -match '^SigCgt:' -split '\s+')[1], 16) -band 0x4005
    $threads = @(Get-ChildItem "/proc/$PID/task" | ForEach-Object { [IO.File]::ReadAllText("$($_.FullName)/comm").Trim() } | Where-Object { $_ -like 'vigie*' }).Count
    "$mask/$threads"
}
$before = Get-State
Import-Module $env:VIGIE_MODULE
$logger = Get-Command Write-VigieLog
$imported = Get-State
'same: {0}' -f ($before -eq $imported)

'@ + "`$env:VIGIE_OUTPUTS = '[{`"to`":`"file`",`"path`":`"$path`"}]'`n" + @'
Write-VigieLog 'first'
Wait-VigieFlush
$mask, $threads = (Get-State) -split '/'
'signals: {0}, threads: {1}' -f ([int] $mask -band 0x4001), [int] $threads
'@)
        # The bits of HUP and TERM are 0x1 and 0x4000.
        $child.Output | Should -Be "same: True`nsignals: 16385, threads: 1`n" -Because $child.Error
    }

    It 'twice, and again by force, keeps what is in force' {
        $path = New-TestPath import
        $child = Invoke-TestPwsh ((Get-TestPrelude $path) + @'
$span = Start-VigieSpan over
Write-VigieLog 'a'
Import-Module $env:VIGIE_MODULE
Write-VigieLog 'b'
Import-Module $env:VIGIE_MODULE -Force
Write-VigieLog 'c'
Remove-Module Vigie
Import-Module $env:VIGIE_MODULE
Write-VigieLog 'd'
Stop-VigieSpan
(Get-Command -Module Vigie).Count -gt 20
'@)
        $child.Output, $child.Error | Should -Be "True`n", ''
        $lines = Get-TestLine -Kind log -Path $path -NoFlush
        $lines.message | Should -Be 'a', 'b', 'c', 'd'
        $span = Get-TestLine -Kind span -Path $path -NoFlush
        $span.name | Should -Be over
        foreach ($line in $lines) { $line.span_id, $line.service | Should -Be $span.span_id, 'child' }
    }

    It 'and removing it, again and again, loses no line and leaves no span' {
        $path = New-TestPath import
        $rounds = if ($VigieFull) { 1000 } else { 10 }
        $child = Invoke-TestPwsh ((Get-TestPrelude $path) + "foreach (`$round in 1..$rounds) {" + @'

    Import-Module $env:VIGIE_MODULE
    Use-VigieSpan round { Write-VigieLog 'in {round}' -Attribute @{ round = $round } }
    Remove-Module Vigie
}
'@) -TimeoutSecond 900
        $child.Error, $child.ExitCode | Should -Be '', 0
        @(Get-TestLine -Kind log -Path $path -NoFlush).round | Should -Be @(1..$rounds)
        @(Get-TestLine -Kind span -Path $path -NoFlush).Count | Should -Be $rounds
    }

    It 'leaves nothing behind when it is removed' {
        $child = Invoke-TestPwsh @'
$before = @(Get-Command -CommandType Function, Alias).Name + @(Get-Variable).Name
Import-Module $env:VIGIE_MODULE
Remove-Module Vigie
$after = @(Get-Command -CommandType Function, Alias).Name + @(Get-Variable).Name
@($after | Where-Object { $_ -notin $before -and $_ -ne 'before' }) -join ','
'@
        $child.Output, $child.Error | Should -Be "`n", ''
    }

    It 'flushes when it is removed' {
        $path = New-TestPath import
        $child = Invoke-TestPwsh ((Get-TestPrelude $path) + "Write-VigieLog 'x'; Remove-Module Vigie; @(Get-Content -LiteralPath '$path').Count")
        $child.Output | Should -Be "1`n"
    }

    It 'in two runspaces is one library with one state' {
        $path = New-TestPath import
        $child = Invoke-TestPwsh ((Get-TestPrelude $path) + @'
Write-VigieLog 'a'
1..2 | ForEach-Object -Parallel { Import-Module $env:VIGIE_MODULE; Write-VigieLog 'b' }
@([Diagnostics.Process]::GetCurrentProcess().Modules | Where-Object ModuleName -match 'vigie\.(so|dll|dylib)').Count -le 1
'@)
        $child.Output, $child.Error | Should -Be "True`n", ''
        $lines = @(Get-TestLine -Path $path -NoFlush)
        $lines.message | Should -Be 'a', 'b', 'b'
        $lines.service | Should -Be 'child', 'child', 'child'
    }

    It 'compiles nothing, and loads one assembly' {
        $child = Invoke-TestPwsh @'
$before = [AppDomain]::CurrentDomain.GetAssemblies().Location
Import-Module $env:VIGIE_MODULE
# What Add-Type compiles has no file.
@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { -not $_.IsDynamic -and -not $_.Location }).Count
# Modules of PowerShell itself are in $PSHOME.
@([AppDomain]::CurrentDomain.GetAssemblies().Location | Where-Object { $_ -and $_ -notin $before -and -not $_.StartsWith($PSHOME) } | Split-Path -Leaf) -join ','
'@
        $compiled, $loaded = $child.Output.Trim() -split "`n"
        $compiled | Should -Be 0
        $loaded | Should -Be 'Vigie.PowerShell.dll'
    }
}
