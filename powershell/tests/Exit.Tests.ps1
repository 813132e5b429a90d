# Child processes that leave in every way: nothing recorded is lost, and the exit code stays what it was.

BeforeDiscovery {
    # Windows has neither these signals nor pipes with a path, so the tests that need them are skipped there.
    $onUnix = [IO.Path]::DirectorySeparatorChar -eq '/'
    $idle = '[Console]::WriteLine("READY"); Start-Sleep 30'
    $busy = '[Console]::WriteLine("READY"); while ($true) { $x++ }'
    $native = '[Console]::WriteLine("READY"); sleep 30 *> $null'
    $ways = @(
        @{ Name = 'the end of the script'; Leave = '' }
        @{ Name = 'exit 3'; Leave = 'exit 3' }
        @{ Name = 'exit inside a span'; Leave = 'Use-VigieSpan s { exit 3 }'; Control = 'exit 3' }
        @{ Name = 'throw'; Leave = 'throw "why"' }
        @{ Name = 'Environment.Exit'; Leave = '[Environment]::Exit(4)' }
        @{ Name = 'pwsh -c'; Leave = ''; Command = $true }
        @{ Name = 'pwsh -c with exit'; Leave = 'exit 3'; Command = $true }
        @{ Name = 'pwsh -c with throw'; Leave = 'throw "why"'; Command = $true }
        @{ Name = 'Remove-Module, then exit'; Leave = 'Remove-Module Vigie; exit 3'; Control = 'exit 3' }
        @{ Name = 'Stop-Vigie, then exit'; Leave = 'Stop-Vigie; exit 3'; Control = 'exit 3' }
    )
    foreach ($signal in 'TERM', 'HUP', 'INT') {
        $ways += @{ Name = "SIG$signal when idle"; Leave = $idle; Signal = $signal }
        $ways += @{ Name = "SIG$signal in a busy loop"; Leave = $busy; Signal = $signal }
    }
    $ways += @{ Name = 'SIGTERM while a program runs'; Leave = $native; Signal = 'TERM' }
    $ways += @{ Name = 'SIGQUIT when idle'; Leave = $idle; Signal = 'QUIT' }
    $ways = $ways | Where-Object { $onUnix -or -not $_.Signal }
    # The same, but the child leaves while the writer still holds records.
    $ready = '[Console]::WriteLine("READY")'
    $record = "foreach (`$n in 1..100) { Write-VigieLog 'n' -Attribute @{ n = `$n; pad = 'x' * 4000 } }`n"
    $piped = "1..100 | ForEach-Object { @{ n = `$_; pad = 'x' * 4000 } } -End { $idle } | Write-VigieLog 'n'"
    $held = @(
        @{ Name = 'the end of the script'; Leave = "$record$ready" }
        @{ Name = 'exit 3'; Leave = "$record$ready; exit 3" }
        @{ Name = 'throw'; Leave = "$record$ready; throw 'why'" }
        @{ Name = 'Environment.Exit'; Leave = "$record$ready; [Environment]::Exit(4)" }
        @{ Name = 'pwsh -c'; Leave = "$record$ready"; Command = $true }
        @{ Name = 'Remove-Module, then exit'; Leave = "$record$ready; Remove-Module Vigie; exit 3" }
        foreach ($signal in 'TERM', 'HUP', 'INT', 'QUIT') {
            @{ Name = "SIG$signal when idle"; Leave = "$record$idle"; Signal = $signal }
            @{ Name = "SIG$signal in a busy loop"; Leave = "$record$busy"; Signal = $signal }
        }
        @{ Name = 'SIGTERM in the middle of a pipeline'; Leave = $piped; Signal = 'TERM' }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $rounds = if ($VigieFull) { 100 } else { 5 }
    $record = "foreach (`$n in 1..100) { Write-VigieLog 'n' -Attribute @{ n = `$n } }`n"

    # Runs children, a few at a time. Each writes to a file of its own.
    function Invoke-Round([int] $Count, [scriptblock] $Script, [hashtable] $Options) {
        for ($done = 0; $done -lt $Count; $done += 5) {
            $paths = @(1..([Math]::Min(5, $Count - $done)) | ForEach-Object { New-TestPath exit })
            $children = @(foreach ($path in $paths) { Start-TestPwsh -Script (& $Script $path) @Options })
            $ended = @(Wait-TestPwsh $children)
            for ($i = 0; $i -lt $paths.Count; $i++) { [pscustomobject] @{ Path = $paths[$i]; Child = $ended[$i] } }
        }
    }
}

Describe 'Leaving by <Name>' -Tag Native, Slow -ForEach $ways {
    It 'keeps 100 of 100 lines and the exit code, every time' {
        $options = @{ Command = [bool] $_.Command; Signal = "$($_.Signal)" }
        $leave = $_.Leave
        $bare = if ($_.Control) { $_.Control } else { $leave }
        # `pwsh -c` does not accept an empty script.
        $control = Invoke-TestPwsh -Script "`$null`n$bare" @options
        foreach ($round in Invoke-Round $rounds { param($path) (Get-TestPrelude $path) + $record + $leave } $options) {
            # After Ctrl+C and Ctrl+Break a bare pwsh exits with 0 or 1, depending on the moment.
            $accepted = if ($options.Signal -in 'INT', 'QUIT') { 0, 1 } else { $control.ExitCode }
            $round.Child.ExitCode | Should -BeIn $accepted -Because $round.Child.Error
            $round.Child.Output | Should -BeExactly $control.Output
            $numbers = @(Get-TestLine -Kind log -Path $round.Path -NoFlush | Where-Object message -EQ 'n').n
            $numbers -join ',' | Should -BeExactly ((1..100) -join ',')
        }
    }
}

# The writer is done with 100 short records before a signal can arrive, so the tests above would pass without any hook.
# Here it is stuck in a pipe that is read only after the process was told to leave. Only Unix has such pipes.
Describe 'Records that are still held, leaving by <Name>' -Tag Native -Skip:(-not $onUnix) -ForEach $held {
    It 'are all written' {
        $fifo = Join-Path $TestDrive ([guid]::NewGuid().ToString('N'))
        $path = New-TestPath held
        $holder = New-TestStuckPipe $fifo
        try {
            $child = Start-TestPwsh -Script ((Get-TestPrelude $fifo) + $_.Leave) -Signal "$($_.Signal)" -Command:([bool] $_.Command)
            while ("$($child.Texts[0])" -notlike '*READY*' -and $child.Clock.Elapsed.TotalSeconds -lt 60) { $null = Read-TestPwsh $child; Start-Sleep -Milliseconds 1 }
            $reader = [Diagnostics.Process]::Start('sh', [string[]] @('-c', "exec cat <'$fifo' >'$path'"))
            $ended = Wait-TestPwsh $child
        } finally {
            # The shell opens the pipe before it makes the file; without a writer its open would never end.
            while ($reader -and -not (Test-Path -LiteralPath $path)) { Start-Sleep -Milliseconds 1 }
            # The last writer is gone now, so cat comes to the end.
            $holder.Dispose()
            if ($reader) { $reader.WaitForExit() }
        }
        $ended.Output | Should -BeLike '*READY*' -Because $ended.Error
        @(Get-TestLine -Kind log -Path $path -NoFlush | Where-Object message -EQ 'n').n -join ',' | Should -BeExactly ((1..100) -join ',')
    }
}

Describe 'Exit codes' -Tag Native {
    # Only Unix has signals.
    It 'are those that a shell expects' -Skip:(-not $onUnix) -ForEach @(
        @{ Signal = 'TERM'; Code = 143 }, @{ Signal = 'HUP'; Code = 129 }
    ) {
        $path = New-TestPath exit
        $child = Invoke-TestPwsh ((Get-TestPrelude $path) + "Write-VigieLog 'x'; [Console]::WriteLine('READY'); Start-Sleep 30") -Signal $Signal
        $child.ExitCode | Should -Be $Code
        @(Get-TestLine -Path $path -NoFlush).message | Should -Be 'x'
    }
}

Describe 'What is still open' -Tag Native {
    It 'is a span: it is written as leaked, with its record' {
        $path = New-TestPath exit
        $child = Invoke-TestPwsh ((Get-TestPrelude $path) + "`$null = Start-VigieSpan outer; `$null = Start-VigieSpan inner; Write-VigieLog 'x'; exit 0")
        $child.ExitCode | Should -Be 0
        $spans = @(Get-TestLine -Kind span -Path $path -NoFlush)
        ($spans.name | Sort-Object) | Should -Be 'inner', 'outer'
        foreach ($span in $spans) { $span.attributes.'vigie.leaked' | Should -BeTrue }
        $inner = $spans | Where-Object name -EQ inner
        $inner.parent_span_id | Should -Be ($spans | Where-Object name -EQ outer).span_id
        (Get-TestLine -Kind log -Path $path -NoFlush).span_id | Should -Be $inner.span_id
    }

    # Only Unix has signals.
    It 'is a span, when a signal ends the process' -Skip:(-not $onUnix) {
        $path = New-TestPath exit
        $null = Invoke-TestPwsh ((Get-TestPrelude $path) + "`$null = Start-VigieSpan open; [Console]::WriteLine('READY'); Start-Sleep 30") -Signal TERM
        $span = Get-TestLine -Kind span -Path $path -NoFlush
        $span.name, $span.attributes.'vigie.leaked' | Should -Be 'open', $true
    }

    It 'is a metric: its line is written' {
        $path = New-TestPath exit
        $null = Invoke-TestPwsh ((Get-TestPrelude $path) + 'Add-VigieCounter orders_total 3; exit 0')
        (Get-TestLine -Kind metric -Path $path -NoFlush).value | Should -Be 3
    }

    # Only Unix has signals.
    It 'is a loop that goes on recording when a signal comes: its lines are whole, without a gap' -Skip:(-not $onUnix) {
        $path = New-TestPath exit
        $script = '[long] $n = 0; while ($true) { [Vigie.Log]::Info("x", @{ n = $n }); if ($n++ -eq 2000) { [Console]::WriteLine("READY") } }'
        $child = Invoke-TestPwsh ((Get-TestPrelude $path) + $script) -Signal TERM
        $child.ExitCode | Should -Be 143
        $next = 0L; $wrong = 0
        foreach ($line in [IO.File]::ReadLines($path)) {
            $found = [regex]::Match($line, '^\{.*"message":"x".*"n":([0-9]+)\}$')
            if (-not $found.Success -or [long] $found.Groups[1].Value -ne $next++) { $wrong++ }
        }
        $wrong | Should -Be 0
        $next | Should -BeGreaterThan 2000
        [IO.File]::ReadAllText($path)[-1] | Should -Be "`n"
    }

    It 'is a thread job that records while the process leaves: its lines are whole' {
        $path = New-TestPath exit
        $script = '$null = Start-ThreadJob { while ($true) { [Vigie.Log]::Info("x") } }; while (-not (Get-Item $Path).Length) { Start-Sleep -Milliseconds 1 }; exit 5'
        $child = Invoke-TestPwsh ("`$Path = '$path'`n" + (Get-TestPrelude $path) + $script)
        $child.ExitCode | Should -Be 5
        # There are many thousand lines, and only the last one could have been cut.
        $text = [IO.File]::ReadAllText($path)
        $text[-1] | Should -Be "`n"
        (ConvertFrom-TestJson $text.Substring($text.LastIndexOf("`n", $text.Length - 2) + 1)).message | Should -Be 'x'
    }
}

# A host may keep the process alive after a signal. Recording then goes on with the settings that were in force.
# Only Unix has signals.
Describe 'A signal that the process survives' -Tag Native, Slow -Skip:(-not $onUnix) {
    It 'loses nothing, before or after, when the first call is <Name>' -ForEach @(
        @{ Name = 'a message'; Call = "Write-VigieLog 'after'" }
        @{ Name = 'an error'; Call = "Write-VigieLog 'after' -ErrorRecord ([Exception]::new('why'))" }
        @{ Name = 'text of a pipeline'; Call = "'after' | Write-VigieLog" }
        @{ Name = 'a span'; Call = "Use-VigieSpan s { Write-VigieLog 'after' }" }
        @{ Name = 'a logger that was there'; Call = "`$logger.Info('after')" }
        @{ Name = 'a span within one that was open'; Call = "Use-VigieSpan s { Write-VigieLog 'after' }"; Open = "`$null = Start-VigieSpan open`n" }
        @{ Name = 'a metric'; Call = "Add-VigieCounter after_total; Write-VigieLog 'after'" }
        @{ Name = 'a series that was there'; Open = "`$series = [Vigie.Metric]::Counter('after_total', `$null)`n"; Call = "`$series.Update(1.0); Write-VigieLog 'after'" }
    ) {
        $path = New-TestPath survived
        $survive = @'
Add-Type 'using System.Runtime.InteropServices; public static class Survivor {
    public static volatile bool Asked; static PosixSignalRegistration kept;
    public static void Start() { kept = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => { c.Cancel = true; Asked = true; }); } }'
[Survivor]::Start()
Write-VigieLog 'before'
[Console]::WriteLine('READY')
while (-not [Survivor]::Asked) { Start-Sleep -Milliseconds 1 }
# Other handlers of the signal may still be running.
Start-Sleep -Seconds 2

'@
        $child = Invoke-TestPwsh ((Get-TestPrelude $path) + "`$logger = Get-VigieLogger named`n" + $_.Open + $survive + $Call + "`nexit 6") -Signal TERM
        $child.ExitCode | Should -Be 6 -Because $child.Error
        @(Get-TestLine -Kind log -Path $path -NoFlush).message | Should -Be 'before', 'after'
        if ($Call -match 'after_total|series') { (Get-TestLine -Kind metric -Path $path -NoFlush | Where-Object name -EQ after_total).value | Should -Be 1 }
        if ($Call -match 'VigieSpan') { (Get-TestLine -Kind span -Path $path -NoFlush).name | Should -Contain 's' }
    }
}

Describe 'A process without records' -Tag Native {
    It 'leaves no file and no word' {
        $child = Invoke-TestPwsh 'Import-Module $env:VIGIE_MODULE; exit 3' -Environment @{ VIGIE_OUTPUTS = '[{"to":"file","path":"unused.jsonl"}]' }
        $child.ExitCode, $child.Output, $child.Error | Should -Be 3, '', ''
        Join-Path $TestDrive 'unused.jsonl' | Should -Not -Exist
    }

    # Only Unix has pipes with a path.
    It 'is not held up by an output that nobody reads' -Skip:(-not $onUnix) {
        $fifo = Join-Path $TestDrive 'stuck'
        $reader = New-TestStuckPipe $fifo
        try {
            $child = Invoke-TestPwsh ((Get-TestPrelude $fifo) + "foreach (`$n in 1..100) { [Vigie.Log]::Info('x' * 4000) }; exit 3")
            # It would be killed after a minute, and then has none.
            $child.ExitCode | Should -Be 3
        } finally { $reader.Dispose() }
    }
}
