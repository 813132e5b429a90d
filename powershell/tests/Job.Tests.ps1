# Other processes: Start-Job, a child pwsh and native commands continue the trace.
# Not for other runspaces of this process (Parallel.Tests.ps1).

BeforeDiscovery { $onUnix = [IO.Path]::DirectorySeparatorChar -eq '/' }

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    function Get-OneTrace([string[]] $Path) { foreach ($one in $Path) { Get-TestLine -Path $one } }
}

Describe 'Start-Job' -Tag Native, Slow {
    It 'takes a context through $using:, deserialised' {
        $here = Start-TestVigie
        $there = New-TestPath job
        $prelude = Get-TestPrelude $there
        Use-VigieContext @{ user_id = 'u-7' } {
            Use-VigieSpan outer {
                $c = Get-VigieContext
                $kind = Start-Job {
                    $env:VIGIE_MODULE = $using:VigieModule
                    . ([scriptblock]::Create($using:prelude))
                    Use-VigieContext $using:c { Use-VigieSpan inner { Write-VigieLog 'x' } }
                    # A job that is removed takes its process with it, whatever that still had to write.
                    Wait-VigieFlush | Out-Null
                    ($using:c).PSObject.TypeNames[0]
                } | Receive-Job -Wait -AutoRemoveJob
            }
        }
        $kind | Should -Be 'Deserialized.Vigie.Context'
        $outer = Get-TestLine -Kind span -Path $here
        $inner = Get-TestLine -Kind span -Path $there -NoFlush
        $inner.trace_id, $inner.parent_span_id | Should -Be $outer.trace_id, $outer.span_id
        $line = Get-TestLine -Kind log -Path $there -NoFlush
        $line.span_id, $line.user_id | Should -Be $inner.span_id, 'u-7'
    }

    It 'takes it through the environment with -ExportEnvironment' {
        $here = Start-TestVigie
        $there = New-TestPath job
        $prelude = Get-TestPrelude $there
        Use-VigieSpan outer -ExportEnvironment {
            Start-Job {
                $env:VIGIE_MODULE = $using:VigieModule
                . ([scriptblock]::Create($using:prelude))
                Use-VigieSpan inner { }
                Wait-VigieFlush | Out-Null
            } | Receive-Job -Wait -AutoRemoveJob
        }
        $outer = Get-TestLine -Kind span -Path $here
        $inner = Get-TestLine -Kind span -Path $there -NoFlush
        $inner.trace_id, $inner.parent_span_id | Should -Be $outer.trace_id, $outer.span_id
    }
}

Describe 'Child processes' -Tag Native {
    It 'find the trace in the environment: pwsh' {
        $here = Start-TestVigie
        $there = New-TestPath job
        Use-VigieContext @{} -Baggage @{ tier = 'gold' } {
            Use-VigieSpan outer {
                $carrier = Get-VigieTraceHeader -AsEnvironment
                $child = Invoke-TestPwsh ((Get-TestPrelude $there) + "Write-VigieLog 'x'; Use-VigieSpan inner { (Get-VigieTraceHeader).baggage }") -Environment $carrier
            }
        }
        $child.Output | Should -BeLike '*tier=gold*'
        $outer = Get-TestLine -Kind span -Path $here
        $inner = Get-TestLine -Kind span -Path $there -NoFlush
        $inner.trace_id, $inner.parent_span_id | Should -Be $outer.trace_id, $outer.span_id
        (Get-TestLine -Kind log -Path $there -NoFlush).trace_id | Should -Be $outer.trace_id
    }

    It 'find it there with -ExportEnvironment, which is put back afterwards: native' -Skip:(-not $onUnix) {
        $here = Start-TestVigie
        $env:TRACEPARENT = 'kept'
        try {
            $seen = Use-VigieSpan outer -ExportEnvironment { & sh -c 'echo "$TRACEPARENT"' }
            $env:TRACEPARENT | Should -Be 'kept'
        } finally { $env:TRACEPARENT = $null }
        $outer = Get-TestLine -Kind span -Path $here
        $seen | Should -Be "00-$($outer.trace_id)-$($outer.span_id)-03"
        try { Use-VigieSpan fails -ExportEnvironment { throw 'x' } } catch { $null = $_ }
        # An empty variable is not the same as one that is not set.
        & sh -c 'echo "${TRACEPARENT+set}"' | Should -BeNullOrEmpty
        [Environment]::GetEnvironmentVariable('TRACEPARENT') | Should -BeNullOrEmpty
    }

    It 'do not take a trace that the environment got later, or one that is malformed' {
        $there = New-TestPath job
        $child = Invoke-TestPwsh ((Get-TestPrelude $there) + "Use-VigieSpan root { }") -Environment @{ TRACEPARENT = '00-zz-zz-01' }
        $child.ExitCode | Should -Be 0
        (Get-TestLine -Kind span -Path $there -NoFlush).PSObject.Properties['parent_span_id'] | Should -BeNullOrEmpty
    }

    It 'read what $env: set in the same process before the first use' {
        $there = New-TestPath job
        $quoted = $there -replace '\\', '\\'
        $script = "Import-Module `$env:VIGIE_MODULE; `$env:VIGIE_SERVICE = 'late'; `$env:TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'; " +
            "`$env:VIGIE_OUTPUTS = '[{`"to`":`"file`",`"path`":`"$quoted`"}]'; Write-VigieLog 'x'"
        $child = Invoke-TestPwsh $script
        $child.Error | Should -BeNullOrEmpty
        $line = Get-TestLine -Path $there -NoFlush
        $line.service, $line.trace_id | Should -Be 'late', '0af7651916cd43dd8448eb211c80319c'
    }
}

Describe 'A serialised context' -Tag Unit {
    It 'is accepted wherever a context is' {
        $null = Start-TestVigie
        Use-VigieContext @{ user_id = 'u-7' } { Use-VigieSpan outer { $c = Get-VigieContext } }
        $text = [Management.Automation.PSSerializer]::Serialize($c)
        $back = [Management.Automation.PSSerializer]::Deserialize($text)
        $back.PSObject.TypeNames | Should -Contain 'Deserialized.Vigie.Context'
        Use-VigieContext $back { Use-VigieSpan first { Write-VigieLog 'x' } }
        Use-VigieSpan second -Parent $back { }
        Use-VigieSpan third { Set-VigieSpan -Link $back }
        $spans = Get-TestLine -Kind span
        $outer = $spans | Where-Object name -EQ outer
        ($spans | Where-Object name -EQ first).parent_span_id | Should -Be $outer.span_id
        ($spans | Where-Object name -EQ second).parent_span_id | Should -Be $outer.span_id
        ($spans | Where-Object name -EQ third).links[0].span_id | Should -Be $outer.span_id
        (Get-TestLine -Kind log).user_id | Should -Be 'u-7'
        (Get-VigieTraceHeader -Context $back).traceparent | Should -Be $c.TraceParent
    }
}
