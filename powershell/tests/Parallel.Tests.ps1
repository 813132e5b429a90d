# Several runspaces of one process: whole lines, right parents, no context that leaks from one use to the next.
# Not for other processes (Job.Tests.ps1).

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # A new runspace has not loaded the module, so every script for one begins with this.
    $import = "Import-Module '$VigieModule'"
}

Describe 'Eight runspaces' -Tag Parallel, Slow {
    It 'write 10 000 records each: every line whole, under its own span' {
        $path = Start-TestVigie
        Use-VigieSpan batch {
            $c = Get-VigieContext
            1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:VigieModule
                $worker = $_
                Use-VigieContext $using:c {
                    Use-VigieSpan worker -Attribute @{ worker = $worker } {
                        for ($n = 0; $n -lt 10000; $n++) { [Vigie.Log]::Info('n', @{ worker = $worker; n = $n }) }
                    }
                }
            }
        }
        Wait-VigieFlush -Timeout 30 -PassThru | Should -BeTrue
        # The 80 000 lines are read as text, in one pass: to make objects of them would take a minute.
        $spans = @(Get-TestLine -Kind span -Path $path -NoFlush)
        $batch = $spans | Where-Object name -EQ batch
        $workers = @{}
        foreach ($span in $spans | Where-Object name -EQ worker) {
            $span.trace_id, $span.parent_span_id | Should -Be $batch.trace_id, $batch.span_id
            $workers["$($span.attributes.worker)"] = $span.span_id
        }
        $workers.Count | Should -Be 8
        $next = @{}; $wrong = 0
        $shape = [regex] "`"trace_id`":`"$($batch.trace_id)`",`"span_id`":`"([0-9a-f]{16})`",.*`"n`":([0-9]+),`"worker`":([1-8])\}`$"
        foreach ($raw in [IO.File]::ReadLines($path)) {
            if ($raw.Contains('"kind":"')) { continue }
            [Text.Json.JsonDocument]::Parse($raw).Dispose()
            $found = $shape.Match($raw)
            $worker = $found.Groups[3].Value
            # The records of each runspace are in order; none is missing and none is there twice.
            if (-not $found.Success -or $found.Groups[1].Value -ne $workers[$worker] -or [int] $found.Groups[2].Value -ne [int] $next[$worker]) { $wrong++ }
            $next[$worker] = 1 + $next[$worker]
        }
        $wrong | Should -Be 0
        ($next.Values | Measure-Object -Sum).Sum | Should -Be 80000
        foreach ($count in $next.Values) { $count | Should -Be 10000 }
    }

    It 'write through Write-VigieLog too' {
        $null = Start-TestVigie
        1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
            Import-Module $using:VigieModule
            $worker = $_
            1..250 | ForEach-Object { Write-VigieLog 'w {worker}' -Attribute @{ worker = $worker } }
            1..250 | Write-VigieLog -Attribute @{ worker = $worker }
        }
        $lines = Get-TestLine -Kind log
        $lines.Count | Should -Be 4000
        foreach ($group in $lines | Group-Object worker) { $group.Count | Should -Be 500 }
    }
}

Describe 'The context' -Tag Parallel {
    It 'does not pass to another runspace by itself' {
        $null = Start-TestVigie
        Use-VigieSpan outer {
            1..2 | ForEach-Object -Parallel { Import-Module $using:VigieModule; Write-VigieLog 'alone' }
            Write-VigieLog 'inside'
        }
        $lines = Get-TestLine -Kind log
        foreach ($line in $lines | Where-Object message -EQ alone) { $line.PSObject.Properties['trace_id'] | Should -BeNullOrEmpty }
        ($lines | Where-Object message -EQ inside).trace_id | Should -Not -BeNullOrEmpty
    }

    It 'does not stay in a pool runspace that is used again, whatever ended the block' {
        $null = Start-TestVigie
        Use-VigieSpan outer {
            $c = Get-VigieContext
            # -ThrottleLimit 1 uses one runspace again and again.
            1..6 | ForEach-Object -ThrottleLimit 1 -Parallel {
                Import-Module $using:VigieModule
                if ($_ % 2) {
                    try { Use-VigieContext $using:c { Use-VigieSpan inner { throw 'out' } } } catch { $null = $_ }
                } else { Write-VigieLog 'clean' }
            }
        }
        $lines = @(Get-TestLine -Kind log | Where-Object message -EQ clean)
        $lines.Count | Should -Be 3
        foreach ($line in $lines) { $line.PSObject.Properties['trace_id'] | Should -BeNullOrEmpty }
    }

    It 'nests in each runspace on its own' {
        $null = Start-TestVigie
        1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:VigieModule
            $worker = $_
            foreach ($turn in 1..20) {
                Use-VigieSpan "a$worker" {
                    Start-Sleep -Milliseconds (Get-Random -Maximum 3)
                    Use-VigieSpan "b$worker" { Write-VigieLog "in b$worker" }
                    Write-VigieLog "in a$worker"
                }
            }
        }
        $spans = @{}
        foreach ($span in Get-TestLine -Kind span) { $spans[$span.span_id] = $span }
        $spans.Count | Should -Be 160
        foreach ($span in $spans.Values) {
            if ($span.name -like 'b*') { $spans[$span.parent_span_id].name | Should -Be $span.name.Replace('b', 'a') }
            else { $span.PSObject.Properties['parent_span_id'] | Should -BeNullOrEmpty }
        }
        foreach ($line in Get-TestLine -Kind log) { "in $($spans[$line.span_id].name)" | Should -Be $line.message }
    }

    It 'carries attributes and baggage with $using:' {
        $null = Start-TestVigie
        Use-VigieContext @{ user_id = 'u-7'; shard = 3 } -Baggage @{ tier = 'gold' } {
            Use-VigieSpan outer {
                $c = Get-VigieContext
                $headers = 1 | ForEach-Object -Parallel {
                    Import-Module $using:VigieModule
                    Use-VigieContext $using:c { Write-VigieLog 'there'; Get-VigieTraceHeader }
                }
            }
        }
        $line = Get-TestLine -Kind log
        $line.user_id, $line.shard | Should -Be 'u-7', 3
        $line.trace_id | Should -Be (Get-TestLine -Kind span).trace_id
        $headers.baggage | Should -BeLike '*tier=gold*'
    }
}

