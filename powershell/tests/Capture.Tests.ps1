# Streams that are recorded and pass on: Use-VigieSpan -CaptureStream and Invoke-VigieScript.
# Not for the span itself (Span.Tests.ps1), nor for records piped to Write-VigieLog (Log.Tests.ps1).

BeforeAll {
    . $PSScriptRoot/Common.ps1

    function New-TestScript([string] $Name, [string] $Text) {
        $file = Join-Path $TestDrive $Name
        Set-Content -LiteralPath $file -Value $Text
        $file
    }
}

Describe 'Use-VigieSpan -CaptureStream' -Tag Unit, Native {
    BeforeEach { $null = Start-TestVigie }

    It 'records the stream <Stream> as <Level> in the span' -ForEach @(
        @{ Stream = 'Error'; Level = 'ERROR'; Block = { Write-Error 'text' -ErrorAction Continue } }
        @{ Stream = 'Warning'; Level = 'WARN'; Block = { Write-Warning 'text' } }
        @{ Stream = 'Verbose'; Level = 'DEBUG'; Block = { & { $VerbosePreference = 'Continue'; Write-Verbose 'text' } } }
        @{ Stream = 'Debug'; Level = 'TRACE'; Block = { & { $DebugPreference = 'Continue'; Write-Debug 'text' } } }
        @{ Stream = 'Information'; Level = 'INFO'; Block = { Write-Information 'text' -Tags a } }
        @{ Stream = 'Information'; Level = 'INFO'; Block = { Write-Host 'text' } }
    ) {
        $passed = @(Use-VigieSpan captured -CaptureStream $Block *>&1)
        $passed.Count | Should -Be 1 -Because 'the record passes as well, once'
        $passed[0].GetType().Name | Should -Be "${Stream}Record"
        "$($passed[0])" | Should -Be text
        $line = @(Get-TestLine -Kind log)
        $line.Count | Should -Be 1
        $line[0].message | Should -Be text
        $line[0].level | Should -Be $Level
        $line[0].span_id | Should -Be (Get-TestLine -Kind span).span_id
    }

    It 'leaves verbose and debug alone where the preferences hold them back' {
        Use-VigieSpan quiet -CaptureStream { Write-Verbose 'v'; Write-Debug 'd' } *>&1 | Should -BeNullOrEmpty
        Get-TestLine -Kind log | Should -BeNullOrEmpty
    }

    It 'keeps output, its types and its order' {
        $out = @(Use-VigieSpan output -CaptureStream { 1; , (2, 3); Write-Warning w; $null; [pscustomobject] @{ a = 4 } } 3>$null)
        $out.Count | Should -Be 4
        $out[0] | Should -BeOfType int
        $out[1] | Should -Be 2, 3
        $out[2] | Should -BeNullOrEmpty
        $out[3].a | Should -Be 4
    }

    It 'streams: output is there before the block has ended' {
        $order = New-Object Collections.ArrayList
        Use-VigieSpan live -CaptureStream { 1; $null = $order.Add('made 1'); 2; $null = $order.Add('made 2') } | ForEach-Object { $null = $order.Add("got $_") }
        $order | Should -Be 'got 1', 'made 1', 'got 2', 'made 2'
    }

    It 'keeps assignments, break and a stopped pipeline as they are without it' {
        foreach ($i in 1..3) { Use-VigieSpan loop -CaptureStream { $kept = $i; if ($i -eq 2) { break } } }
        $kept | Should -Be 2
        $i | Should -Be 2
        Use-VigieSpan cut -CaptureStream { 1; 2 } | Select-Object -First 1 | Should -Be 1
        @(Get-TestLine -Kind span).Count | Should -Be 3
        Get-VigieSpan | Should -BeNullOrEmpty
    }

    It 'records a throw once, and it goes on with message and line' {
        $plain = try { throw 'boom' } catch { $_ }
        $caught = try { Use-VigieSpan failing -CaptureStream { throw 'boom' } } catch { $_ }
        $caught.Exception.Message | Should -Be boom
        $caught.InvocationInfo.ScriptLineNumber | Should -Be ($plain.InvocationInfo.ScriptLineNumber + 1)
        @(Get-TestLine -Kind log).Count | Should -Be 1
        (Get-TestLine -Kind span).status | Should -Be error
    }

    It 'records an error once however many commands it passes' {
        function Get-Deep { [CmdletBinding()] param() Write-Error 'deep' -ErrorAction Stop }
        function Get-Outer { [CmdletBinding()] param() Get-Deep }
        { Use-VigieSpan deep -CaptureStream { Get-Outer } } | Should -Throw deep
        @(Get-TestLine -Kind log | Where-Object { $_.level -eq 'ERROR' }).Count | Should -Be 1
    }

    It 'leaves -ErrorVariable and -WarningVariable of the block to the block' {
        Use-VigieSpan variables -CaptureStream { Write-Warning w -WarningVariable seen 3>$null; Write-Error e -ErrorVariable failed -ErrorAction SilentlyContinue }
        "$seen" | Should -Be w
        "$failed" | Should -Be e
        (Get-TestLine -Kind log).message | Should -Be w, e
    }

    It 'lets only the innermost capture record' {
        Use-VigieSpan outer -CaptureStream {
            Write-Warning before
            Use-VigieSpan inner -CaptureStream { Write-Warning within; & { $VerbosePreference = 'Continue'; Write-Verbose 'talk' } }
            Write-Warning after
        } 3>$null 4>$null
        $lines = @(Get-TestLine -Kind log)
        $lines.message | Should -Be before, within, talk, after
        $spans = @{}
        foreach ($span in Get-TestLine -Kind span) { $spans[$span.name] = $span.span_id }
        $lines.span_id | Should -Be $spans.outer, $spans.inner, $spans.inner, $spans.outer
    }

    It 'records again after an inner capture has thrown' {
        Use-VigieSpan outer -CaptureStream { try { Use-VigieSpan inner -CaptureStream { throw 'x' } } catch { $null = $_ }; Write-Warning after } 3>$null
        @(Get-TestLine -Kind log).message | Should -Be x, after
    }

    It 'leaves the standard error of native commands alone' {
        $run = Invoke-TestPwsh -Script '$ErrorActionPreference = "Stop"; Import-Module $env:VIGIE_MODULE; Initialize-Vigie -Output null; Use-VigieSpan n -CaptureStream { sh -c "echo out; echo err >&2; exit 7" }; "code $LASTEXITCODE"'
        $run.Output.Trim() -split '\n' | Should -Be out, 'code 7'
        $run.Error.Trim() | Should -Be err
    }

    It 'writes the attributes of an error record' {
        Use-VigieSpan attributes -CaptureStream { Get-Item '/no/such/file' -ErrorAction Continue } 2>$null
        $line = Get-TestLine -Kind log
        $line.error.type | Should -Match 'ItemNotFoundException$'
        $line.error.message | Should -Match 'no/such/file'
        $line.RawLine | Should -Match 'PathNotFound'
    }
}

