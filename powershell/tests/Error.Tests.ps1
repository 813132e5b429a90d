# What goes wrong: recording never throws, set-up errors say everything at once.
# Not for how an error is written to a record (Log.Tests.ps1) or to a span (Span.Tests.ps1).

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # Types whose every member throws. They are added once, because a type lives as long as the process.
    if (-not ('VigieTest.Hostile' -as [type])) {
        Add-Type @'
using System;
using System.Collections;
namespace VigieTest {
    public class Hostile {
        public string A { get { throw new Exception("no"); } }
        public override string ToString() { throw new Exception("no"); }
    }
    public class HostileError : Exception {
        public override string Message { get { throw new Exception("no"); } }
        public override string StackTrace { get { throw new Exception("no"); } }
        public override IDictionary Data { get { throw new Exception("no"); } }
        public override string ToString() { throw new Exception("no"); }
    }
    public class HostileList : ArrayList {
        public override int Count { get { return 2; } }
        public override IEnumerator GetEnumerator() { yield return 1; throw new Exception("no"); }
        public override string ToString() { throw new Exception("no"); }
    }
    public class HostileMap : Hashtable {
        public override object this[object key] { get { throw new Exception("no"); } set { throw new Exception("no"); } }
        public override bool Contains(object key) { throw new Exception("no"); }
        public override bool ContainsKey(object key) { throw new Exception("no"); }
        public override int Count { get { throw new Exception("no"); } }
        public override IDictionaryEnumerator GetEnumerator() { throw new Exception("no"); }
        public override string ToString() { throw new Exception("no"); }
    }
}
'@
    }
    $null = Start-TestVigie
}

