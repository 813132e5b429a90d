# What is measured in one process: each case runs n operations, and may start or bring out something around them.
# Not for taking the time (measure.ps1), nor for what happens once in a process (once.ps1).

# The yardstick: an advanced function that does nothing, with parameters such as ours.
function Invoke-Bare {
    [CmdletBinding()]
    param([Parameter(Position = 0)] $Message, $Attribute, $Level)
}

function Open-Output([string] $Path) {
    # Metrics of the process would come out by a timer, among what is counted.
    Initialize-Vigie shop -Version 1.4.2 -Output @{ to = 'file'; path = $Path; signals = 'logs', 'spans' }
}

# Lines that our output has written; a dropped one makes the count differ.
function Get-Delivered {
    (Get-VigieStatistic).Outputs[0].delivered
}

# What a program may have done before: errors, functions and variables of its own, pipelines, modules, a heap that has grown,
# records and captured spans.
function Invoke-OtherWork {
    for ($i = 0; $i -lt 2000; $i++) { try { throw "error $i" } catch { $null = $_ } }
    for ($i = 0; $i -lt 200; $i++) { Get-Item -LiteralPath "/no/such/$i" -ErrorAction SilentlyContinue }
    for ($i = 0; $i -lt 500; $i++) {
        Set-Item "function:global:Invoke-Other$i" ([scriptblock]::Create("param(`$x) `$x + $i"))
        $null = & "Invoke-Other$i" 1
        Set-Variable "other$i" $i -Scope Global
    }
    for ($i = 0; $i -lt 100; $i++) { $null = 1..50 | ForEach-Object { $_ * 2 } | Where-Object { $_ % 3 } | Sort-Object | ConvertTo-Json }
    $null = Get-Command
    $global:otherHeap = @(for ($i = 0; $i -lt 50000; $i++) { [pscustomobject] @{ number = $i; text = "text $i" } })
    for ($i = 0; $i -lt 1000; $i++) {
        Write-VigieLog 'before' -Attribute @{ number = $i }
        Use-VigieSpan outer -Attribute @{ number = $i } { Use-VigieSpan inner -CaptureStream { } }
    }
}

# Cases by name. Keys beside Run: Before and After stand outside of the time, Flush within it; Unit is how many operations one
# turn of the loop makes; Most bounds the turns of a sample; Lines says that each operation leaves a line in our output.
function Get-BenchCase([string] $Folder) {
    $flush = { Wait-VigieFlush -Timeout 30 }
    $texts = [string[]] (1..1000 | ForEach-Object { "request $_ handled" })
    $beside = Join-Path $Folder 'beside.jsonl'
    $transcript = Join-Path $Folder 'transcript.txt'
    @{
        # Taken off all others.
        loop        = @{ Run = { param($n) for ($i = 0; $i -lt $n; $i++) { } } }
        bare        = @{ Run = { param($n) for ($i = 0; $i -lt $n; $i++) { Invoke-Bare 'request handled' } } }
        W0          = @{ Lines = $true; Flush = $flush; Run = { param($n) for ($i = 0; $i -lt $n; $i++) { Write-VigieLog 'request handled' } } }
        W4          = @{
            Lines = $true; Flush = $flush
            Run = {
                param($n)
                for ($i = 0; $i -lt $n; $i++) {
                    Write-VigieLog 'request handled' -Attribute @{ method = 'GET'; route = '/cart/items'; bytes = $i; duration_ms = 12.75 }
                }
            }
        }
        Woff        = @{ Run = { param($n) for ($i = 0; $i -lt $n; $i++) { Write-VigieLog 'request handled' -Level Debug } } }
        Wblock      = @{
            Run = { param($n) for ($i = 0; $i -lt $n; $i++) { Write-VigieLog 'request handled' -Level Debug -Attribute { @{ bytes = $i } } } }
        }
        Wpipe       = @{
            Lines = $true; Flush = $flush; Unit = $texts.Length; Most = 50
            Run = { param($n) for ($i = 0; $i -lt $n; $i++) { $texts | Write-VigieLog } }.GetNewClosure()
        }
        Wstatic     = @{ Lines = $true; Flush = $flush; Run = { param($n) for ($i = 0; $i -lt $n; $i++) { [Vigie.Log]::Info('request handled') } } }
        Wstatic4    = @{
            Lines = $true; Flush = $flush
            Run = {
                param($n)
                for ($i = 0; $i -lt $n; $i++) {
                    [Vigie.Log]::Info('request handled', @{ method = 'GET'; route = '/cart/items'; bytes = $i; duration_ms = 12.75 })
                }
            }
        }
        Wspan       = @{ Lines = $true; Flush = $flush; Run = { param($n) for ($i = 0; $i -lt $n; $i++) { Use-VigieSpan step { } } } }
        # Of a process that did other things before: see measure.ps1.
        Wspanv      = @{ Lines = $true; Flush = $flush; Run = { param($n) for ($i = 0; $i -lt $n; $i++) { Use-VigieSpan step { } } } }
        Wcount      = @{ Run = { param($n) for ($i = 0; $i -lt $n; $i++) { Add-VigieCounter requests_total } } }
        json        = @{
            Run = {
                param($n)
                for ($i = 0; $i -lt $n; $i++) {
                    [ordered] @{
                        timestamp = [DateTime]::UtcNow.ToString('o'); level = 'INFO'; message = 'request handled'
                        method = 'GET'; route = '/cart/items'; bytes = $i; duration_ms = 12.75
                    } | ConvertTo-Json -Compress | Add-Content -LiteralPath $beside
                }
            }.GetNewClosure()
        }
        # A line of the host goes to the transcript; to the standard output as well, which is read away.
        transcript  = @{
            Before = { $null = Start-Transcript -LiteralPath $transcript -UseMinimalHeader }.GetNewClosure()
            After = { $null = Stop-Transcript }
            Run = {
                param($n)
                for ($i = 0; $i -lt $n; $i++) { Write-Host "request handled method=GET route=/cart/items bytes=$i duration_ms=12.75" }
            }
        }
        # With its default preference it is kept nowhere.
        information = @{
            Run = {
                param($n)
                for ($i = 0; $i -lt $n; $i++) { Write-Information "request handled method=GET route=/cart/items bytes=$i duration_ms=12.75" }
            }
        }
    }
}
