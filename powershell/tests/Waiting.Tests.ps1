# A slow reader of the console or a file gets every line; one that has stopped costs the program its patience once.
# Not for how a process ends with records that are still held: see Exit.Tests.ps1.

BeforeDiscovery {
    # The paths /dev/stdout and /proc are Linux's.
    $onLinux = Test-Path '/proc/self/schedstat'
    $console = "@{ to = 'console' }"
    $file = "@{ to = 'file'; path = '/dev/stdout' }"
    $slow = @(
        @{ Name = 'the console, by [Vigie.Log]'; Output = $console; Stream = 'StandardError'; Record = 'for ($n = 0; $n -lt 100000; $n++) { [Vigie.Log]::Info("burst", @{ n = $n }) }' }
        @{ Name = 'a file, by a pipeline'; Output = $file; Stream = 'StandardOutput'; Record = '1..100000 | Write-VigieLog' }
    )
    $stopped = @(
        @{ Name = 'the console'; Output = $console; Stuck = , 'StandardError' }
        @{ Name = 'a file'; Output = $file; Stuck = , 'StandardOutput' }
        @{ Name = 'the console and a file'; Output = "$console, $file"; Stuck = 'StandardError', 'StandardOutput' }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # Starts a child whose streams nobody reads yet.
    function Start-Unread([string] $Script) {
        $process = [Diagnostics.Process]::Start((New-TestPwshStart $Script))
        $process.StandardInput.Close()
        $process
    }

    # Counts the lines of a stream to its end, 64 KiB at a time, with a pause of so many milliseconds between.
    function Measure-Line([IO.StreamReader] $Reader, [int] $Pause) {
        $step = [byte[]]::new(64KB)
        $lines = 0
        while ($size = $Reader.BaseStream.Read($step, 0, $step.Length)) {
            for ($at = 0; ($at = [Array]::IndexOf($step, [byte] 10, $at, $size - $at)) -ge 0; $at++) { $lines++ }
            [Threading.Thread]::Sleep($Pause)
        }
        $lines
    }
}

Describe 'A slow reader' -Tag Native, Slow -Skip:(-not $onLinux) {
    It 'of <Name> gets every line' -ForEach $slow {
        $child = Start-Unread "Import-Module `$env:VIGIE_MODULE; Initialize-Vigie burst -Output $Output; $Record"
        Measure-Line $child.$Stream 5 | Should -Be 100000
        $child.WaitForExit()
        $child.ExitCode | Should -Be 0
        # Whichever stream it was not: the console's own complaints would be on standard error.
        $child.StandardError.ReadToEnd() + $child.StandardOutput.ReadToEnd() | Should -BeNullOrEmpty
    }
}

Describe 'A reader that has stopped' -Tag Native, Slow -Skip:(-not $onLinux) {
    It 'of <Name> costs its patience and two seconds more at most, and every loss is booked' -ForEach $stopped {
        $books = Join-Path $TestDrive ('{0}.json' -f [guid]::NewGuid().ToString('N'))
        # The thread's time is on a processor, in the queue for one, or waited; only the last one is the library's doing.
        $script = @'
Import-Module $env:VIGIE_MODULE
Initialize-Vigie burst -Output @(OUTPUT)
function Get-Busy { $ns = [IO.File]::ReadAllText('/proc/thread-self/schedstat') -split ' '; ([long] $ns[0] + [long] $ns[1]) / 1e9 }
$busy = Get-Busy
$clock = [Diagnostics.Stopwatch]::StartNew()
for ($n = 0; $n -lt 100000; $n++) { [Vigie.Log]::Info('burst', @{ n = $n }) }
[Vigie.Log]::Error('last')
Stop-Vigie -WarningAction SilentlyContinue
$waited = $clock.Elapsed.TotalSeconds - ((Get-Busy) - $busy)
@{ waited = $waited; outputs = (Get-VigieStatistic).outputs } | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath 'BOOKS'
'@
        $child = Start-Unread ($script.Replace('OUTPUT', $Output).Replace('BOOKS', $books))
        $ended = $child.WaitForExit(120000)
        if (-not $ended) { $child.Kill() }
        $ended | Should -BeTrue
        $child.ExitCode | Should -Be 0
        $told = ConvertFrom-TestJson ([IO.File]::ReadAllText($books))
        $told.waited | Should -BeLessThan (3 * $Stuck.Count)
        for ($i = 0; $i -lt $Stuck.Count; $i++) {
            $book = $told.outputs[$i]
            $dropped = ($book.dropped.PSObject.Properties.Value | Measure-Object -Sum).Sum
            # What the other output lost is told in this one, in records of the library's own.
            $book.accepted | Should -BeGreaterOrEqual 100001
            $dropped | Should -BeGreaterThan 0
            $book.delivered + $dropped | Should -Be $book.accepted
            Measure-Line $child.($Stuck[$i]) 0 | Should -Be $book.delivered
        }
        if ($Stuck -notcontains 'StandardError') {
            $said = @($child.StandardError.ReadToEnd() -split "`n" -like 'vigie:*')
            $said.Count | Should -Be 2 -Because 'one line tells that the loss begins and one that it is over'
            $said[1] | Should -BeLike "*$dropped*"
        }
    }
}