Describe 'Recording with every preference on Stop' -Tag Unit {
    BeforeAll { $null = Start-TestVigie }

    It 'does not throw: <Name>' -ForEach @(
        @{ Name = 'an unknown level'; Call = { Write-VigieLog 'x' -Level nonsense } }
        @{ Name = 'a level of a strange type'; Call = { Write-VigieLog 'x' -Level @{ a = 1 } } }
        @{ Name = 'no message'; Call = { Write-VigieLog $null } }
        @{ Name = 'a message that throws'; Call = { Write-VigieLog ([VigieTest.Hostile]::new()) } }
        @{ Name = 'attributes that are none'; Call = { Write-VigieLog 'x' -Attribute 42 } }
        @{ Name = 'an attribute block that throws'; Call = { Write-VigieLog 'x' -Attribute { throw 'no' } } }
        @{ Name = 'an attribute block that writes an error'; Call = { Write-VigieLog 'x' -Attribute { Write-Error 'no'; @{ a = 1 } } } }
        @{ Name = 'a strange logger'; Call = { Write-VigieLog 'x' -Logger @{ a = 1 } } }
        @{ Name = 'a strange error'; Call = { Write-VigieLog 'x' -ErrorRecord 42 } }
        @{ Name = 'an error without an exception'; Call = { Write-VigieLog 'x' -ErrorRecord @{ nothing = 1 } } }
        @{ Name = 'null from the pipeline'; Call = { $null, 'a', $null | Write-VigieLog } }
        @{ Name = 'a static call with nothing'; Call = { [Vigie.Log]::Info($null); [Vigie.Log]::Info($null, $null); [Vigie.Log]::Write('nonsense', 'x', 42) } }
        @{ Name = 'a static call with a hostile value'; Call = { [Vigie.Log]::Info('x', [VigieTest.Hostile]::new()) } }
        @{ Name = 'an instrument without a name'; Call = { [Vigie.Metric]::Add($null, 1); [Vigie.Metric]::Counter('', $null).Update(1.0) } }
        @{ Name = 'an instrument with a bad name'; Call = { Add-VigieCounter "a`nb" 1 } }
        @{ Name = 'a gauge that is a counter'; Call = { Add-VigieCounter error_kind 1; Set-VigieGauge error_kind 1 } }
        @{ Name = 'a value that is no number'; Call = { Add-VigieCounter error_nan ([double]::NaN) } }
        @{ Name = 'a span with a strange parent'; Call = { Start-VigieSpan s -Parent 42 | Stop-VigieSpan } }
        @{ Name = 'a span of an unknown kind'; Call = { Start-VigieSpan s -Kind express | Stop-VigieSpan; Use-VigieSpan s -Kind 42 { } } }
        @{ Name = 'a span with strange links'; Call = { Start-VigieSpan s -Link 42, $null, 'x' | Stop-VigieSpan } }
        @{ Name = 'a span with a strange time'; Call = { Start-VigieSpan s -StartTime 'yesterday' | Stop-VigieSpan -EndTime @{} } }
        @{ Name = 'a span ended twice'; Call = { $s = Start-VigieSpan s; Stop-VigieSpan $s; Stop-VigieSpan $s; $s.End(); $s.Dispose(); $s.SetAttribute('a', 1) } }
        @{ Name = 'no current span'; Call = { Stop-VigieSpan; Set-VigieSpan @{ a = 1 }; Add-VigieSpanEvent e } }
        @{ Name = 'hostile span attributes'; Call = { Use-VigieSpan s -Attribute @{ h = [VigieTest.Hostile]::new() } { Add-VigieSpanEvent e @{ h = [VigieTest.Hostile]::new() } } } }
        @{ Name = 'headers that are none'; Call = { $null = ConvertFrom-VigieTraceHeader @{ traceparent = 'nonsense' } } }
        @{ Name = 'headers of a strange type'; Call = { $null = ConvertFrom-VigieTraceHeader 42 } }
    ) {
        $ErrorActionPreference = 'Stop'
        $WarningPreference = 'Stop'
        $reached = $false
        $old = $global:WarningPreference, $global:ErrorActionPreference
        $global:WarningPreference = 'Stop'; $global:ErrorActionPreference = 'Stop'
        try { & { & $Call | Out-Null; $script:reached = $true } 3>$null } finally { $global:WarningPreference, $global:ErrorActionPreference = $old }
        $script:reached | Should -BeTrue
        Get-VigieSpan | Should -BeNullOrEmpty -Because 'no span was left behind'
    }

    It 'does not throw for <Name> in any place' -ForEach @(
        @{ Name = 'a value whose members throw'; Value = { [VigieTest.Hostile]::new() } }
        @{ Name = 'an exception whose members throw'; Value = { [VigieTest.HostileError]::new() } }
        @{ Name = 'a dictionary that throws'; Value = { , [VigieTest.HostileMap]::new() } }
        @{ Name = 'a list that throws half-way'; Value = { , [VigieTest.HostileList]::new() } }
        @{ Name = 'an object with a throwing script property'; Value = { [pscustomobject] @{ a = 1 } | Add-Member ScriptProperty b { throw 'no' } -PassThru } }
        @{ Name = 'a context whose members throw'; Value = { [pscustomobject] @{ a = 1 } | Add-Member ScriptProperty Headers { throw 'no' } -PassThru } }
        @{ Name = 'an error record of a hostile exception'; Value = { [Management.Automation.ErrorRecord]::new([VigieTest.HostileError]::new(), 'id', 'NotSpecified', [VigieTest.Hostile]::new()) } }
    ) {
        $ErrorActionPreference = 'Stop'
        $h = & $Value
        $failed = @(foreach ($call in @(
                    { Write-VigieLog $h }
                    { Write-VigieLog 'said' -Attribute $h }
                    { Write-VigieLog 'said' -Attribute @{ a = $h } }
                    { Write-VigieLog 'said' -Attribute { $h } }
                    { Write-VigieLog 'said' -ErrorRecord $h }
                    { , $h | Write-VigieLog }
                    { , $h | Write-VigieLog -Attribute @{ b = 1 } }
                    { , $h | Write-VigieLog 'said' }
                    { , $h | Write-VigieLog 'said' -Attribute $h }
                    { Write-VigieLog 'said' -Level $h -WarningAction SilentlyContinue }
                    { Write-VigieLog 'said' -Logger $h }
                    { [Vigie.Log]::Info('said', $h) }
                    { (Get-VigieLogger shop -Attribute $h).Info('said') }
                    { Use-VigieSpan s -Attribute $h -Parent $h { Add-VigieSpanEvent e $h; Set-VigieSpan $h; Set-VigieSpan -ErrorRecord $h } }
                    { Start-VigieSpan s -Link (, $h) | Stop-VigieSpan }
                    { Use-VigieSpan s { Set-VigieSpan -Link (, $h) -WarningAction SilentlyContinue } }
                    { Start-VigieSpan s -StartTime $h -WarningAction SilentlyContinue | Stop-VigieSpan }
                    { [Vigie.Log]::Write($h, 'said', $h) }
                    { Use-VigieContext $h { Write-VigieLog 'said' } }
                    { Use-VigieContext @{ a = $h } { } -Baggage @{ a = $h } }
                    { $null = ConvertFrom-VigieTraceHeader $h }
                    { $null = ConvertFrom-VigieTraceHeader @{ traceparent = $h } }
                    { Add-VigieCounter hostile_total -Attribute $h }
                    { Add-VigieCounter hostile_total -Attribute @{ a = $h } }
                    { Add-VigieCounter hostile_total -Value $h -WarningAction SilentlyContinue }
                )) {
                try { $null = & $call 3>$null } catch { "$call $_" }
            })
        $failed -join "`n" | Should -BeNullOrEmpty
        Get-VigieSpan | Should -BeNullOrEmpty -Because 'no span was left behind'
    }

    It 'records every one of them' {
        $null = Start-TestVigie
        $bag = [pscustomobject] @{ a = 1 } | Add-Member ScriptProperty b { throw 'no' } -PassThru
        $bag | Write-VigieLog 'beside'
        Write-VigieLog 'list' -Attribute @{ l = [VigieTest.HostileList]::new() }
        Write-VigieLog 'map' -Attribute ([VigieTest.HostileMap]::new())
        Write-VigieLog 'error' -ErrorRecord ([VigieTest.HostileError]::new())
        $lines = @(Get-TestLine -Kind log)
        $lines.message -join ',' | Should -BeExactly 'beside,list,map,error'
        $lines[0].a | Should -Be 1
        $lines[0].b | Should -Be '[getter threw]'
        $lines[1].l -join ',' | Should -Be '1'
        $lines[3].error.type | Should -Be 'VigieTest.HostileError'
    }

    It 'does not throw after Stop-Vigie' {
        $ErrorActionPreference = 'Stop'
        $WarningPreference = 'Stop'
        Stop-Vigie
        {
            Write-VigieLog 'x'; [Vigie.Log]::Info('x'); Add-VigieCounter a_total
            Use-VigieSpan s { Add-VigieSpanEvent e; Get-VigieTraceHeader }
            'a' | Write-VigieLog; Wait-VigieFlush; Get-VigieStatistic; Get-VigieMetric
        } | Should -Not -Throw
        $null = Start-TestVigie
    }

    It 'still writes the record when its attributes cannot be had' {
        $null = Start-TestVigie
        Write-VigieLog 'kept' -Attribute { throw 'no' } -WarningAction SilentlyContinue
        (Get-TestLine -Kind log).message | Should -Contain 'kept'
    }

    It 'leaves $Error and $? as they were' {
        $null = Start-TestVigie
        $Error.Clear()
        Write-VigieLog 'x' -Level nonsense -WarningAction SilentlyContinue
        Write-VigieLog 'x'
        $? | Should -BeTrue
        $Error.Count | Should -Be 0
    }
}

