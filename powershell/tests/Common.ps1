# What the test files share: the module under test, its lines as objects, and child processes.
# It asserts nothing; a test file dot-sources it in its first BeforeAll.

# The manifest under test; a package that was built elsewhere is named by VIGIE_MODULE.
$VigieModule = if ($env:VIGIE_MODULE) { $env:VIGIE_MODULE } else { Join-Path $PSScriptRoot '../Vigie/Vigie.psd1' }
$VigieModule = (Resolve-Path -LiteralPath $VigieModule).ProviderPath
$VigieTestRoot = $PSScriptRoot
if (-not (Get-Module Vigie)) { Import-Module $VigieModule -ErrorAction Stop }

# Chooses the count of a slow test: a small one by default, that of the test matrix with VIGIE_FULL=1.
$VigieFull = $env:VIGIE_FULL -eq '1'

# The folder for the lines that a test file writes. run.ps1 names one that outlives TestDrive, so that
# Schema.Tests.ps1 can look at the lines of every file.
function Get-TestFolder {
    $folder = if ($env:VIGIE_TEST_LINES) { $env:VIGIE_TEST_LINES } else { Join-Path $TestDrive 'lines' }
    if (-not (Test-Path -LiteralPath $folder)) { $null = New-Item -ItemType Directory -Path $folder }
    $folder
}

# A path for an output file that no other test writes to.
function New-TestPath([string] $Name = 'test') {
    Join-Path (Get-TestFolder) ('{0}-{1}.jsonl' -f $Name, [guid]::NewGuid().ToString('N').Substring(0, 12))
}

# Configures the module anew: service `test`, level trace, one file for logs, spans and metrics.
# -Configuration adds to that or replaces it, key by key; gives the path of the file.
function Start-TestVigie([hashtable] $Configuration = @{}) {
    $path = New-TestPath
    $settings = @{
        service = 'test'; level = 'trace'
        outputs = @(@{ to = 'file'; path = $path; signals = @('logs', 'spans', 'metrics') })
    }
    foreach ($key in $Configuration.Keys) { $settings[$key] = $Configuration[$key] }
    Initialize-Vigie -Configuration $settings -Force -ErrorAction Stop
    $script:VigieTestPath = $path
    $path
}

# The lines of the file of the last Start-TestVigie (or -Path), as objects whose RawLine is the line
# itself. Everything recorded is flushed first; a line that is not JSON is an exception.
function Get-TestLine {
    param([ValidateSet('log', 'span', 'metric')] [string] $Kind, [string] $Path = $script:VigieTestPath, [switch] $NoFlush)
    if (-not $NoFlush) { Wait-VigieFlush -Timeout 20 -WarningAction SilentlyContinue }
    if (-not (Test-Path -LiteralPath $Path)) { return }
    # A line without the text cannot be of that kind and is not parsed: a file may hold a hundred thousand log lines.
    $mark = if ($Kind -in 'span', 'metric') { '"kind":"{0}"' -f $Kind } else { '' }
    foreach ($raw in [IO.File]::ReadLines($Path)) {
        if (-not $raw.Contains($mark)) { continue }
        $line = ConvertFrom-TestJson $raw
        $found = if ($line.PSObject.Properties['kind']) { $line.kind } else { 'log' }
        if ($Kind -and $found -ne $Kind) { continue }
        $line | Add-Member -NotePropertyName RawLine -NotePropertyValue $raw -PassThru
    }
}

# Reads strict JSON into objects. Dates stay text (ConvertFrom-Json makes DateTime of them); a key that
# stands twice and a trailing comma are exceptions.
function ConvertFrom-TestJson([string] $Text) {
    $document = [System.Text.Json.JsonDocument]::Parse($Text)
    try { ConvertFrom-TestElement $document.RootElement } finally { $document.Dispose() }
}

