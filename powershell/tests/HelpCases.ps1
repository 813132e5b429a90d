# Reads the help for Help.Tests.ps1: its texts, the parameters it mentions, and its examples, each of which runs in a
# process of its own with fixed time and ids. It asserts nothing. Dot-source Common.ps1 first.
#
# Examples that call http://127.0.0.1:8080 get a service of the test's own: it answers with an object of id 42 and the
# traceparent that came. In an example `# -> text` is a line that is printed, or recorded when it begins with a brace;
# `...` is any text.

# The parameters that a command itself declares.
function Get-HelpParameterName($Command) {
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters +
    [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
    $declared = if ($Command.CommandType -eq 'Function' -and $Command.ScriptBlock.Ast.Body.ParamBlock) {
        # Parameters that a function takes over from another command at run time are described in the help of that command.
        $Command.ScriptBlock.Ast.Body.ParamBlock.Parameters | ForEach-Object { $_.Name.VariablePath.UserPath }
    } else { $Command.Parameters.Keys }
    $declared | Where-Object { $common -notcontains $_ }
}

# All texts of a help object, one to a line, without the code of the examples.
function Get-HelpText($Node) {
    foreach ($one in $Node) {
        if ($null -eq $one) { continue }
        if ($one -is [string]) { $one; continue }
        if ($one -isnot [psobject]) { continue }
        foreach ($property in $one.PSObject.Properties) {
            if ($property.MemberType -ne 'NoteProperty' -or $property.Name -in 'code', 'syntax') { continue }
            foreach ($value in $property.Value) {
                if ($value -is [string]) { $value } elseif ($null -ne $value -and $value -ne $one) { Get-HelpText $value }
            }
        }
    }
}

# The parameters that a text mentions, as Command (the one named before it, or -Own), Parameter and Known.
function Get-HelpMention([string[]] $Text, [string] $Own) {
    $pattern = '(?:(?<command>\b[A-Z][a-z]+-[A-Z]\w+)(?:\s+[^\s|;(){}-]\S*)?\s+)?(?<![\w-])-(?<parameter>[A-Z][A-Za-z]+)\b'
    # Each text is read by itself: they come in no fixed order, so a command in one does not count for the next.
    foreach ($match in $Text | ForEach-Object { [regex]::Matches($_, $pattern) }) {
        $name = if ($match.Groups['command'].Success) { $match.Groups['command'].Value } else { $Own }
        $parameter = $match.Groups['parameter'].Value
        [pscustomobject] @{ Command = $name; Parameter = $parameter; Known = Test-HelpParameter $name $parameter }
    }
}

# Whether a parameter belongs to the command, to every command, or to another one that the module's texts speak of.
function Test-HelpParameter([string] $Name, [string] $Parameter) {
    if ([System.Management.Automation.PSCmdlet]::CommonParameters -contains $Parameter) { return $true }
    # The text is about the web commands, whose calls get the headers.
    if ($Name -like '*-VigieHttpPropagation') { $Name = 'Invoke-RestMethod' }
    $command = if ($Name) { Get-Command -Name $Name -ErrorAction SilentlyContinue }
    if ($command -and $command.Parameters.ContainsKey($Parameter)) { return $true }
    # No command is named before it: it belongs to one of the module's own commands, or to ForEach-Object.
    if ($Parameter -eq 'Parallel') { return $true }
    -not $Name -and @((Get-Module Vigie).ExportedCommands.Values | Where-Object { $_.Parameters.ContainsKey($Parameter) }).Count
}

# Every example as Command, Number, Title, Code and Expected. They are read once.
function Get-HelpExample {
    if (-not $script:HelpExamples) { $script:HelpExamples = @(Read-HelpExampleList) }
    $script:HelpExamples
}

function Read-HelpExampleList {
    foreach ($command in (Get-Module Vigie).ExportedCommands.Values | Sort-Object -Property Name) {
        $number = 0
        foreach ($example in Get-HelpExampleText $command) {
            $number++
            $expected = @([regex]::Matches($example.Code, '(?m)^\s*# -> (.*?)\s*$') | ForEach-Object { $_.Groups[1].Value })
            @{ Command = $command.Name; Number = $number; Title = $example.Title; Code = $example.Code; Expected = $expected }
        }
    }
}

# Title and code of a command's examples. In the comment of a function the code ends with its last `# ->` line, because
# the help system takes the first line alone for code.
function Get-HelpExampleText($Command) {
    if ($Command.CommandType -eq 'Function') {
        foreach ($text in $Command.ScriptBlock.Ast.GetHelpContent().Examples) {
            $lines = @($text.Trim() -split "\r?\n")
            $last = $lines.Count - 1
            for ($i = 0; $i -lt $lines.Count; $i++) { if ($lines[$i] -match '^\s*# -> ') { $last = $i } }
            @{ Title = $lines[0]; Code = $lines[0..$last] -join "`n" }
        }
        return
    }
    foreach ($example in (Get-Help -Name $Command.Name -Full).examples.example) {
        @{ Title = ($example.title -replace '^-+ Example \d+: | -+$'); Code = $example.code }
    }
}

# A service on the loopback interface in a runspace of its own: Uri, and what Stop-HelpService needs.
function Start-HelpService {
    for ($try = 0; -not $listener; $try++) {
        $uri = 'http://127.0.0.1:{0}/' -f (Get-Random -Minimum 20000 -Maximum 60000)
        $listener = New-Object System.Net.HttpListener
        $listener.Prefixes.Add($uri)
        try { $listener.Start() } catch { $listener = $null; if ($try -gt 20) { throw } }
    }
    $shell = [powershell]::Create().AddScript({
            param($listener)
            while ($listener.IsListening) {
                # Closing the listener does not always wake GetContext up.
                $asked = $listener.GetContextAsync()
                try { while (-not $asked.Wait(50)) { if (-not $listener.IsListening) { return } } } catch { continue }
                $call = $asked.Result
                $answer = @{ id = 42; traceparent = $call.Request.Headers['traceparent'] } | ConvertTo-Json
                $bytes = [Text.Encoding]::UTF8.GetBytes($answer)
                $call.Response.ContentType = 'application/json'
                $call.Response.OutputStream.Write($bytes, 0, $bytes.Length)
                $call.Response.Close()
            }
        }).AddArgument($listener)
    $null = $shell.BeginInvoke()
    @{ Uri = $uri.TrimEnd('/'); Listener = $listener; Shell = $shell }
}

function Stop-HelpService($Service) {
    $Service.Listener.Close()
    $Service.Shell.Dispose()
}

# Runs examples, four at a time; gives a hashtable 'Command Number' -> Problems (texts; none when all is as it says).
function Invoke-HelpExample([object[]] $Examples) {
    $service = Start-HelpService
    try { Invoke-HelpExampleBeside $service.Uri $Examples } finally { Stop-HelpService $service }
}

function Invoke-HelpExampleBeside([string] $Uri, [object[]] $Examples) {
    $results = @{}
    for ($first = 0; $first -lt $Examples.Count; $first += 4) {
        $some = @($Examples[$first..([Math]::Min($first + 3, $Examples.Count - 1))])
        $paths = @($some | ForEach-Object { New-TestPath 'help' })
        $children = @(for ($i = 0; $i -lt $some.Count; $i++) { Start-HelpExample $some[$i].Code.Replace('http://127.0.0.1:8080', $Uri) $paths[$i] })
        $ends = @(Wait-TestPwsh $children)
        for ($i = 0; $i -lt $some.Count; $i++) {
            $recorded = if (Test-Path -LiteralPath $paths[$i]) { [IO.File]::ReadAllLines($paths[$i]) } else { @() }
            $problems = @(Compare-HelpExample $some[$i].Expected $ends[$i] @($recorded))
            $results["$($some[$i].Command) $($some[$i].Number)"] = @{ Problems = $problems }
        }
    }
    $results
}

function Start-HelpExample([string] $Code, [string] $Path) {
    $outputs = @{ to = 'console'; format = 'json' }, @{ to = 'file'; path = $Path; signals = @('spans', 'metrics') }
    $environment = @{
        VIGIE_CONFIG = (Join-Path $VigieTestRoot '../../examples/quickstart/testing.json')
        VIGIE_OUTPUTS = (ConvertTo-Json -Compress -InputObject $outputs)
        # Runspaces of -Parallel load the module when one of its commands is called.
        PSModulePath = (Split-Path (Split-Path $VigieModule)) + [IO.Path]::PathSeparator + $env:PSModulePath
        NO_COLOR = '1'
    }
    Start-TestPwsh -Script "Import-Module `$env:VIGIE_MODULE`n$Code`n" -Environment $environment
}

# Compares what an example did with what it says. It has to say every printed line, every log line and every span line,
# in the order of each kind. Metric lines may be left out, because every example that counts writes them at its end.
function Compare-HelpExample([string[]] $Expected, $End, [string[]] $Recorded) {
    if ($End.ExitCode -ne 0) { "exit code $($End.ExitCode)" }
    # The console is standard error: its lines are records, everything else there is a complaint.
    $console = @($End.Error -split "`n" | Where-Object { $_.Trim() })
    $complaints = @($console | Where-Object { -not $_.StartsWith('{') })
    if ($complaints.Count) { "standard error: $($complaints -join "`n")" }
    $lines = @($End.Output -split "`n" | Where-Object { $_.Trim() })
    $records = @($lines + $console | Where-Object { $_.StartsWith('{') }) + @($Recorded)
    $prints = @($lines | Where-Object { -not $_.StartsWith('{') })
    $said = @($Expected | Where-Object { -not $_.StartsWith('{') })
    for ($i = 0; $i -lt [Math]::Max($prints.Count, $said.Count); $i++) {
        if ($i -ge $said.Count) { "prints more: $($prints[$i])" }
        elseif ($i -ge $prints.Count) { "does not print: $($said[$i])" }
        elseif ($prints[$i] -cnotmatch (Get-HelpPattern $said[$i])) { "prints: $($prints[$i])`n instead of: $($said[$i])" }
    }
    $left = New-Object System.Collections.Generic.List[string] (, [string[]] $records)
    foreach ($line in $Expected | Where-Object { $_.StartsWith('{') }) {
        $pattern = Get-HelpPattern $line
        $found = $left.Count - 1
        for ($i = $left.Count - 1; $i -ge 0; $i--) { if ($left[$i] -cmatch $pattern) { $found = $i } }
        if (-not $left.Count -or $left[$found] -cnotmatch $pattern) { "does not record: $line`n in: $($records -join "`n     ")" } else { $left.RemoveAt($found) }
    }
    foreach ($record in $left) { if ($record -notmatch '"kind":"metric"') { "records more: $record" } }
}

# The regular expression for a whole line in which `...` stands for any text.
function Get-HelpPattern([string] $Line) {
    $escaped = [regex]::Escape($Line)
    # `,...,` also stands for a single comma, and `{...,` for the brace alone.
    '^' + ($escaped -replace '(,|\\\{)\\\.\\\.\\\.,', '$1(?:.*,)?' -replace '\\\.\\\.\\\.', '.*') + '$'
}
