# The commands that run a block in a span or measure it: every way to enter and to leave the block.
# Not for contexts (Context.Tests.ps1) or captures (Capture.Tests.ps1).

BeforeAll {
    . $PSScriptRoot/Common.ps1

    # Gives the only span line of that name.
    function Get-NamedSpan([string] $Name) {
        $found = @(Get-TestLine -Kind span | Where-Object { $_.name -eq $Name })
        $found.Count | Should -Be 1 -Because "there is one span '$Name'"
        $found[0]
    }
}

Describe 'Use-VigieSpan' -Tag Unit, Native {
    BeforeEach { $null = Start-TestVigie }
    AfterEach { Get-VigieSpan | Should -BeNullOrEmpty -Because 'the stack is empty again' }

    Context 'what it records' {
        It 'binds the name, the attributes and the block in either form' {
            Use-VigieSpan plain { }
            Use-VigieSpan checkout -Attribute @{ order_id = 42 } -Kind Server { }
            (Get-NamedSpan plain).span_kind | Should -Be internal
            $span = Get-NamedSpan checkout
            $span.attributes.order_id | Should -Be 42
            $span.span_kind | Should -Be server
            $span.status | Should -Be unset
        }

        It 'keeps a span whose outer one ended with the settings before' {
            Use-VigieSpan outer { Stop-Vigie; $null = Start-TestVigie; Use-VigieSpan inner { Write-VigieLog 'in' } }
            $inner = Get-NamedSpan inner
            $inner.PSObject.Properties['parent_span_id'] | Should -BeNullOrEmpty
            (Get-TestLine -Kind log).span_id | Should -Be $inner.span_id
        }

        It 'makes the span current for records, spans and events in it' {
            Use-VigieSpan outer { Use-VigieSpan inner { Write-VigieLog 'in'; Add-VigieSpanEvent reserved @{ sku = 'A1' } } }
            $outer = Get-NamedSpan outer
            $inner = Get-NamedSpan inner
            $inner.trace_id | Should -Be $outer.trace_id
            $inner.parent_span_id | Should -Be $outer.span_id
            $outer.PSObject.Properties['parent_span_id'] | Should -BeNullOrEmpty
            $inner.events[0].attributes.sku | Should -Be 'A1'
            (Get-TestLine -Kind log).span_id | Should -Be $inner.span_id
        }

        It 'takes the parent that is given' {
            $parent = ConvertFrom-VigieTraceHeader @{ traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
            Use-VigieSpan elsewhere { Use-VigieSpan child -Parent $parent { } }
            $child = Get-NamedSpan child
            $child.trace_id | Should -Be '0af7651916cd43dd8448eb211c80319c'
            $child.parent_span_id | Should -Be 'b7ad6b7169203331'
        }

        It 'masks an attribute that bears the name of a secret' {
            Use-VigieSpan masked -Attribute @{ password = 'hunter2'; user = 'u' } { }
            $span = Get-NamedSpan masked
            $span.attributes.password | Should -Be '[redacted]'
            $span.RawLine | Should -Not -Match 'hunter2'
        }
    }

    Context 'the scope of the block' {
        It 'keeps assignments in a function' {
            function Set-Total { $total = 0; Use-VigieSpan a { $total = 5; $fresh = 6 }; "$total $fresh" }
            Set-Total | Should -Be '5 6'
        }

        It 'keeps assignments in a script' {
            $file = Join-Path $TestDrive 'assign.ps1'
            Set-Content $file '$total = 0; Use-VigieSpan a { $total = 5; $fresh = 6 }; "$total $fresh"'
            & $file | Should -Be '5 6'
        }

        It 'keeps assignments in a function of another module, private functions in reach' {
            $module = New-Module { function Get-Private { 6 }; function Get-Total { $total = 0; Use-VigieSpan a { $total = 5; $fresh = Get-Private }; "$total $fresh" }; Export-ModuleMember Get-Total }
            & $module { Get-Total } | Should -Be '5 6'
        }

        It 'leaves $args, $PSBoundParameters, $MyInvocation and $_ as they were' {
            function Get-Simple { Use-VigieSpan a { 1 } | Out-Null; "$args" }
            function Get-Bound { param($P) Use-VigieSpan a { 1 } | Out-Null; "$($PSBoundParameters.Keys) $($MyInvocation.MyCommand.Name)" }
            Get-Simple x y | Should -Be 'x y'
            Get-Bound -P 1 | Should -Be 'P Get-Bound'
            7, 8 | ForEach-Object { Use-VigieSpan a { "in $_" }; "out $_" } | Should -Be 'in 7', 'out 7', 'in 8', 'out 8'
        }

        It 'ends its span also when the block has no home and sets the names of its parameters' {
            $block = [scriptblock]::Create('$Name = 1; $span = 2; $Attribute = 3; "ran"')
            Use-VigieSpan homeless $block | Should -Be ran
            (Get-NamedSpan homeless).status | Should -Be unset
        }
    }

    Context 'what passes through' {
        It 'passes every output stream' {
            $all = Use-VigieSpan streams {
                'out'; Write-Error 'e' -ErrorAction Continue; Write-Warning 'w'; Write-Information 'i'
                & { $VerbosePreference = 'Continue'; Write-Verbose 'v' }; & { $DebugPreference = 'Continue'; Write-Debug 'd' }
            } *>&1
            ($all | ForEach-Object { $_.GetType().Name }) | Should -Be 'String', 'ErrorRecord', 'WarningRecord', 'InformationRecord', 'VerboseRecord', 'DebugRecord'
        }

        It 'passes arrays unrolled one level, no more' {
            $all = @(Use-VigieSpan arrays { 1, 2; , (3, 4); $null })
            $all.Count | Should -Be 4
            $all[2] | Should -Be 3, 4
        }

        It 'does not fail the span for an error that the block survives' {
            Use-VigieSpan survived { Write-Error 'e' -ErrorAction SilentlyContinue; try { throw 'x' } catch { $null = $_ } }
            (Get-NamedSpan survived).status | Should -Be unset
        }
    }

    Context 'an error that ends the block' {
        It 'goes on with its message and line, and fails the span: <Name>' -ForEach @(
            @{ Name = 'throw of a text'; Block = { throw 'boom' }; Message = 'boom'; Type = 'RuntimeException' }
            @{ Name = 'throw of an exception'; Block = { throw (New-Object InvalidOperationException 'not now') }; Message = 'not now'; Type = 'InvalidOperationException' }
            @{ Name = 'a statement'; Block = { 1 / $null }; Message = 'Attempted to divide by zero.'; Type = 'RuntimeException' }
            @{ Name = 'a cmdlet told to stop'; Block = { Get-Item '/no/such/file' -ErrorAction Stop }; Message = "Cannot find path '/no/such/file' because it does not exist."; Type = 'ItemNotFoundException' }
            @{ Name = 'Write-Error told to stop'; Block = { Write-Error 'we' -ErrorAction Stop }; Message = 'we'; Type = 'WriteErrorException' }
            @{ Name = 'a rethrow'; Block = { try { throw 'boom' } catch { throw } }; Message = 'boom'; Type = 'RuntimeException' }
        ) {
            $plain = try { . $Block } catch { $_ }
            $caught = try { Use-VigieSpan failing $Block } catch { $_ }
            $caught.Exception.Message | Should -Be $Message
            $caught.Exception.GetType() | Should -Be $plain.Exception.GetType()
            # The engine moves the position of other errors to the call of each function that they leave.
            if ($Name -match 'throw') { $caught.InvocationInfo.ScriptLineNumber | Should -Be $plain.InvocationInfo.ScriptLineNumber }
            @($caught.ScriptStackTrace -split '\n')[0] | Should -Be @($plain.ScriptStackTrace -split '\n')[0]
            $span = Get-NamedSpan failing
            $span.status | Should -Be error
            $span.status_message | Should -Be $Message
            $span.events.Count | Should -Be 1
            $span.events[0].name | Should -Be exception
            $span.events[0].attributes.'exception.message' | Should -Be $Message
            $span.events[0].attributes.'exception.type' | Should -Match "$Type`$"
        }

        It 'ends inner and outer span and restores the stack' {
            { Use-VigieSpan outer { Use-VigieSpan inner { throw 'boom' } } } | Should -Throw boom
            (Get-NamedSpan inner).status | Should -Be error
            (Get-NamedSpan outer).status | Should -Be error
        }

        It 'fails the inner span alone when the outer block catches it' {
            Use-VigieSpan outer { try { Use-VigieSpan inner { throw 'boom' } } catch { $null = $_ } }
            (Get-NamedSpan inner).status | Should -Be error
            (Get-NamedSpan outer).status | Should -Be unset
        }

        It 'does not end the script where the error alone would not have' {
            $run = Invoke-TestPwsh -Script 'Import-Module $env:VIGIE_MODULE; Initialize-Vigie -Output null; Use-VigieSpan a { 1 / $null }; "after"; exit 5'
            $run.Output | Should -Match '(?m)^after$'
            $run.Error | Should -Match 'divide by zero'
            $run.ExitCode | Should -Be 5
        }

        It 'ends the script where its $ErrorActionPreference = Stop says so' {
            $run = Invoke-TestPwsh -Script '$ErrorActionPreference = "Stop"; Import-Module $env:VIGIE_MODULE; Initialize-Vigie -Output null; Use-VigieSpan a { 1 / $null }; "after"; exit 5'
            $run.Output | Should -Not -Match 'after'
            $run.Error | Should -Match 'divide by zero'
            $run.ExitCode | Should -Be 1
        }
    }

    Context 'ended elsewhere' {
        It 'is current no longer: the nearest open one around it is, or none' {
            $end = { param($Span) $shell = [powershell]::Create().AddScript('param($s) $s.End()').AddArgument($Span); $null = $shell.Invoke(); $shell.Dispose() }
            $outer = Start-VigieSpan outer; $inner = Start-VigieSpan inner
            & $end $inner
            (Get-VigieSpan).SpanId | Should -Be $outer.SpanId
            Write-VigieLog 'inside'
            (Get-TestLine -Kind log)[-1].span_id | Should -Be $outer.SpanId
            & $end $outer
            Get-VigieSpan | Should -BeNullOrEmpty
            Write-VigieLog 'outside'
            (Get-TestLine -Kind log)[-1].PSObject.Properties.Name | Should -Not -Contain 'span_id'
            $outer.End(); $inner.End()
        }
    }

    Context 'leaving the block early' {
        It 'return ends the block alone' {
            function Get-Both { Use-VigieSpan a { 1; return; 2 }; 3 }
            Get-Both | Should -Be 1, 3
            (Get-NamedSpan a).status | Should -Be unset
        }

        It 'break and continue act on the loop of the caller' {
            $seen = foreach ($i in 1..5) { Use-VigieSpan a { if ($i -eq 2) { continue }; if ($i -eq 4) { break }; $i } }
            $seen | Should -Be 1, 3
            $spans = @(Get-TestLine -Kind span)
            $spans.Count | Should -Be 4
            $spans.status | Select-Object -Unique | Should -Be unset
        }

        It 'break and continue do the same from a capture, with an exported environment and with a label' {
            $seen = foreach ($i in 1..5) { Use-VigieSpan a -CaptureStream -ExportEnvironment { if ($i -eq 2) { continue }; if ($i -eq 4) { break }; $i } }
            $seen | Should -Be 1, 3
            $seen = :outer foreach ($i in 1..3) { foreach ($j in 1..3) { Use-VigieSpan b { if ($j -eq 2) { continue outer }; if ($i -eq 3) { break outer }; "$i$j" } } }
            $seen | Should -Be 11, 21
            @(Get-TestLine -Kind span).Count | Should -Be 9
        }

        It 'break and continue after an error that the block handled do not fail the span' {
            foreach ($i in 1, 2) { Use-VigieSpan a { try { throw 'handled' } catch { if ($i -eq 1) { continue } else { break } } } }
            $spans = @(Get-TestLine -Kind span)
            $spans.Count | Should -Be 2
            $spans.status | Select-Object -Unique | Should -Be unset
        }

        It 'ends the span when Select-Object -First stops the pipeline' {
            Use-VigieSpan cut { 1; 2; 3 } | Select-Object -First 1 | Should -Be 1
            (Get-NamedSpan cut).status | Should -Be unset
        }

        It 'exit keeps the code and records the span' {
            $path = New-TestPath exit
            $run = Invoke-TestPwsh -Script ((Get-TestPrelude $path) + 'Use-VigieSpan leaving { exit 3 }; "not reached"')
            $run.ExitCode | Should -Be 3
            $run.Output | Should -Not -Match 'not reached'
            $run.Error | Should -BeNullOrEmpty
            $span = @(Get-TestLine -Kind span -Path $path)
            $span.Count | Should -Be 1
            $span[0].status | Should -Be unset
        }

        It 'an uncaught throw ends the script with 1 and records the span' {
            $path = New-TestPath throw
            $run = Invoke-TestPwsh -Script ((Get-TestPrelude $path) + 'Use-VigieSpan leaving { throw "boom" }; "not reached"')
            $run.ExitCode | Should -Be 1
            $run.Output | Should -Not -Match 'not reached'
            $run.Error | Should -Match 'boom'
            (Get-TestLine -Kind span -Path $path).status | Should -Be error
        }
    }

    Context 'the stack' {
        It 'heals from spans that the block left open' {
            Use-VigieSpan outer { $null = Start-VigieSpan left; $null = Start-VigieSpan over; Write-VigieLog 'deep' }
            Get-VigieSpan | Should -BeNullOrEmpty
            Use-VigieSpan next { }
            (Get-NamedSpan next).PSObject.Properties['parent_span_id'] | Should -BeNullOrEmpty
        }

        It 'is the same outside after a block that failed' {
            Use-VigieSpan outer {
                $before = (Get-VigieSpan).SpanId
                try { Use-VigieSpan inner { $null = Start-VigieSpan left; throw 'boom' } } catch { $null = $_ }
                (Get-VigieSpan).SpanId | Should -Be $before
            }
        }
    }

    Context 'preferences of the caller' {
        It 'is not made to throw by <_>' -ForEach 'ErrorActionPreference', 'WarningPreference', 'InformationPreference', 'VerbosePreference', 'DebugPreference' {
            $run = Invoke-TestPwsh -Script @"
Import-Module `$env:VIGIE_MODULE; Initialize-Vigie -Output null
`$$_ = 'Stop'
Use-VigieSpan a -Attribute @{ f = { 1 } } { 'one' }
Stop-Vigie
Use-VigieSpan b { Write-VigieLog 'closed'; 'two' }
Measure-VigieBlock c { 'three' }
Use-VigieContext @{ user_id = 1 } { 'four' }
"@
            $run.Error | Should -BeNullOrEmpty
            @($run.Output -split '\n' | Where-Object { $_ -cmatch '^(one|two|three|four)$' }) | Should -Be 'one', 'two', 'three', 'four'
            $run.ExitCode | Should -Be 0
        }

        It 'runs under strict mode with an empty list of errors' {
            $run = Invoke-TestPwsh -Script 'Set-StrictMode -Version Latest; Import-Module $env:VIGIE_MODULE; Initialize-Vigie -Output null; $Error.Clear(); foreach ($i in 1, 2) { Use-VigieSpan a { break } }; Use-VigieSpan a -CaptureStream { 1 }; Use-VigieSpan a -ExportEnvironment { 2 }; Measure-VigieBlock m { 3 }'
            $run.Error | Should -BeNullOrEmpty
            $run.Output.Trim() -split '\s+' | Should -Be '1', '2', '3'
        }
    }
}

Describe 'Measure-VigieBlock' -Tag Unit, Native {
    BeforeEach { $null = Start-TestVigie }

    It 'records seconds in a histogram, passes output on and keeps assignments' {
        $out = Measure-VigieBlock step_seconds -Attribute @{ step = 'one' } { Start-Sleep -Milliseconds 30; $kept = 5; 'out' }
        $out | Should -Be out
        $kept | Should -Be 5
        $metric = @(Get-TestLine -Kind metric | Where-Object { $_.name -eq 'step_seconds' })[-1]
        $metric.type | Should -Be histogram
        $metric.unit | Should -Be s
        $metric.count | Should -Be 1
        $metric.sum | Should -BeGreaterThan 0.025
        $metric.sum | Should -BeLessThan 5
        $metric.attributes.step | Should -Be one
    }

    It 'records a block that throws, and the error goes on' {
        { Measure-VigieBlock failed_seconds { throw 'boom' } } | Should -Throw boom
        @(Get-TestLine -Kind metric | Where-Object { $_.name -eq 'failed_seconds' })[-1].count | Should -Be 1
    }
}