function ConvertFrom-TestElement($Element) {
    switch ($Element.ValueKind) {
        'Object' {
            $fields = New-Object System.Collections.Specialized.OrderedDictionary ([StringComparer]::Ordinal)
            foreach ($field in $Element.EnumerateObject()) {
                $value = ConvertFrom-TestElement $field.Value
                $fields.Add($field.Name, $value)
            }
            $object = New-Object psobject
            foreach ($name in $fields.Keys) {
                $object.PSObject.Properties.Add((New-Object psnoteproperty $name, $fields[$name]))
            }
            return $object
        }
        'Array' {
            $items = New-Object System.Collections.ArrayList
            foreach ($item in $Element.EnumerateArray()) { $null = $items.Add((ConvertFrom-TestElement $item)) }
            return , $items.ToArray()
        }
        'String' { return $Element.GetString() }
        'Number' {
            $whole = 0L
            if ($Element.GetRawText() -match '^-?[0-9]+$' -and $Element.TryGetInt64([ref] $whole)) { return $whole }
            return $Element.GetDouble()
        }
        'True' { return $true }
        'False' { return $false }
        default { return $null }
    }
}

# Runs a script in a child of the running pwsh and waits for it, at most -TimeoutSecond seconds; then
# it is killed and ExitCode is $null. The child finds the module's path in $env:VIGIE_MODULE and
# must import it itself. Gives ExitCode, Output (standard output), Error (standard error).
# -Signal is sent once the script has written the line READY. -Command runs the text by `pwsh -c`.
function Invoke-TestPwsh {
    param(
        [Parameter(Mandatory = $true)] [string] $Script,
        [ValidateSet('', 'TERM', 'HUP', 'INT', 'QUIT', 'KILL')] [string] $Signal = '',
        [Collections.IDictionary] $Environment = @{},
        [switch] $Command,
        [int] $TimeoutSecond = 60
    )
    $child = Start-TestPwsh -Script $Script -Signal $Signal -Environment $Environment -Command:$Command -TimeoutSecond $TimeoutSecond
    Wait-TestPwsh $child
}

# How such a child is started: its command line, its environment and its streams.
function New-TestPwshStart([string] $Script, [Collections.IDictionary] $Environment = @{}, [bool] $Command) {
    $start = New-Object Diagnostics.ProcessStartInfo
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.WorkingDirectory = "$TestDrive"
    $words = @(Get-TestSignalReset) + @((Get-Process -Id $PID).Path, '-NoLogo', '-NoProfile', '-NonInteractive')
    if ($Command) {
        $words += '-Command', $Script
    } else {
        $file = Join-Path $TestDrive ('child-{0}.ps1' -f [guid]::NewGuid().ToString('N'))
        [IO.File]::WriteAllText($file, $Script)
        $words += '-File', $file
    }
    $start.FileName = $words[0]
    foreach ($word in $words[1..($words.Count - 1)]) { $start.ArgumentList.Add($word) }
    foreach ($name in @($start.Environment.Keys)) {
        if ($name -match '^(VIGIE_|OTEL_|TRACEPARENT$|TRACESTATE$|BAGGAGE$)') { $null = $start.Environment.Remove($name) }
    }
    $start.Environment['VIGIE_MODULE'] = $VigieModule
    if ($env:VIGIE_NATIVE_LIB) { $start.Environment['VIGIE_NATIVE_LIB'] = $env:VIGIE_NATIVE_LIB }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start
}

# Starts such a child without waiting for it, so that several can run at a time. Wait-TestPwsh ends it.
function Start-TestPwsh {
    param(
        [Parameter(Mandatory = $true)] [string] $Script,
        [string] $Signal = '', [Collections.IDictionary] $Environment = @{}, [switch] $Command, [int] $TimeoutSecond = 60
    )
    $start = New-TestPwshStart $Script $Environment $Command
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    [pscustomobject] @{
        Process = $process; Signal = $Signal; Clock = [Diagnostics.Stopwatch]::StartNew(); Limit = $TimeoutSecond
        Streams = @($process.StandardOutput, $process.StandardError)
        Reads = @($process.StandardOutput.ReadLineAsync(), $process.StandardError.ReadLineAsync())
        Texts = @((New-Object Text.StringBuilder), (New-Object Text.StringBuilder))
    }
}