Describe 'Thread jobs' -Tag Parallel {
    It 'continue the context' {
        $null = Start-TestVigie
        Use-VigieSpan outer {
            $c = Get-VigieContext
            $jobs = 1..4 | ForEach-Object {
                Start-ThreadJob { Import-Module $using:VigieModule; Use-VigieContext $using:c { Use-VigieSpan inner { Write-VigieLog 'x' } } }
            }
            $jobs | Receive-Job -Wait -AutoRemoveJob
        }
        $spans = Get-TestLine -Kind span
        $outer = $spans | Where-Object name -EQ outer
        $inner = @($spans | Where-Object name -EQ inner)
        $inner.Count | Should -Be 4
        foreach ($span in $inner) { $span.trace_id, $span.parent_span_id | Should -Be $outer.trace_id, $outer.span_id }
        foreach ($line in Get-TestLine -Kind log) { $line.span_id | Should -BeIn $inner.span_id }
    }

    It 'may end a span that another runspace started' {
        $null = Start-TestVigie
        $span = Start-VigieSpan handed
        Start-ThreadJob { Import-Module $using:VigieModule; $s = $using:span; $s.SetAttribute('by', 'job'); Stop-VigieSpan $s } | Receive-Job -Wait -AutoRemoveJob
        Stop-VigieSpan $span -WarningAction SilentlyContinue
        Get-VigieSpan | Should -BeNullOrEmpty
        $line = @(Get-TestLine -Kind span)
        $line.Count | Should -Be 1
        $line.attributes.by | Should -Be 'job'
    }
}

Describe 'Runspaces of a host' -Tag Parallel {
    It 'keep their stack from one invocation to the next, on whatever thread' {
        $null = Start-TestVigie
        $runspace = [runspacefactory]::CreateRunspace(); $runspace.ThreadOptions = 'UseNewThread'; $runspace.Open()
        try {
            $threads = foreach ($text in "$import; `$null = Start-VigieSpan long", 'Write-VigieLog x', 'Stop-VigieSpan') {
                $shell = [powershell]::Create(); $shell.Runspace = $runspace
                $shell.AddScript("$text; [Threading.Thread]::CurrentThread").Invoke()
                $shell.Streams.Error.Count | Should -Be 0
                $shell.Dispose()
            }
        } finally { $runspace.Dispose() }
        # The threads themselves are compared: a new thread may get the id of one that has ended.
        ([Collections.Generic.HashSet[Threading.Thread]] $threads).Count | Should -BeGreaterThan 1
        $span = Get-TestLine -Kind span
        $span.name | Should -Be long
        (Get-TestLine -Kind log).span_id | Should -Be $span.span_id
        Get-VigieSpan | Should -BeNullOrEmpty
    }

    It 'that share a thread do not share a stack' {
        $null = Start-TestVigie
        $runspace = [runspacefactory]::CreateRunspace(); $runspace.ThreadOptions = 'UseCurrentThread'; $runspace.Open()
        $shell = [powershell]::Create(); $shell.Runspace = $runspace
        try {
            Use-VigieSpan here {
                $thread = $shell.AddScript("$import; Write-VigieLog there; `$null = Start-VigieSpan left; [Threading.Thread]::CurrentThread.ManagedThreadId").Invoke()
                Write-VigieLog here
                (Get-VigieSpan).Name | Should -Be here
            }
        } finally { $shell.Dispose(); $runspace.Dispose() }
        $thread | Should -Be ([Threading.Thread]::CurrentThread.ManagedThreadId)
        $there, $here = @(Get-TestLine -Kind log)
        $there.PSObject.Properties['span_id'] | Should -BeNullOrEmpty
        $here.span_id | Should -Be (Get-TestLine -Kind span).span_id
    }

    It 'do not keep each other alive' {
        $null = Start-TestVigie
        $weak = & {
            $runspace = [runspacefactory]::CreateRunspace(); $runspace.Open()
            $shell = [powershell]::Create(); $shell.Runspace = $runspace
            $null = $shell.AddScript("$import; `$null = Start-VigieSpan left").Invoke()
            $shell.Dispose(); $runspace.Dispose()
            [WeakReference]::new($runspace)
        }
        for ($turn = 0; $turn -lt 20 -and $weak.IsAlive; $turn++) { [GC]::Collect(); [GC]::WaitForPendingFinalizers(); Start-Sleep -Milliseconds 20 }
        Write-VigieLog 'goes on'
        (Get-TestLine -Kind log).message | Should -Be 'goes on'
        $weak.IsAlive | Should -BeFalse
    }
}