Describe 'Warnings' -Tag Native {
    It 'come once for each reason, and end nothing with $WarningPreference = Stop' {
        $child = Invoke-TestPwsh ((Get-TestPrelude (New-TestPath)) + @'
$WarningPreference = 'Stop'; $ErrorActionPreference = 'Stop'
$global:WarningPreference = 'Stop'
1..5 | ForEach-Object { Write-VigieLog 'x' -Level nonsense 3>$null }
'reached'
'@)
        $child.Output | Should -BeLike "*reached`n"
        $child.ExitCode | Should -Be 0
        $child = Invoke-TestPwsh ((Get-TestPrelude (New-TestPath)) + @'
$seen = & { 1..5 | ForEach-Object { Write-VigieLog 'x' -Level nonsense; Write-VigieLog 'x' -Level nonsense } } 3>&1
@($seen | Where-Object { $_ -is [Management.Automation.WarningRecord] }).Count
'@)
        $child.Output | Should -Be "1`n"
    }

    It 'are an error when -ErrorAction was given to this very call' {
        { Write-VigieLog 'x' -Level nonsense -ErrorAction Stop } | Should -Throw -ErrorId 'Vigie.*'
        Write-VigieLog 'x' -Level nonsense -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'Vigie.*'
        $failed[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
    }
}

Describe 'Set-up errors' -Tag Unit {
    BeforeAll {
        function Get-SetupError([scriptblock] $Block) { try { & $Block } catch { $_ } }
    }

    It 'lists every mistake' {
        $failed = Get-SetupError { Initialize-Vigie -Force -Configuration @{ servce = 'x'; level = 'loud'; outputs = @(@{ to = 'nowhere' }); limits = @{ depth = 'deep' } } }
        $failed.FullyQualifiedErrorId | Should -BeLike 'Vigie.InvalidConfiguration,*'
        $failed.CategoryInfo.Category | Should -Be 'InvalidArgument'
        foreach ($part in 'servce', 'service', 'loud', 'nowhere', 'depth') { $failed.Exception.Message | Should -BeLike "*$part*" }
    }

    It 'keeps the settings in force' {
        $path = Start-TestVigie
        $null = Get-SetupError { Initialize-Vigie -Force -Configuration @{ level = 'loud' } }
        Write-VigieLog 'still here'
        (Get-TestLine -Kind log -Path $path).message | Should -Be 'still here'
    }

    It 'refuses other settings without -Force and names them' {
        $path = Start-TestVigie
        $failed = Get-SetupError { Initialize-Vigie -ServiceName another -Level Error }
        $failed.FullyQualifiedErrorId | Should -BeLike 'Vigie.AlreadyInitialized,*'
        $failed.CategoryInfo.Category | Should -BeIn 'ResourceExists', 'InvalidOperation'
        $failed.Exception.Message | Should -BeLike '*service*'
        Write-VigieLog 'still here'
        (Get-TestLine -Kind log -Path $path).message | Should -Be 'still here'
    }

    It 'takes the same settings again' {
        Initialize-Vigie -Force -ServiceName same -Output null
        { Initialize-Vigie -ServiceName same -Output null } | Should -Not -Throw
    }

    It 'refuses JSON that is none, and an unknown output name' {
        (Get-SetupError { Initialize-Vigie -Force -Configuration '{"service":' }).FullyQualifiedErrorId | Should -BeLike 'Vigie.InvalidConfiguration,*'
        (Get-SetupError { Initialize-Vigie -Force -Output nowhere }).FullyQualifiedErrorId | Should -BeLike 'Vigie.InvalidConfiguration,*'
    }

    It 'takes JSON text, and parameters before it' {
        $path = New-TestPath
        $json = @{ service = 'json'; version = '1'; outputs = @(@{ to = 'file'; path = $path }) } | ConvertTo-Json -Depth 5
        Initialize-Vigie -Force -Configuration $json -Version 2 -Environment prod -Level Warn
        Write-VigieLog 'no'; Write-VigieLog 'x' -Level Warn
        $line = Get-TestLine -Path $path
        $line.message, $line.service, $line.version, $line.environment | Should -Be 'x', 'json', '2', 'prod'
    }

    It 'ends the statement, and a script with it when errors are to stop it' {
        $child = Invoke-TestPwsh "Import-Module `$env:VIGIE_MODULE; `$ErrorActionPreference = 'Stop'; Initialize-Vigie -Level loud; 'not reached'"
        $child.ExitCode | Should -Be 1
        $child.Output | Should -Not -BeLike '*not reached*'
        $child.Error | Should -BeLike '*loud*'
    }
}
