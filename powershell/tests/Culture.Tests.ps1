# The same bytes under every culture: numbers, dates, levels and names.
# Not for how values are written apart from that (Log.Tests.ps1, Metric.Tests.ps1).

BeforeDiscovery {
    # Without ICU every culture is the invariant one, so that nothing here could fail.
    $invariant = ([cultureinfo] 'de-DE').NumberFormat.NumberDecimalSeparator -ne ','
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # Runs a block under a culture and sets the old one back.
    function Invoke-Under([string] $Culture, [scriptblock] $Block) {
        $thread = [Threading.Thread]::CurrentThread
        $old = $thread.CurrentCulture, $thread.CurrentUICulture
        $thread.CurrentCulture = $Culture; $thread.CurrentUICulture = $Culture
        try { & $Block } finally { $thread.CurrentCulture = $old[0]; $thread.CurrentUICulture = $old[1] }
    }
}

# These are skipped where .NET has no cultures, because every one would be the invariant one.
Describe 'Under <_>' -Tag Unit -Skip:$invariant -ForEach 'de-DE', 'sv-SE', 'tr-TR', 'ar-SA', 'fa-IR', 'th-TH' {
    It 'is really another culture' {
        Invoke-Under $_ { [cultureinfo]::CurrentCulture.Name } | Should -Be $_
    }

    It 'writes numbers and dates as ever' {
        $null = Start-TestVigie
        Invoke-Under $_ {
            $values = [ordered] @{
                a = 2.5; b = -1.5; c = [single] 0.1; d = 1e300; e = -42; f = 1234567.25d; g = 1.0
                t = [timespan]::FromMilliseconds(1500); v = [version] '1.2'; z = [datetime]::new(2024, 2, 29, 12, 0, 0, [DateTimeKind]::Utc); i = [bigint] 10000000000
            }
            Write-VigieLog 'sum {a} {b:.2f} {e}' -Attribute $values
            [Vigie.Log]::Info('sum {a} {b:.2f} {e}', $values)
        }
        foreach ($line in Get-TestLine -Kind log) {
            $line.message | Should -BeExactly 'sum 2.5 -1.50 -42'
            $tail = $line.RawLine.Substring($line.RawLine.IndexOf('"a":'))
            $tail | Should -BeExactly ('"a":2.5,"b":-1.5,"c":0.1,"d":1e+300,"e":-42,"f":"1234567.25","g":1.0,' +
                '"t":"00:00:01.5000000","v":"1.2","z":"2024-02-29T12:00:00.000000Z","i":10000000000}')
        }
    }

    It 'takes texts that are numbers' {
        $null = Start-TestVigie
        Invoke-Under $_ { 2.5, -3, [datetime]::new(2024, 2, 29, 12, 0, 0, [DateTimeKind]::Utc) | Write-VigieLog }
        # PowerShell itself writes values into a text by the invariant culture.
        (Get-TestLine -Kind log).message | Should -BeExactly '2.5', '-3', '02/29/2024 12:00:00'
    }

    It 'knows the levels and the kinds' {
        $null = Start-TestVigie
        Invoke-Under $_ {
            Write-VigieLog 'a' -Level INFO; Write-VigieLog 'b' -Level critical; Write-VigieLog 'c' -Level Information
            Stop-VigieSpan (Start-VigieSpan s -Kind INTERNAL)
        }
        (Get-TestLine -Kind log).level | Should -BeExactly 'INFO', 'FATAL', 'INFO'
        (Get-TestLine -Kind span).span_kind | Should -BeExactly 'internal'
    }

    It 'counts and renders metrics' {
        $name = 'culture_' + $_.Replace('-', '_').ToLowerInvariant()
        $null = Start-TestVigie
        Invoke-Under $_ {
            Add-VigieHistogram $name 2.5 -Bucket 0.5, 1.5, 3.25 -Attribute @{ part = 1.5 }
            Set-VigieGauge "${name}_g" -1.5
        }
        $text = Invoke-Under $_ { Get-VigieMetric -Format Prometheus }
        $text | Should -BeLike "*${name}_g -1.5`n*"
        $text | Should -BeLike "*${name}_bucket{part=`"1.5`",le=`"3.25`"} 1`n*"
    }

    It 'keeps times given as dates' {
        $null = Start-TestVigie
        Invoke-Under $_ {
            $start = [datetime]::new(2024, 2, 29, 12, 0, 0, [DateTimeKind]::Utc)
            Stop-VigieSpan (Start-VigieSpan s -StartTime $start) -EndTime $start.AddSeconds(1.5)
        }
        $span = Get-TestLine -Kind span
        $span.timestamp, $span.duration_ns | Should -Be '2024-02-29T12:00:00.000000Z', 1500000000
    }
}