Describe 'A pool of runspaces' -Tag Parallel {
    It 'gives each unit of work the context that was handed to it, and the next one nothing of it' {
        $null = Start-TestVigie
        $state = [initialsessionstate]::CreateDefault2()
        $null = $state.ImportPSModule($VigieModule)
        $pool = [runspacefactory]::CreateRunspacePool(1, 3, $state, $Host)
        $pool.Open()
        try {
            $units = foreach ($number in 1..12) {
                Use-VigieContext @{ correlation_id = "c-$number" } {
                    Use-VigieSpan request -Attribute @{ number = $number } {
                        $shell = [powershell]::Create().AddScript({
                            param($Context, $Number)
                            Use-VigieContext $Context {
                                foreach ($step in 1..3) { Start-Sleep -Milliseconds (Get-Random -Maximum 5); Write-VigieLog step -Attribute @{ number = $Number } }
                                Use-VigieSpan part { }
                            }
                            Write-VigieLog outside
                        }).AddArgument((Get-VigieContext)).AddArgument($number)
                        $shell.RunspacePool = $pool
                        @{ Shell = $shell; Handle = $shell.BeginInvoke() }
                    }
                }
            }
            foreach ($unit in $units) {
                $null = $unit.Shell.EndInvoke($unit.Handle)
                $unit.Shell.Streams.Error.Count | Should -Be 0
                $unit.Shell.Dispose()
            }
        } finally { $pool.Dispose() }
        $spans = @(Get-TestLine -Kind span)
        $requests = @{}
        foreach ($span in $spans | Where-Object name -EQ request) { $requests["c-$($span.attributes.number)"] = $span }
        $steps = @(Get-TestLine -Kind log | Where-Object message -EQ step)
        $steps.Count | Should -Be 36
        foreach ($line in $steps) {
            $line.correlation_id | Should -Be "c-$($line.number)"
            $line.span_id | Should -Be $requests[$line.correlation_id].span_id
        }
        $parts = @($spans | Where-Object name -EQ part)
        $parts.Count | Should -Be 12
        foreach ($span in $parts) { $span.parent_span_id | Should -Be $requests[$span.correlation_id].span_id }
        foreach ($line in Get-TestLine -Kind log | Where-Object message -EQ outside) {
            $line.PSObject.Properties['correlation_id'] | Should -BeNullOrEmpty
        }
    }
}

Describe 'A script that works in parallel' -Tag Parallel {
    It 'has the correlation id of each unit on all of its lines' {
        $path = New-TestPath
        $program = Invoke-TestPwsh -Environment @{ UNITS = $path } -Script @'
Import-Module $env:VIGIE_MODULE
Initialize-Vigie units -Output @{ to = 'file'; path = $env:UNITS }
1..12 | ForEach-Object -ThrottleLimit 4 -Parallel {
    Import-Module $env:VIGIE_MODULE
    $unit = $_
    Use-VigieContext @{ correlation_id = "c-$unit" } {
        Use-VigieSpan unit {
            foreach ($step in 1..5) { Start-Sleep -Milliseconds (Get-Random -Maximum 5); Write-VigieLog step -Attribute @{ unit = $unit } }
        }
    }
}
'@
        $program.ExitCode, $program.Error | Should -Be 0, ''
        $lines = @(Get-TestLine -Path $path -NoFlush)
        $lines.Count | Should -Be 72
        foreach ($line in $lines | Where-Object message -EQ step) { $line.correlation_id | Should -Be "c-$($line.unit)" }
        foreach ($unit in $lines | Group-Object correlation_id) { $unit.Group.Count | Should -Be 6 }
    }
}
