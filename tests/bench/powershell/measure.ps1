# Measures the named cases in one process, in turn sample by sample, and prints one JSON line: ns per operation for each.
# Not for what is measured (cases.ps1), nor for comparing: run.py starts this once for each round.
param(
    # Names of cases.ps1, with commas between.
    [string] $Case,
    [int] $Samples,
    [int] $SampleMs,
    # Where files are written; of this process alone.
    [string] $Folder,
    # Does other things before, as a program that has run for a while.
    [switch] $Used
)
$ErrorActionPreference = 'Stop'
. (Join-Path $PSScriptRoot 'cases.ps1')

# Of all threads; what .NET 8 offers has steps of 10 ms.
function Get-CpuNs {
    if ($fine) { [Environment]::CpuUsage.TotalTime.Ticks * 100 } else { [Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.Ticks * 100 }
}

# Wall and CPU time of `count` turns until they are out, and how many lines came out.
function Measure-Sample([hashtable] $What, [long] $Count) {
    if ($What.Before) { & $What.Before }
    $before = if ($What.Lines) { Get-Delivered } else { 0 }
    $cpu = Get-CpuNs
    $clock = [Diagnostics.Stopwatch]::StartNew()
    & $What.Run $Count
    if ($What.Flush) { & $What.Flush }
    $clock.Stop()
    $cpu = (Get-CpuNs) - $cpu
    if ($What.After) { & $What.After }
    $lines = if ($What.Lines) { (Get-Delivered) - $before } else { 0 }
    [pscustomobject] @{ Wall = $clock.Elapsed.Ticks * 100; Cpu = $cpu; Lines = $lines }
}

# How many turns fill a sample.
function Get-TurnCount([hashtable] $What) {
    $count = 1L
    $confirmed = 0
    for ($try = 0; $try -lt 40 -and $confirmed -lt 2; $try++) {
        $share = (Measure-Sample $What $count).Wall / ($SampleMs * 1e6)
        if (($share -gt 0.7 -and $share -lt 1.5) -or ($share -le 0.7 -and $count -ge $What.Most) -or ($share -ge 1.5 -and $count -eq 1)) {
            $confirmed++
        } else {
            $confirmed = 0
            $factor = [Math]::Min(4.0, [Math]::Max(0.25, 1 / $share))
            $count = [Math]::Min($What.Most, [Math]::Max(1L, [long] ($count * $factor)))
        }
    }
    $count
}

function Get-Median([double[]] $Of) {
    $sorted = @($Of | Sort-Object)
    ($sorted[($sorted.Count - 1) -shr 1] + $sorted[$sorted.Count -shr 1]) / 2
}

$fine = $null -ne [Environment].GetProperty('CpuUsage')
Import-Module (Join-Path $PSScriptRoot '../../../powershell/Vigie/Vigie.psd1')
Open-Output (Join-Path $Folder 'ours.jsonl')
$known = Get-BenchCase $Folder
if ($Used) { Invoke-OtherWork }
$warmUp = 2000
$mostThrownAway = 12
$names = @('loop') + $Case.Split(',')
$taken = @{}
foreach ($name in $names) {
    $what = $known[$name]
    if (-not $what.Unit) { $what.Unit = 1 }
    # What a sample of the fastest leaves on the disk: some 10 MB.
    if (-not $what.Most) { $what.Most = 50000 }
    # By turns and not by time: on a busy machine the engine would still interpret what it compiles after so many.
    $null = Measure-Sample $what ([Math]::Min($warmUp, $what.Most))
    $what.Turns = Get-TurnCount $what
    $taken[$name] = New-Object System.Collections.Generic.List[object]
}
# What was called often is compiled anew in the background, in steps, each once nothing new was compiled for 100 ms. That belongs
# to no sample: rounds are thrown away until one takes hardly more than one thread's time.
for ($number = 1; $number -le $mostThrownAway; $number++) {
    Start-Sleep -Milliseconds 300
    $thrown = $names | ForEach-Object { Measure-Sample $known[$_] $known[$_].Turns }
    if (($thrown | Measure-Object -Property Cpu -Sum).Sum -lt 1.1 * ($thrown | Measure-Object -Property Wall -Sum).Sum) { break }
}
for ($number = 1; $number -le $Samples; $number++) {
    foreach ($name in $names) { $taken[$name].Add((Measure-Sample $known[$name] $known[$name].Turns)) }
}

$empty = $taken['loop'] | ForEach-Object { $_.Wall / $known['loop'].Turns }
$emptyNs = ($empty | Measure-Object -Minimum).Minimum
$rows = @{}
foreach ($name in $names | Where-Object { $_ -ne 'loop' }) {
    $what = $known[$name]
    $made = $what.Turns * $what.Unit
    $off = $emptyNs / $what.Unit
    $walls = [double[]] ($taken[$name] | ForEach-Object { $_.Wall / $made - $off })
    $rows[$name] = @{
        ns_min = ($walls | Measure-Object -Minimum).Minimum
        ns_median = Get-Median $walls
        cpu_ns = Get-Median ([double[]] ($taken[$name] | ForEach-Object { $_.Cpu / $made - $off }))
        ops = $made * $Samples
    }
    if ($what.Lines) { $rows[$name].exported = ($taken[$name] | Measure-Object -Property Lines -Sum).Sum }
}
$rows | ConvertTo-Json -Compress
