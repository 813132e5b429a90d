# Plays the conformance vectors through the public PowerShell face; `pwsh -NoProfile -NonInteractive -File driver.ps1 <vectors-dir> <out-dir>`.
# Not a judge: what a vector means is in tests/conformance/README.md, and the runner compares.
param(
    [Parameter(Mandatory)] [string] $Vectors,
    [Parameter(Mandatory)] [string] $Out
)

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../../../powershell/Vigie/Vigie.psd1')

# The values of a vector as the .NET values that they stand for. Methods, because what a function returns is unrolled.
class Value {
    static [object] Build([System.Text.Json.JsonElement] $given) {
        switch ($given.ValueKind) {
            'Object' { return [Value]::FromObject($given) }
            'Array' { return [Value]::List($given) }
            'String' { return $given.GetString() }
            'Number' { return [Value]::Number($given.GetRawText()) }
            'True' { return $true }
            'False' { return $false }
        }
        return $null
    }

    # Doubles stay doubles, and whole numbers are of the kind that a literal of PowerShell has.
    static [object] Number([string] $digits) {
        if ($digits.IndexOfAny([char[]] '.eE') -ge 0) { return [double] $digits }
        $whole = [long] $digits
        if ($whole -ge [int]::MinValue -and $whole -le [int]::MaxValue) { return [int] $whole }
        return $whole
    }

    static [System.Collections.Generic.List[object]] List([System.Text.Json.JsonElement] $given) {
        $made = [System.Collections.Generic.List[object]]::new()
        foreach ($item in $given.EnumerateArray()) { $made.Add([Value]::Build($item)) }
        return $made
    }

    # PowerShell's own [ordered]@{} does not tell upper from lower case.
    static [System.Collections.Specialized.OrderedDictionary] Map([System.Text.Json.JsonElement] $given) {
        $made = [System.Collections.Specialized.OrderedDictionary]::new()
        foreach ($member in $given.EnumerateObject()) { $made.Add($member.Name, [Value]::Build($member.Value)) }
        return $made
    }

    static [object] FromObject([System.Text.Json.JsonElement] $given) {
        $members = @($given.EnumerateObject())
        if ($members.Count -eq 1 -and $members[0].Name.StartsWith('$')) {
            return [Value]::Typed($members[0].Name, $members[0].Value)
        }
        return [Value]::Map($given)
    }

    static [object] Typed([string] $kind, [System.Text.Json.JsonElement] $given) {
        switch ($kind) {
            '$float' { return [double] $given.GetString() }
            '$int' { return [bigint]::Parse($given.GetString()) }
            '$bytes' { return $given.GetBytesFromBase64() }
            '$utf16' { return -join @($given.EnumerateArray() | ForEach-Object { [char] $_.GetInt32() }) }
            '$repeat' { return [Value]::Build($given[0]) * $given[1].GetInt32() }
            '$concat' { return -join [Value]::List($given) }
            '$nest' { return [Value]::Nest($given.GetInt32(), $true) }
            '$nest_list' { return [Value]::Nest($given.GetInt32(), $false) }
            '$keys' { return [Value]::Keys($given.GetInt32()) }
            '$items' { return [int[]] (0..($given.GetInt32() - 1)) }
            '$pairs' { return [Value]::Pairs($given) }
            '$cycle' { return [Value]::Cycle($given.GetString()) }
            '$datetime' { return [datetime]::Parse($given.GetString(), [cultureinfo]::InvariantCulture, 'RoundtripKind') }
            '$set' { return [System.Collections.Generic.HashSet[object]]::new([Value]::List($given)) }
        }
        throw "no value of PowerShell for $kind"
    }

    static [object] Nest([int] $depth, [bool] $maps) {
        $made = 1
        foreach ($level in 1..$depth) {
            if ($maps) { $made = @{ n = $made } } else { $made = [object[]] (, $made) }
        }
        return $made
    }

    static [object] Keys([int] $count) {
        $made = [System.Collections.Specialized.OrderedDictionary]::new()
        foreach ($n in 0..($count - 1)) { $made.Add("k$n", $n) }
        return $made
    }

    static [object] Pairs([System.Text.Json.JsonElement] $given) {
        $made = [System.Collections.Specialized.OrderedDictionary]::new()
        foreach ($pair in $given.EnumerateArray()) { $made.Add([Value]::Build($pair[0]), [Value]::Build($pair[1])) }
        return $made
    }

    static [object] Cycle([string] $kind) {
        if ($kind -eq 'map') {
            $map = [System.Collections.Specialized.OrderedDictionary]::new()
            $map.Add('n', 1)
            $map.Add('self', $map)
            return $map
        }
        $list = [System.Collections.ArrayList]::new()
        $null = $list.Add(1)
        $null = $list.Add($list)
        return $list
    }
}

function Add-Extra([string] $Kind, [string] $Data) {
    $bytes = [System.Text.Encoding]::UTF8.GetByteCount($Data)
    [System.IO.File]::AppendAllText($script:extra, "$Kind $bytes`n$Data`n")
}

