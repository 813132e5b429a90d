# Contexts: context attributes, captured and deserialised contexts, the environment as a carrier.
# Not for headers on HTTP calls (Http.Tests.ps1), nor for parallel runspaces (Parallel.Tests.ps1).

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $parentHeader = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
}

Describe 'Use-VigieContext' -Tag Unit, Native {
    BeforeEach { $null = Start-TestVigie }
    AfterEach { Get-VigieSpan | Should -BeNullOrEmpty }

    It 'adds the attributes of a hashtable to records and spans, and takes them back' {
        Use-VigieContext @{ user_id = 'u-7'; shard = 3 } { Write-VigieLog in; Use-VigieSpan s { } }
        Write-VigieLog out
        $in, $out = @(Get-TestLine -Kind log)
        $in.user_id | Should -Be 'u-7'
        $in.shard | Should -Be 3
        (Get-TestLine -Kind span).user_id | Should -Be 'u-7'
        $out.RawLine | Should -Not -Match 'user_id|shard'
    }

    It 'nests: the inner one adds and overrides, the outer one is back afterwards' {
        Use-VigieContext @{ user_id = 'a'; tenant_id = 't' } {
            Use-VigieContext @{ user_id = 'b' } { Write-VigieLog inner }
            Write-VigieLog outer
        }
        $inner, $outer = @(Get-TestLine -Kind log)
        "$($inner.user_id) $($inner.tenant_id)" | Should -Be 'b t'
        "$($outer.user_id) $($outer.tenant_id)" | Should -Be 'a t'
    }

    It 'keeps the span of around it and lends its attributes to spans within' {
        Use-VigieSpan outer { Use-VigieContext @{ user_id = 'u' } { Use-VigieSpan inner { Write-VigieLog x } } }
        $inner, $outer = @(Get-TestLine -Kind span)
        $inner.parent_span_id | Should -Be $outer.span_id
        $inner.user_id | Should -Be u
        (Get-TestLine -Kind log).span_id | Should -Be $inner.span_id
        $outer.PSObject.Properties['user_id'] | Should -BeNullOrEmpty
    }

    It 'restores after <Name>' -ForEach @(
        @{ Name = 'a throw'; Leave = { try { Use-VigieContext @{ user_id = 'u' } { throw 'x' } } catch { $null = $_ } } }
        @{ Name = 'break'; Leave = { foreach ($i in 1) { Use-VigieContext @{ user_id = 'u' } { break } } } }
        @{ Name = 'a stopped pipeline'; Leave = { $null = Use-VigieContext @{ user_id = 'u' } { 1; 2 } | Select-Object -First 1 } }
        @{ Name = 'a span left open'; Leave = { Use-VigieContext @{ user_id = 'u' } { $null = Start-VigieSpan left } } }
    ) {
        & $Leave
        Write-VigieLog after
        $line = Get-TestLine -Kind log
        $line.RawLine | Should -Not -Match 'user_id|span_id'
    }

    It 'passes output, errors and assignments as a span does' {
        $out = Use-VigieContext @{ user_id = 'u' } { $kept = 5; 1; 2 }
        $out | Should -Be 1, 2
        $kept | Should -Be 5
        $caught = try { Use-VigieContext @{ user_id = 'u' } { throw 'boom' } } catch { $_ }
        $caught.Exception.Message | Should -Be boom
    }

    It 'continues a captured context after its span has ended' {
        $context = Use-VigieSpan origin { Get-VigieContext }
        Use-VigieContext $context { Use-VigieSpan later { } }
        $origin, $later = @(Get-TestLine -Kind span)
        $later.trace_id | Should -Be $origin.trace_id
        $later.parent_span_id | Should -Be $origin.span_id
    }

    It 'captures the attributes along with the span' {
        $context = Use-VigieContext @{ user_id = 'u' } { Use-VigieSpan origin { Get-VigieContext } }
        Use-VigieContext $context { Write-VigieLog later }
        (Get-TestLine -Kind log).user_id | Should -Be u
    }

    It 'takes what is no context for the present one' -ForEach @($null, 'nonsense', 42, @{}) {
        Use-VigieContext $_ { 'ran' } -WarningAction SilentlyContinue | Should -Be ran
    }

    It 'carries the correlation id and baggage in the headers, the rest not' {
        Use-VigieContext @{ correlation_id = 'req-1'; user_id = 'u-7' } -Baggage @{ region = 'eu' } { $headers = Get-VigieTraceHeader }
        $headers['X-Correlation-ID'] | Should -Be 'req-1'
        $headers.baggage | Should -Be 'region=eu'
        $headers.Values -join ' ' | Should -Not -Match 'u-7'
    }

    It 'reads headers of messages: <Name>' -ForEach @(
        @{ Name = 'bytes'; Headers = @{ traceparent = [Text.Encoding]::ASCII.GetBytes('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01') } }
        @{ Name = 'pairs'; Headers = [Collections.Generic.KeyValuePair[string, byte[]][]]@([Collections.Generic.KeyValuePair[string, byte[]]]::new('traceparent', [Text.Encoding]::ASCII.GetBytes('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'))) }
        @{ Name = 'objects'; Headers = @([pscustomobject]@{ Key = 'traceparent'; Value = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, [pscustomobject]@{ Key = 'other'; Value = 1 }) }
    ) {
        (ConvertFrom-VigieTraceHeader $Headers).SpanId | Should -Be 'b7ad6b7169203331'
    }

    It 'reads other formats and writes them, and a traceparent that the script has kept all the same' {
        $null = Start-TestVigie @{ propagators = @('jaeger', 'b3multi') }
        $context = ConvertFrom-VigieTraceHeader @{ 'Uber-Trace-Id' = 'a:b:0:3'; 'uberctx-plan' = 'gold' }
        $headers = $context.Headers
        $headers['uber-trace-id'] | Should -Be "$('a'.PadLeft(32, '0')):$('b'.PadLeft(16, '0')):0:3"
        $headers['uberctx-plan'] | Should -Be 'gold'
        $headers['X-B3-Flags'] | Should -Be '1'
        $kept = Start-VigieSpan kept -Parent $parentHeader
        Stop-VigieSpan $kept
        $kept.TraceId | Should -Be '0af7651916cd43dd8448eb211c80319c'
        $below = Start-VigieSpan below -Parent $kept
        Stop-VigieSpan $below
        $below.TraceId | Should -Be '0af7651916cd43dd8448eb211c80319c'
    }

    It 'links to the span of a stranger and takes nothing else' {
        $null = Start-TestVigie @{ public_endpoint = $true }
        $context = ConvertFrom-VigieTraceHeader @{ traceparent = $parentHeader; baggage = 'k=v'; 'X-Correlation-ID' = 'c' }
        $context.TraceId | Should -BeNullOrEmpty
        Use-VigieContext $context { Use-VigieSpan server { $headers = Get-VigieTraceHeader } }
        @($headers.Keys) | Should -Be @('traceparent')
        $line = Get-TestLine -Kind span
        $line.links[0].span_id | Should -Be 'b7ad6b7169203331'
        $line.trace_id | Should -Not -Be '0af7651916cd43dd8448eb211c80319c'
    }

    It 'takes the correlation id over from headers' {
        Use-VigieContext (ConvertFrom-VigieTraceHeader @{ traceparent = $parentHeader; 'X-Correlation-ID' = 'req-9' }) { Use-VigieSpan s { Write-VigieLog in } }
        $line = Get-TestLine -Kind log
        $line.correlation_id | Should -Be 'req-9'
        $line.trace_id | Should -Be '0af7651916cd43dd8448eb211c80319c'
        (Get-TestLine -Kind span).parent_span_id | Should -Be 'b7ad6b7169203331'
    }
}

Describe 'A span that ends while a context is entered in it' -Tag Unit, Native {
    BeforeAll {
        # Ends the span, which does not take it off the stack of this runspace.
        function Stop-Elsewhere($Span) { $shell = [powershell]::Create().AddScript('param($s) $s.End()').AddArgument($Span); $null = $shell.Invoke(); $shell.Dispose() }
    }
    BeforeEach { $null = Start-TestVigie }
    AfterEach { Get-VigieSpan | Should -BeNullOrEmpty }

    It 'is not current in the block any more: <Name>' -ForEach @(
        @{ Name = 'attributes'; Enter = { param($Block) Use-VigieContext @{ user_id = 'u' } $Block }; Kept = 'u' }
        @{ Name = 'baggage'; Enter = { param($Block) Use-VigieContext @{ user_id = 'u' } -Baggage @{ tier = 'gold' } $Block }; Kept = 'u' }
        @{ Name = 'two contexts'; Enter = { param($Block) Use-VigieContext @{ user_id = 'u' } { Use-VigieContext @{ tenant_id = 't' } $Block } }; Kept = 'u' }
        @{ Name = 'attributes around it'; Enter = { param($Block) Use-VigieContext $null $Block }; Around = @{ user_id = 'u' }; Kept = 'u' }
        @{ Name = 'nothing'; Enter = { param($Block) Use-VigieContext $null $Block } }
        @{ Name = 'what is no context'; Enter = { param($Block) Use-VigieContext 'nonsense' $Block } }
        @{ Name = 'headers without a trace'; Enter = { param($Block) Use-VigieContext ([pscustomobject] @{ Headers = @{}; Attributes = '{"user_id":"u"}' }) $Block }; Kept = 'u' }
    ) {
        $around = if ($Around) { $Around } else { @{} }
        Use-VigieContext $around {
            $outer = Start-VigieSpan outer
            $inner = Start-VigieSpan inner
            . $Enter {
                Write-VigieLog in
                Stop-Elsewhere $inner
                Write-VigieLog nearest
                Use-VigieSpan child { }
                Stop-Elsewhere $outer
                Write-VigieLog none
                Use-VigieSpan root { }
                $headers = Get-VigieTraceHeader
                $captured = Get-VigieContext
            }
            Write-VigieLog after
        }
        $in, $nearest, $none, $after = @(Get-TestLine -Kind log)
        $in.span_id | Should -Be $inner.SpanId
        $nearest.trace_id, $nearest.span_id | Should -Be $outer.TraceId, $outer.SpanId
        $spans = @(Get-TestLine -Kind span)
        ($spans | Where-Object name -EQ child).parent_span_id | Should -Be $outer.SpanId
        $root = $spans | Where-Object name -EQ root
        $root.PSObject.Properties.Name | Should -Not -Contain parent_span_id
        $root.trace_id | Should -Not -Be $outer.TraceId
        foreach ($line in $none, $after) { $line.PSObject.Properties.Name | Should -Not -Contain trace_id }
        $headers.traceparent | Should -BeNullOrEmpty
        $captured.TraceId | Should -BeNullOrEmpty
        if ($Name -eq 'baggage') { $headers.baggage | Should -Be 'tier=gold' }
        foreach ($line in $in, $nearest, $none, $root) { $line.PSObject.Properties['user_id'].Value | Should -Be $Kept }
        $outer.End(); $inner.End()
    }

    It 'leaves the block its attributes when it is stopped by hand' {
        $span = Start-VigieSpan outer
        Use-VigieContext @{ user_id = 'u' } {
            $null = Start-VigieSpan left
            Stop-VigieSpan; Stop-VigieSpan $span
            Write-VigieLog in
        }
        Write-VigieLog out
        $in, $out = @(Get-TestLine -Kind log)
        $in.user_id | Should -Be u
        foreach ($line in $in, $out) { $line.PSObject.Properties.Name | Should -Not -Contain trace_id }
        $out.PSObject.Properties.Name | Should -Not -Contain user_id
    }

    It 'is no matter to a block that runs in a span of its own' {
        $outer = Start-VigieSpan outer
        $null = Start-VigieSpan between
        Use-VigieSpan inner { Stop-VigieSpan $outer; Write-VigieLog in; (Get-VigieSpan).Name | Should -Be inner }
        (Get-TestLine -Kind log).span_id | Should -Be (Get-TestLine -Kind span | Where-Object name -EQ inner).span_id
    }

    It 'does not end a context that was captured: that is entered on purpose' {
        $span = Start-VigieSpan outer
        Use-VigieContext (Get-VigieContext) { Stop-Elsewhere $span; Write-VigieLog in }
        (Get-TestLine -Kind log).span_id | Should -Be $span.SpanId
        $span.End()
    }
}

Describe 'Contexts that come back deserialised' -Tag Unit, Native {
    BeforeEach { $null = Start-TestVigie }

    It 'continues one from Export-Clixml' {
        $file = Join-Path $TestDrive 'context.xml'
        Use-VigieContext @{ user_id = 'u' } { Use-VigieSpan origin { Get-VigieContext | Export-Clixml $file } }
        $context = Import-Clixml $file
        $context.PSObject.TypeNames | Should -Contain 'Deserialized.Vigie.Context'
        Use-VigieContext $context { Use-VigieSpan later { } }
        Use-VigieSpan parented -Parent $context { }
        $origin, $later, $parented = @(Get-TestLine -Kind span)
        $later.trace_id | Should -Be $origin.trace_id
        $later.parent_span_id | Should -Be $origin.span_id
        $later.user_id | Should -Be u
        $parented.parent_span_id | Should -Be $origin.span_id
    }

    It 'continues one from Start-Job, on both sides' {
        $path = New-TestPath job
        $job = Use-VigieSpan origin {
            $context = Get-VigieContext
            Start-Job -ArgumentList $context, $VigieModule, $path {
                param($Context, $Module, $Path)
                Import-Module $Module
                Initialize-Vigie -ServiceName job -Configuration @{ outputs = @(@{ to = 'file'; path = $Path; signals = @('logs', 'spans') }) }
                Use-VigieContext $Context { Use-VigieSpan remote { Write-VigieLog 'from the job'; Get-VigieContext } }
                Stop-Vigie
            }
        }
        $back = $job | Wait-Job -Timeout 60 | Receive-Job -ErrorAction Stop
        Remove-Job $job -Force
        Use-VigieContext $back { Use-VigieSpan home { } }
        $origin, $homeSpan = @(Get-TestLine -Kind span)
        $remote = Get-TestLine -Kind span -Path $path
        $remote.trace_id | Should -Be $origin.trace_id
        $remote.parent_span_id | Should -Be $origin.span_id
        (Get-TestLine -Kind log -Path $path).span_id | Should -Be $remote.span_id
        $homeSpan.parent_span_id | Should -Be $remote.span_id
    }
}

Describe 'Use-VigieSpan -ExportEnvironment' -Tag Native {
    BeforeEach {
        $null = Start-TestVigie
        $names = 'TRACEPARENT', 'TRACESTATE', 'BAGGAGE'
        $saved = @{}
        foreach ($name in $names) { $saved[$name] = [Environment]::GetEnvironmentVariable($name); [Environment]::SetEnvironmentVariable($name, [NullString]::Value) }
    }
    AfterEach { foreach ($name in $names) { [Environment]::SetEnvironmentVariable($name, $(if ($null -eq $saved[$name]) { [NullString]::Value } else { $saved[$name] })) } }

    It 'gives native commands the context, and afterwards the variables are absent as before' {
        $seen = Use-VigieContext @{} -Baggage @{ region = 'eu' } { Use-VigieSpan outer -ExportEnvironment { @(& /usr/bin/env) -match '^(TRACEPARENT|TRACESTATE|BAGGAGE)=' } }
        $span = Get-TestLine -Kind span
        $seen | Should -Contain "TRACEPARENT=00-$($span.trace_id)-$($span.span_id)-03"
        $seen | Should -Contain 'BAGGAGE=region=eu'
        foreach ($name in $names) { Test-Path "env:$name" | Should -BeFalse }
        @(& /usr/bin/env) -match '^(TRACEPARENT|TRACESTATE|BAGGAGE)=' | Should -BeNullOrEmpty
    }

    It 'restores what was there, also after a throw, a break and in nested spans' {
        $env:TRACEPARENT = $parentHeader
        $env:BAGGAGE = 'own=1'
        try { Use-VigieSpan a -ExportEnvironment { $outer = $env:TRACEPARENT; Use-VigieSpan b -ExportEnvironment { $inner = $env:TRACEPARENT }; $again = $env:TRACEPARENT; throw 'x' } } catch { $null = $_ }
        foreach ($i in 1) { Use-VigieSpan c -ExportEnvironment { break } }
        $again | Should -Be $outer
        $inner | Should -Not -Be $outer
        $outer | Should -Not -Be $parentHeader
        $env:TRACEPARENT | Should -Be $parentHeader
        $env:BAGGAGE | Should -Be 'own=1'
        Test-Path env:TRACESTATE | Should -BeFalse
    }

    It 'lets a child PowerShell continue the trace' {
        $path = New-TestPath child
        $file = Join-Path $TestDrive 'continue.ps1'
        Set-Content -LiteralPath $file -Value ('Import-Module $args[0]; Initialize-Vigie -ServiceName child -Configuration @{ outputs = @(@{ to = "file"; path = $args[1]; signals = @("logs", "spans") }) }; ' +
            'Write-VigieLog outside; Use-VigieSpan child { Write-VigieLog inside }')
        Use-VigieSpan origin -ExportEnvironment { & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -File $file $VigieModule $path }
        $LASTEXITCODE | Should -Be 0
        $origin = Get-TestLine -Kind span
        $child = Get-TestLine -Kind span -Path $path
        $child.trace_id | Should -Be $origin.trace_id
        $child.parent_span_id | Should -Be $origin.span_id
        $outside, $inside = @(Get-TestLine -Kind log -Path $path)
        $outside.trace_id | Should -Be $origin.trace_id
        $inside.span_id | Should -Be $child.span_id
    }

    It 'is not poisoned by variables that are set and empty' {
        $path = New-TestPath empty
        $run = Invoke-TestPwsh -Environment @{ TRACEPARENT = ''; TRACESTATE = ''; BAGGAGE = '' } -Script ((Get-TestPrelude $path) +
            'Use-VigieSpan root -ExportEnvironment { @(& /usr/bin/env) -match "^TRACEPARENT=" }; @(& /usr/bin/env) -match "^TRACEPARENT=00"')
        $run.Error | Should -BeNullOrEmpty
        $span = Get-TestLine -Kind span -Path $path
        $span.PSObject.Properties['parent_span_id'] | Should -BeNullOrEmpty
        $run.Output.Trim() | Should -Be "TRACEPARENT=00-$($span.trace_id)-$($span.span_id)-03"
    }
}