# A program that was started in the background, or by nohup, passes ignored signals on to its
# children, where no handler can take them up: env gives the child the defaults back.
function Get-TestSignalReset {
    if (-not (Test-Path '/proc/self/status')) { return }
    $mask = (Select-String -LiteralPath "/proc/$PID/status" -Pattern '^SigIgn:\s+(\w+)').Matches[0].Groups[1].Value
    # HUP, INT, QUIT and TERM are the signals 1, 2, 3 and 15.
    if ([Convert]::ToUInt64($mask, 16) -band 0x4007) { '/usr/bin/env', '--default-signal=HUP,INT,QUIT,TERM' }
}

# Collects what the child has written since the last call; gives whether it may still write.
function Read-TestPwsh($Child) {
    $open = $false
    for ($i = 0; $i -lt 2; $i++) {
        while ($Child.Reads[$i] -and $Child.Reads[$i].IsCompleted) {
            $text = $Child.Reads[$i].Result
            if ($null -eq $text) { $Child.Reads[$i] = $null; break }
            $null = $Child.Texts[$i].Append($text).Append("`n")
            if ($text -eq 'READY' -and $Child.Signal) {
                & sh -c "kill -$($Child.Signal) $($Child.Process.Id)"
                $Child.Signal = ''
            }
            $Child.Reads[$i] = $Child.Streams[$i].ReadLineAsync()
        }
        if ($Child.Reads[$i]) { $open = $true }
    }
    $open
}

# Waits for one or more children of Start-TestPwsh and gives what Invoke-TestPwsh gives, in their order.
function Wait-TestPwsh([object[]] $Child) {
    foreach ($one in $Child) {
        while (-not $one.Process.HasExited) {
            foreach ($any in $Child) { $null = Read-TestPwsh $any }
            if ($one.Clock.Elapsed.TotalSeconds -gt $one.Limit) { break }
            Start-Sleep -Milliseconds 5
        }
        $code = $null
        if ($one.Process.HasExited) { $code = $one.Process.ExitCode } else { $one.Process.Kill($true) }
        # A grandchild that outlives the child keeps the pipes open, so this does not wait for their end.
        $rest = [Diagnostics.Stopwatch]::StartNew()
        while ((Read-TestPwsh $one) -and $rest.Elapsed.TotalSeconds -lt 2) { Start-Sleep -Milliseconds 2 }
        [pscustomobject] @{ ExitCode = $code; Output = "$($one.Texts[0])"; Error = "$($one.Texts[1])" }
    }
}

# Makes a pipe at -Path whose reader never reads: after the first 64 KiB its writer is stuck.
# Gives the stream to dispose of.
function New-TestStuckPipe([string] $Path) {
    & mkfifo $Path
    New-Object IO.FileStream $Path, 'Open', 'ReadWrite', 'ReadWrite'
}

# The native library that the module here uses.
function Get-TestLibrary {
    if ($env:VIGIE_NATIVE_LIB) { return $env:VIGIE_NATIVE_LIB }
    $folder = Split-Path $VigieModule
    $places = @(Get-Item "$folder/runtimes/*/native/*vigie*", "$folder/../../target/release/libvigie.so", "$folder/../../target/release/vigie.dll", "$folder/../../target/release/libvigie.dylib" -ErrorAction SilentlyContinue)
    $places[0].FullName
}

# The first lines of a child script: they import the module and set it up to write to the file at -Path.
function Get-TestPrelude([string] $Path) {
    $quoted = $Path -replace "'", "''"
    @"
Import-Module `$env:VIGIE_MODULE
Initialize-Vigie -ServiceName child -Configuration @{ outputs = @(@{ to = 'file'; path = '$quoted'; signals = @('logs', 'spans', 'metrics') }) }

"@
}