# Calls a set-up command; a failure is an extra and gives false.
function Test-Setup([System.Text.Json.JsonElement] $Config, [switch] $Force) {
    try {
        Initialize-Vigie -Configuration ([Value]::Build($Config)) -Force:$Force
        return $true
    } catch {
        Add-Extra result $_.Exception.Message
        return $false
    }
}

# The members of a JSON object, by name.
function Read-Member([System.Text.Json.JsonElement] $Element) {
    $members = [System.Collections.Generic.Dictionary[string, object]]::new()
    foreach ($member in $Element.EnumerateObject()) { $members.Add($member.Name, $member.Value) }
    return $members
}

function Invoke-Step([System.Text.Json.JsonElement] $List) {
    foreach ($element in $List.EnumerateArray()) {
        $step = Read-Member $element
        $given = @{}
        if ($step.ContainsKey('attributes')) { $given.Attribute = [Value]::Build($step['attributes']) }
        switch (@($element.EnumerateObject())[0].Name) {
            'log' { Invoke-Log $step $given }
            { $_ -in 'context', 'extract' } { Invoke-Inside $step }
            'span' { Invoke-Span $step $given }
            { $_ -in 'set', 'event', 'link', 'exception', 'status', 'rename' } { Invoke-InSpan $_ $step $given }
            { $_ -in 'counter', 'up_down_counter', 'gauge', 'histogram' } {
                try { Invoke-Measure $_ $step $given } catch [Vigie.VigieException] { Add-Extra result $_.Exception.Message }
            }
            default { Invoke-Telemetry $_ $step }
        }
    }
}

# Both ways of an idiom: a name given to the command, and a logger with what is bound to it.
function Invoke-Log($Step, [hashtable] $Given) {
    $logger = [Value]::Build($Step['log'])
    if ($Step.ContainsKey('bind')) {
        $logger = Get-VigieLogger $logger
        foreach ($bound in $Step['bind'].EnumerateArray()) { $logger = $logger.Bind([Value]::Build($bound)) }
    }
    if ($Step.ContainsKey('error')) { $Given.ErrorRecord = [Value]::Build($Step['error']) }
    Write-VigieLog ([Value]::Build($Step['message'])) -Logger $logger -Level ([Value]::Build($Step['level'])) @Given
}

function Invoke-Inside($Step) {
    if ($Step.ContainsKey('extract')) {
        $headers = [System.Collections.Specialized.OrderedDictionary]::new()
        foreach ($header in $Step['extract'].EnumerateArray()) {
            $name, $value = $header[0].GetString(), $header[1].GetString()
            if ($headers.Contains($name)) { $headers[$name] = @($headers[$name]) + $value } else { $headers.Add($name, $value) }
        }
        $told = @{}
        if ($Step.ContainsKey('public_endpoint')) { $told.PublicEndpoint = $Step['public_endpoint'].GetBoolean() }
        $inside = @{ Context = ConvertFrom-VigieTraceHeader $headers @told }
    } else {
        $inside = @{ Context = [Value]::Build($Step['context']) }
        if ($Step.ContainsKey('baggage')) { $inside.Baggage = [Value]::Build($Step['baggage']) }
    }
    Use-VigieContext @inside { Invoke-Step $Step['steps'] }
}

# The block form, and the manual one where times or links are given, which the block form does not take.
function Invoke-Span($Step, [hashtable] $Given) {
    $name = [Value]::Build($Step['span'])
    if ($Step.ContainsKey('kind')) { $Given.Kind = $Step['kind'].GetString() }
    if ($Step.ContainsKey('root')) { $Given.Parent = [Vigie.Context]::Root }
    $manual = @('start_ns', 'end_ns', 'links').Where({ $Step.ContainsKey($_) })
    if ($manual.Count -eq 0) {
        Use-VigieSpan $name @Given {
            $script:spans.Push((Get-VigieSpan))
            Invoke-Step $Step['steps']
            $null = $script:spans.Pop()
        }
        return
    }
    if ($Step.ContainsKey('start_ns')) { $Given.StartTime = $Step['start_ns'].GetInt64() }
    if ($Step.ContainsKey('links')) { $Given.Link = [Value]::List($Step['links']).ToArray() }
    $script:spans.Push((Start-VigieSpan $name @Given))
    Invoke-Step $Step['steps']
    $end = if ($Step.ContainsKey('end_ns')) { @{ EndTime = $Step['end_ns'].GetInt64() } } else { @{} }
    Stop-VigieSpan $script:spans.Pop() @end
}