Describe 'Invoke-VigieScript' -Tag Unit, Native {
    BeforeEach { $null = Start-TestVigie }

    It 'runs an unmodified script and records all five streams in its span' {
        $file = New-TestScript 'five.ps1' @'
param($Who)
$VerbosePreference = $DebugPreference = 'Continue'
"hello $Who"
Write-Error 'e'; Write-Warning 'w'; Write-Verbose 'v'; Write-Debug 'd'; Write-Information 'i'
'@
        $all = @(Invoke-VigieScript $file you *>&1)
        ($all | ForEach-Object { $_.GetType().Name }) | Should -Be 'String', 'ErrorRecord', 'WarningRecord', 'VerboseRecord', 'DebugRecord', 'InformationRecord'
        $all[0] | Should -Be 'hello you'
        $lines = @(Get-TestLine -Kind log)
        $lines.message | Should -Be e, w, v, d, i
        $lines.level | Should -Be ERROR, WARN, DEBUG, TRACE, INFO
        $span = Get-TestLine -Kind span
        $span.name | Should -Be five
        $span.attributes.'code.file.path' | Should -Be $file
        $span.status | Should -Be unset
        $lines.span_id | Select-Object -Unique | Should -Be $span.span_id
    }

    It 'takes arguments by name, a span name and attributes' {
        $file = New-TestScript 'named.ps1' 'param($Root, [switch] $All) "$Root $All"'
        Invoke-VigieScript -Path $file -ArgumentList @{ Root = '/data'; All = $true } -SpanName cleanup -Attribute @{ run = 7 } | Should -Be '/data True'
        $span = Get-TestLine -Kind span
        $span.name | Should -Be cleanup
        $span.attributes.run | Should -Be 7
    }

    It 'takes several arguments by position, and none' {
        $file = New-TestScript 'positional.ps1' '"[$($args -join ",")]"'
        Invoke-VigieScript $file 1, 2 | Should -Be '[1,2]'
        Invoke-VigieScript $file | Should -Be '[]'
    }

    It 'runs it where the command was called: variables and functions of the caller are in reach' {
        $file = New-TestScript 'scope.ps1' '"$outer $(Get-Helper) $PSScriptRoot $(Test-Path variable:result)"'
        $module = New-Module { function Get-Helper { 'helped' }; function Invoke-It($File) { $outer = 'seen'; Invoke-VigieScript $File }; Export-ModuleMember Invoke-It }
        Invoke-It $file | Should -Be "seen helped $TestDrive False"
        Remove-Module $module
    }

    It 'keeps the exit code: <Code>' -ForEach @(@{ Code = 0; Status = 'unset' }, @{ Code = 4; Status = 'error' }) {
        $file = New-TestScript 'exits.ps1' "'before'; exit $Code; 'after'"
        Invoke-VigieScript $file | Should -Be before
        $LASTEXITCODE | Should -Be $Code
        $span = Get-TestLine -Kind span
        $span.status | Should -Be $Status
        if ($Code) { $span.attributes.'process.exit.code' | Should -Be $Code }
    }

    It 'does not take the exit code of a native command for its own' {
        $file = New-TestScript 'native.ps1' 'sh -c "exit 3"; "done"'
        Invoke-VigieScript $file | Should -Be done
        (Get-TestLine -Kind span).status | Should -Be unset
    }

    It 'fails the span for an error that ends the script, which goes on' {
        $file = New-TestScript 'throws.ps1' "'before'`nthrow 'boom'"
        $caught = try { Invoke-VigieScript $file } catch { $_ }
        $caught.Exception.Message | Should -Be boom
        $caught.InvocationInfo.ScriptName | Should -Be $file
        $caught.InvocationInfo.ScriptLineNumber | Should -Be 2
        $span = Get-TestLine -Kind span
        $span.status | Should -Be error
        $span.events[0].name | Should -Be exception
        (Get-TestLine -Kind log).level | Should -Be ERROR
        Get-VigieSpan | Should -BeNullOrEmpty
    }

    It 'names a script that is not there' {
        $caught = try { Invoke-VigieScript (Join-Path $TestDrive 'nope.ps1') } catch { $_ }
        $caught.FullyQualifiedErrorId | Should -Match '^Vigie\.ScriptNotFound,'
        $caught.CategoryInfo.Category | Should -Be ObjectNotFound
        Get-TestLine -Kind span | Should -BeNullOrEmpty
    }

    It 'masks secrets by key in attributes, and by pattern in what the script writes' {
        $file = New-TestScript 'secret.ps1' 'Write-Warning "using ghp_abcdefghijklmnopqrstuvwxyz0123456789"; throw "ghp_abcdefghijklmnopqrstuvwxyz0123456789 was refused"'
        { Invoke-VigieScript $file -Attribute @{ password = 'hunter2'; user = 'u' } 3>$null } | Should -Throw '*refused*'
        $span = Get-TestLine -Kind span
        $span.attributes.password | Should -Be '[redacted]'
        $span.attributes.user | Should -Be u
        $raw = (Get-TestLine).RawLine -join "`n"
        $raw | Should -Not -Match 'hunter2'
        $raw | Should -Not -Match 'ghp_abcdefghij'
        $raw | Should -Match 'was refused'
    }
}
