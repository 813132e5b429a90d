# Instruments, the objects and texts that Get-VigieMetric gives, and the books.
# Not for the core's arithmetic: the conformance vectors compare it for every language.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # Each name is used by one test only, because a series lives as long as the process.
    function New-Name([string] $Prefix) { '{0}_{1}' -f $Prefix, [guid]::NewGuid().ToString('N').Substring(0, 8) }
    function Get-Series([string] $Name) { Get-VigieMetric | Where-Object Name -eq $Name }
    $null = Start-TestVigie
}

Describe 'Instruments' -Tag Unit {
    It 'counts by one, by a value, and for a series' {
        $name = New-Name orders
        Add-VigieCounter $name
        Add-VigieCounter $name 2
        Add-VigieCounter $name 5 @{ region = 'eu' }
        Add-VigieCounter -Name $name -Value 1 -Attribute ([pscustomobject] @{ region = 'eu' })
        $series = @(Get-Series $name)
        $series.Count | Should -Be 2
        ($series | Sort-Object Value).Value | Should -Be 3, 6
        $series[0].Type | Should -Be 'counter'
    }

    It 'ignores and counts what a counter must not take: <Value>' -ForEach @(
        @{ Value = -1 }, @{ Value = [double]::NaN }, @{ Value = [double]::PositiveInfinity }
    ) {
        $name = New-Name total
        $before = (Get-VigieStatistic).invalid_measurements
        Add-VigieCounter $name 1
        Add-VigieCounter $name $Value -WarningAction SilentlyContinue
        (Get-Series $name).Value | Should -Be 1
        (Get-VigieStatistic).invalid_measurements | Should -Be ($before + 1)
    }

    It 'refuses a name that Prometheus cannot tell from another, and names both' {
        $name = New-Name request
        Add-VigieCounter $name 1
        Add-VigieCounter "${name}_total" 1 -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "*counter ${name}_total:*and so is counter $name;*"
        @(Get-Series "${name}_total").Count | Should -Be 0
    }

    It 'takes an up-down counter both ways, and the last value of a gauge' {
        $level = New-Name level; $gauge = New-Name gauge
        Add-VigieUpDownCounter $level 5
        Add-VigieUpDownCounter $level -2
        Set-VigieGauge $gauge 7.5
        Set-VigieGauge $gauge -3
        (Get-Series $level).Value, (Get-Series $level).Type | Should -Be 3, 'up_down_counter'
        (Get-Series $gauge).Value, (Get-Series $gauge).Type | Should -Be -3, 'gauge'
    }

    It 'records a histogram with buckets of one''s own' {
        $name = New-Name latency
        Add-VigieHistogram $name 0.5 -Bucket 1, 2 -Unit s -Description 'how long'
        Add-VigieHistogram $name 1.5
        Add-VigieHistogram $name 9
        Wait-VigieFlush
        $line = Get-TestLine -Kind metric | Where-Object name -eq $name | Select-Object -Last 1
        $line.count, $line.sum, $line.min, $line.max, $line.unit | Should -Be 3, 11.0, 0.5, 9.0, 's'
        $line.RawLine | Should -BeLike '*"buckets":`[`[1.0,1`],`[2.0,2`],`["+Inf",3`]`]*'
    }

    It 'takes values from the pipeline' {
        $count = New-Name piped; $histogram = New-Name piped; $gauge = New-Name piped; $level = New-Name piped
        1..1000 | Add-VigieCounter $count -Attribute @{ from = 'pipe' }
        0.1, 0.2, 0.3 | Add-VigieHistogram $histogram
        1, 2, 9 | Set-VigieGauge $gauge
        3, -1 | Add-VigieUpDownCounter $level
        (Get-Series $count).Value, (Get-Series $gauge).Value, (Get-Series $level).Value | Should -Be 500500, 9, 2
        (Get-Series $histogram).Count | Should -Be 3
    }

    It 'adds whole numbers exactly' {
        $name = New-Name exact
        $series = [Vigie.Metric]::Counter($name, $null)
        $series.Update([long] 9007199254740993)
        $series.Update([long] 2)
        Get-VigieMetric -Format Prometheus | Should -BeLike "*${name}_total 9007199254740995*"
    }

    It 'refuses a name that is another kind of instrument, and goes on' {
        $name = New-Name kind
        Add-VigieCounter $name 1
        Set-VigieGauge $name 5 -WarningAction SilentlyContinue
        (Get-Series $name).Value | Should -Be 1
    }
}

Describe 'The static class' -Tag Unit {
    It 'adds, sets, records and binds' {
        $a = New-Name a; $b = New-Name b; $c = New-Name c; $d = New-Name d
        [Vigie.Metric]::Add($a, 2); [Vigie.Metric]::Add($a, 3, @{ k = 'v' })
        [Vigie.Metric]::Set($b, 4); [Vigie.Metric]::Set($b, 5, @{ k = 'v' })
        [Vigie.Metric]::Record($c, 0.5); [Vigie.Metric]::Record($c, 0.7)
        $bound = [Vigie.Metric]::UpDownCounter($d, @{ k = 'v' })
        1..100 | ForEach-Object { $bound.Update(1.0) }
        [Vigie.Metric]::Gauge($d + '_g', $null).Update(1.5)
        [Vigie.Metric]::Histogram($d + '_h', $null).Update(1.5)
        (Get-Series $a | Sort-Object Value).Value | Should -Be 2, 3
        (Get-Series $b | Sort-Object Value).Value | Should -Be 4, 5
        (Get-Series $c).Count, (Get-Series $d).Value, (Get-Series "${d}_g").Value | Should -Be 2, 100, 1.5
        (Get-Series "${d}_h").Count | Should -Be 1
    }

    It 'loses nothing between threads' {
        $name = New-Name threads
        1..4 | ForEach-Object -Parallel { for ($i = 0; $i -lt 5000; $i++) { [Vigie.Metric]::Add($using:name, 1) } } -ThrottleLimit 4
        (Get-Series $name).Value | Should -Be 20000
    }
}