function Invoke-InSpan([string] $Kind, $Step, [hashtable] $Given) {
    $span = $script:spans.Peek()
    $value = [Value]::Build($Step[$Kind])
    switch ($Kind) {
        'set' { foreach ($member in $value.GetEnumerator()) { $span.SetAttribute($member.Key, $member.Value) } }
        'event' {
            if ($Step.ContainsKey('time_ns')) { $Given.Time = $Step['time_ns'].GetInt64() }
            Add-VigieSpanEvent $value -Span $span @Given
        }
        'link' {
            if ($Given.Count -gt 0) { $value.Add('attributes', $Given.Attribute) }
            Set-VigieSpan -Link $value -Span $span
        }
        'exception' { if ($Given.Count -gt 0) { $span.RecordException($value, $Given.Attribute) } else { $span.RecordException($value) } }
        'status' {
            $message = if ($Step.ContainsKey('message')) { @{ StatusMessage = [Value]::Build($Step['message']) } } else { @{} }
            Set-VigieSpan -Status $value -Span $span @message
        }
        'rename' { Set-VigieSpan -Name $value -Span $span }
    }
}

function Invoke-Measure([string] $Kind, $Step, [hashtable] $Given) {
    $name, $value = [Value]::Build($Step[$Kind]), [Value]::Build($Step['value'])
    if ($Step.ContainsKey('options')) {
        $options = Read-Member $Step['options']
        if ($options.ContainsKey('unit')) { $Given.Unit = $options['unit'].GetString() }
        if ($options.ContainsKey('description')) { $Given.Description = $options['description'].GetString() }
        if ($options.ContainsKey('buckets')) { $Given.Bucket = [double[]] [Value]::List($options['buckets']) }
    }
    if ($Step.ContainsKey('bound')) {
        if ($Step.ContainsKey('options')) { [Vigie.Metric]::Describe($name, $Given.Unit, $Given.Description, $Given.Bucket) }
        $series = switch ($Kind) {
            'counter' { [Vigie.Metric]::Counter($name, $Given.Attribute) }
            'up_down_counter' { [Vigie.Metric]::UpDownCounter($name, $Given.Attribute) }
            'gauge' { [Vigie.Metric]::Gauge($name, $Given.Attribute) }
            'histogram' { [Vigie.Metric]::Histogram($name, $Given.Attribute) }
        }
        $series.Update($value)
        return
    }
    # What is refused is an error record only where the call asks for one.
    $Given.ErrorAction = 'Stop'
    switch ($Kind) {
        'counter' { Add-VigieCounter $name $value @Given }
        'up_down_counter' { Add-VigieUpDownCounter $name $value @Given }
        'gauge' { Set-VigieGauge $name $value @Given }
        'histogram' { Add-VigieHistogram $name $value @Given }
    }
}

function Invoke-Telemetry([string] $Kind, $Step) {
    switch ($Kind) {
        'inject' { Add-Extra carrier (Get-VigieTraceHeader | ConvertTo-Json -Compress) }
        'metrics_text' { Add-Extra text (Get-VigieMetric -Format $Step['metrics_text'].GetString()) }
        'stats' {
            Wait-VigieFlush
            Add-Extra stats (Get-VigieStatistic | ConvertTo-Json -Depth 20 -Compress)
        }
        'flush' { Wait-VigieFlush }
        'set_level' {
            $of = @{}
            if ($Step.ContainsKey('logger')) { $of.Logger = $Step['logger'].GetString() }
            Set-VigieLevel -Level $Step['set_level'].GetString() @of
        }
        'init' { if (Test-Setup $Step['init']) { Add-Extra result ok } }
        'reconfigure' { if (Test-Setup $Step['reconfigure'] -Force) { Add-Extra result ok } }
    }
}

function Invoke-Vector([string] $Name, $Vector) {
    $environment = if ($Vector.ContainsKey('env')) { [Value]::Build($Vector['env']) } else { @{} }
    foreach ($variable in $environment.GetEnumerator()) { [Environment]::SetEnvironmentVariable($variable.Key, $variable.Value) }
    $script:extra = Join-Path $Out "$Name.extra"
    $script:spans = [System.Collections.Generic.Stack[object]]::new()
    [System.IO.File]::WriteAllText($script:extra, '')
    if (Test-Setup $Vector['config']) { Invoke-Step $Vector['steps'] }
    Stop-Vigie
    foreach ($variable in $environment.Keys) { [Environment]::SetEnvironmentVariable($variable, [NullString]::Value) }
}

$files = [System.IO.Directory]::GetFiles($Vectors, '*.json')
[array]::Sort($files, [System.StringComparer]::Ordinal)
foreach ($file in $files) {
    $name = [System.IO.Path]::GetFileNameWithoutExtension($file)
    $path = [System.Text.Json.JsonEncodedText]::Encode((Join-Path $Out "$name.jsonl")).ToString()
    $folder = [System.Text.Json.JsonEncodedText]::Encode($Vectors).ToString()
    $text = [System.IO.File]::ReadAllText($file).Replace('$OUT', $path).Replace('$VECTORS', $folder)
    $vector = Read-Member ([System.Text.Json.JsonDocument]::Parse($text).RootElement)
    if ($vector.ContainsKey('not_expressible') -and (Read-Member $vector['not_expressible']).ContainsKey('powershell')) { continue }
    Invoke-Vector $name $vector
}
