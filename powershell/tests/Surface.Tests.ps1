# The commands as they are declared: verbs, nouns, parameters and their positions, completion, the public classes.

BeforeDiscovery {
    # Each command with the number of its positional parameters and all parameters in their order.
    $commands = @(
        @{ Name = 'Add-VigieCounter'; Places = 'Name', 'Value', 'Attribute'; Named = 'Unit', 'Description'; Pipe = 'Value' }
        @{ Name = 'Add-VigieHistogram'; Places = 'Name', 'Value', 'Attribute'; Named = 'Unit', 'Description', 'Bucket'; Pipe = 'Value' }
        @{ Name = 'Add-VigieSpanEvent'; Places = 'Name', 'Attribute'; Named = 'Time', 'Span'; Pipe = 'Span' }
        @{ Name = 'Add-VigieUpDownCounter'; Places = 'Name', 'Value', 'Attribute'; Named = 'Unit', 'Description'; Pipe = 'Value' }
        @{ Name = 'ConvertFrom-VigieTraceHeader'; Places = @('Header'); Named = @('PublicEndpoint'); Pipe = 'Header' }
        @{ Name = 'Disable-VigieHttpPropagation'; Places = @(); Named = @() }
        @{ Name = 'Enable-VigieHttpPropagation'; Places = @(); Named = @() }
        @{ Name = 'Get-VigieContext'; Places = @(); Named = @() }
        @{ Name = 'Get-VigieLogger'; Places = @('Name'); Named = @('Attribute') }
        @{ Name = 'Get-VigieMetric'; Places = @('Format'); Named = @() }
        @{ Name = 'Get-VigieSpan'; Places = @(); Named = @() }
        @{ Name = 'Get-VigieStatistic'; Places = @(); Named = @() }
        @{ Name = 'Get-VigieTraceHeader'; Places = @(); Named = 'AsEnvironment', 'Context'; Pipe = 'Context' }
        @{ Name = 'Initialize-Vigie'; Places = @('ServiceName'); Named = 'Version', 'Environment', 'Level', 'Output', 'Configuration', 'Force' }
        @{ Name = 'Invoke-VigieScript'; Places = 'Path', 'ArgumentList'; Named = 'SpanName', 'Attribute' }
        @{ Name = 'Measure-VigieBlock'; Places = 'Name', 'ScriptBlock'; Named = @('Attribute') }
        @{ Name = 'Set-VigieGauge'; Places = 'Name', 'Value', 'Attribute'; Named = 'Unit', 'Description'; Pipe = 'Value' }
        @{ Name = 'Set-VigieLevel'; Places = @('Level'); Named = @('Logger') }
        @{ Name = 'Set-VigieSpan'; Places = @('Attribute'); Named = 'Name', 'Status', 'StatusMessage', 'ErrorRecord', 'Link', 'Span'; Pipe = 'Span' }
        @{ Name = 'Start-VigieSpan'; Places = 'Name', 'Attribute'; Named = 'Kind', 'Parent', 'Link', 'StartTime' }
        @{ Name = 'Stop-Vigie'; Places = @('Timeout'); Named = @('PassThru') }
        @{ Name = 'Stop-VigieSpan'; Places = @('Span'); Named = @('EndTime'); Pipe = 'Span' }
        @{ Name = 'Use-VigieContext'; Places = 'Context', 'ScriptBlock'; Named = @('Baggage') }
        @{ Name = 'Use-VigieSpan'; Places = 'Name', 'ScriptBlock'; Named = 'Attribute', 'Kind', 'Parent', 'CaptureStream', 'ExportEnvironment' }
        @{ Name = 'Wait-VigieFlush'; Places = @('Timeout'); Named = @('PassThru') }
        @{ Name = 'Write-VigieLog'; Places = @('Message'); Named = 'Attribute', 'Level', 'Logger', 'ErrorRecord', 'InputObject'; Pipe = 'InputObject' }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # The texts that the Tab key would offer at the end of a line.
    function Get-Completion([string] $Line) { ([Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null)).CompletionMatches.CompletionText }
    $common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
}

Describe 'The commands' -Tag Unit {
    It 'are these, and no others' {
        $expected = $commands.Name + 'Invoke-VigieRestMethod' | Sort-Object
        (Get-Command -Module Vigie).Name | Sort-Object | Should -Be $expected
    } -TestCases @{ commands = $commands }

    It 'have approved verbs and singular nouns that begin with Vigie' {
        $approved = (Get-Verb).Verb
        foreach ($command in Get-Command -Module Vigie) {
            $command.Verb | Should -BeIn $approved
            $command.Noun | Should -BeLikeExactly 'Vigie*'
            $command.Noun | Should -Not -BeLike '*[^s]s'
        }
    }

    It 'come without a warning about their verbs' {
        $child = Invoke-TestPwsh 'Import-Module $env:VIGIE_MODULE -Verbose:$false 3>&1'
        $child.Output, $child.Error | Should -Be '', ''
    }

    It 'name parameters in Pascal case and in the singular' {
        foreach ($command in Get-Command -Module Vigie | Where-Object Name -NE 'Invoke-VigieRestMethod') {
            foreach ($name in $command.Parameters.Keys | Where-Object { $_ -notin $common }) {
                $name | Should -MatchExactly '^[A-Z][A-Za-z]+$' -Because $command.Name
                $name | Should -Not -Match '[^su]s$' -Because $command.Name
            }
        }
    }
}

Describe '<Name>' -Tag Unit -ForEach $commands {
    BeforeAll { $command = Get-Command $Name -Module Vigie }

    It 'has its parameters and the common ones' {
        $own = @($command.Parameters.Keys | Where-Object { $_ -notin $common }) | Sort-Object
        $own | Should -Be (@($Places) + @($Named) | Sort-Object)
        $command.Parameters.Keys | Should -Contain 'ErrorAction'
    }

    It 'takes in their places only those that it says' {
        $placed = foreach ($parameter in $command.ParameterSets[0].Parameters) { if ($parameter.Position -ge 0) { $parameter } }
        ($placed | Sort-Object Position).Name | Should -Be @($Places)
    }

    It 'takes from the pipeline only what it says' {
        $piped = @(foreach ($set in $command.ParameterSets) { $set.Parameters | Where-Object { $_.ValueFromPipeline -or $_.ValueFromPipelineByPropertyName } }).Name | Select-Object -Unique
        $piped | Should -Be $Pipe
    }

    It 'has no aliases that hide another parameter' {
        $aliases = @($command.Parameters.Values | Where-Object { $_.Name -notin $common } | ForEach-Object { $_.Aliases })
        foreach ($alias in $aliases) { $command.Parameters.Keys | Should -Not -Contain $alias }
    }
}

Describe 'Completion' -Tag Unit {
    It 'offers <Expected> after <Line>' -ForEach @(
        @{ Line = 'Write-VigieLog x -Level '; Expected = 'Trace', 'Debug', 'Info', 'Warn', 'Error', 'Fatal' }
        @{ Line = 'Write-VigieLog x -Level W'; Expected = @('Warn') }
        @{ Line = 'Initialize-Vigie -Level '; Expected = 'Info', 'Fatal' }
        @{ Line = 'Use-VigieSpan x -Kind '; Expected = 'Internal', 'Server', 'Client', 'Producer', 'Consumer' }
        @{ Line = 'Start-VigieSpan x -Kind C'; Expected = 'Client', 'Consumer' }
        @{ Line = 'Set-VigieSpan -Status '; Expected = 'Unset', 'Ok', 'Error' }
        @{ Line = 'Get-VigieMetric -Format '; Expected = 'Object', 'Prometheus', 'OpenMetrics', 'Json' }
    ) {
        $offered = @(Get-Completion $Line)
        foreach ($one in $Expected) { $offered | Should -Contain $one }
    }

    It 'offers the names of metrics that were seen' {
        $null = Start-TestVigie
        Add-VigieCounter completed_total; Set-VigieGauge completed_gauge 1
        Get-Completion 'Add-VigieCounter completed_' | Should -Contain 'completed_total'
        Get-Completion 'Set-VigieGauge -Name completed_' | Should -Contain 'completed_gauge'
    }

    It 'begins no recording' {
        $child = Invoke-TestPwsh @'
Import-Module $env:VIGIE_MODULE
foreach ($line in 'Write-VigieLog x -Level ', 'Add-VigieCounter ', 'Use-VigieSpan x -Kind ') { $null = [Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null) }
'done'
'@ -Environment @{ VIGIE_OUTPUTS = 'nonsense' }
        $child.Output, $child.Error | Should -Be "done`n", ''
    }
}

Describe 'The public classes' -Tag Unit {
    It 'are reached as type literals from a function, a runspace and a thread job' {
        function Test-Literal { [Vigie.Log].FullName }
        Test-Literal | Should -Be 'Vigie.Log'
        1 | ForEach-Object -Parallel { Import-Module $using:VigieModule; [Vigie.Metric].FullName } | Should -Be 'Vigie.Metric'
        Start-ThreadJob { [Vigie.Log].FullName } | Receive-Job -Wait -AutoRemoveJob | Should -Be 'Vigie.Log'
    }

    It 'have the documented members: <Type>' -ForEach @(
        @{ Type = 'Vigie.Log'; Static = $true; Members = 'Trace', 'Debug', 'Info', 'Warn', 'Error', 'Fatal', 'Write', 'IsEnabled' }
        @{ Type = 'Vigie.Metric'; Static = $true; Members = 'Add', 'Set', 'Record', 'Describe', 'Counter', 'UpDownCounter', 'Gauge', 'Histogram' }
        @{ Type = 'Vigie.Logger'; Static = $false; Members = 'Bind', 'Trace', 'Debug', 'Info', 'Warn', 'Error', 'Fatal', 'Write', 'IsEnabled' }
        @{ Type = 'Vigie.Span'; Static = $false; Members = 'Name', 'TraceId', 'SpanId', 'TraceParent', 'IsRecording', 'SetAttribute', 'SetAttributes', 'AddEvent', 'RecordException', 'SetStatus', 'End', 'Dispose' }
        @{ Type = 'Vigie.Context'; Static = $false; Members = 'TraceId', 'SpanId', 'TraceParent', 'Headers', 'Attributes' }
    ) {
        $flags = if ($Static) { 'Public, Static' } else { 'Public, Instance' }
        $present = ($Type -as [type]).GetMembers([Reflection.BindingFlags] $flags).Name
        foreach ($member in $Members) { $present | Should -Contain $member }
    }

    It 'name kinds and status as OpenTelemetry does' {
        [Enum]::GetNames([Vigie.SpanKind]) | Should -Be 'Internal', 'Server', 'Client', 'Producer', 'Consumer'
        [Enum]::GetNames([Vigie.SpanStatus]) | Should -Be 'Unset', 'Ok', 'Error'
    }
}