Describe 'Get-VigieMetric' -Tag Unit {
    BeforeAll {
        $name = New-Name shown
        Add-VigieCounter "${name}_total" 3 @{ region = 'eu' } -Description 'Orders placed'
    }

    It 'gives typed objects' {
        $metric = Get-Series "${name}_total"
        $metric.PSObject.TypeNames | Should -Contain 'Vigie.Metric'
        $metric.Type, $metric.Value | Should -Be 'counter', 3
        $metric | Out-String | Should -BeLike "*${name}_total*"
    }

    It 'gives Prometheus text' {
        $text = Get-VigieMetric -Format Prometheus
        $text | Should -BeOfType string
        $text | Should -BeLike "*# TYPE ${name}_total counter`n# HELP ${name}_total Orders placed`n${name}_total{region=`"eu`"} 3*"
    }

    It 'gives OpenMetrics text' {
        Get-VigieMetric -Format OpenMetrics | Should -BeLike "*# TYPE $name counter`n*${name}_total{region=`"eu`"} 3*# EOF*"
    }

    It 'gives metric lines' {
        $line = (Get-VigieMetric -Format Json) -split "`n" | Where-Object { $_ -like "*${name}_total*" }
        $found = ConvertFrom-TestJson $line
        $found.kind, $found.value, $found.attributes.region | Should -Be 'metric', 3, 'eu'
    }
}

Describe 'The books' -Tag Unit {
    It 'balance for every output' {
        $null = Start-TestVigie
        1..100 | ForEach-Object { Write-VigieLog 'x' }
        Use-VigieSpan s { }
        Wait-VigieFlush
        $statistic = Get-VigieStatistic
        $statistic.PSObject.TypeNames | Should -Contain 'Vigie.Statistic'
        $output = $statistic.Outputs | Where-Object to -eq 'file'
        $dropped = 0
        foreach ($entry in $output.dropped.PSObject.Properties) { $dropped += $entry.Value }
        $output.accepted | Should -BeGreaterOrEqual 101
        $output.accepted | Should -Be ($output.delivered + $dropped + $output.queued + $output.spooled)
        $output.delivered | Should -Be @(Get-TestLine -NoFlush).Count
    }

    It 'say what was masked and refused' {
        $before = (Get-VigieStatistic).Redacted
        Write-VigieLog 'x' -Attribute @{ password = 'p' }
        (Get-VigieStatistic).Redacted | Should -Be ($before + 1)
    }
}

Describe 'Flush and stop' -Tag Unit {
    It 'answers with -PassThru, and says nothing without' {
        Write-VigieLog 'x'
        Wait-VigieFlush -PassThru | Should -BeTrue
        Wait-VigieFlush | Should -BeNullOrEmpty
    }

    It 'warns when the time is over' {
        # Nobody reads from the pipe, so the writer stays stuck in the middle of its lines.
        $fifo = Join-Path $TestDrive 'fifo'
        $reader = New-TestStuckPipe $fifo
        try {
            $null = Start-TestVigie @{ outputs = @(@{ to = 'file'; path = $fifo }) }
            1..100 | ForEach-Object { [Vigie.Log]::Info('x' * 4000) }
            Wait-VigieFlush -Timeout 0.2 -PassThru | Should -BeFalse
            { Wait-VigieFlush -Timeout 0.1 -ErrorAction Stop } | Should -Throw -ErrorId 'Vigie.Timeout,*'
            Wait-VigieFlush -Timeout 0.1 -WarningVariable warned -WarningAction SilentlyContinue
            $warned.Count | Should -Be 1
        } finally {
            $reader.Dispose()
            $null = Start-TestVigie
        }
    }

    It 'ends in time at a server that does not answer' {
        $server = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $server.Start()
        try {
            $url = "http://127.0.0.1:$($server.LocalEndpoint.Port)"
            $null = Start-TestVigie @{ outputs = @(@{ to = 'otlp'; url = $url }); limits = @{ shutdown = '100ms' } }
            Write-VigieLog 'x'
            $watch = [Diagnostics.Stopwatch]::StartNew()
            Wait-VigieFlush -Timeout 0.3 -PassThru | Should -BeFalse
            # The budget, and what a busy machine adds to it.
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 2.3
        } finally {
            $server.Stop()
            $null = Start-TestVigie
        }
    }

    It 'goes on after Stop-Vigie with a new Initialize-Vigie' {
        $null = Start-TestVigie
        Write-VigieLog 'before'
        Stop-Vigie -PassThru | Should -BeTrue
        Stop-Vigie -PassThru | Should -BeTrue
        { Write-VigieLog 'lost' -WarningAction SilentlyContinue } | Should -Not -Throw
        $path = Start-TestVigie
        Write-VigieLog 'after'
        (Get-TestLine -Kind log -Path $path).message | Should -Be 'after'
    }
}
